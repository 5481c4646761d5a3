//! The page on which the holder of a badge sees what others say of it, asks for more, and says what is shown.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::account::sentence;
use super::page;
use crate::app::App;
use crate::badge::Viewer;
use crate::endorsement::asking::{self, Whose, Wish};
use crate::endorsement::{Endorsed, Showing, Subject, answering};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::endorsing::{Asked, Told, choices};
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{BadgeId, EndorsementId};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    let all = "/my/badges/{badge}/endorsements";
    let one = format!("{all}/{{endorsement}}");
    let change = Action::ChangeBadgeEndorsements;
    vec![
        get(all, Action::ReadBadgeEndorsements, list),
        post(all, change, ask),
        post(&format!("{one}/showing"), change, set_showing),
        post(&format!("{one}/take-back"), change, take_back),
    ]
}

#[derive(Template)]
#[template(path = "my-endorsements.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    title: String,
    badge: BadgeId,
    path: String,
    told: Vec<Told>,
    organisations: Vec<(String, String)>,
    asked: Asked,
    problem: Option<String>,
}

async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
) -> Result<Response, HttpError> {
    show(&edge, caller, id, Asked::default(), None).await
}

async fn show(
    edge: &Edge,
    caller: Caller,
    id: BadgeId,
    asked: Asked,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let work = move |app: &App| {
        let of = Endorsed::Badge(id);
        let subject = Subject::of(app, &of)?;
        let mut known = app.store.endorsements_of(&of)?;
        known.sort_by_key(|one| std::cmp::Reverse(one.begun));
        let viewer = Viewer::Person(&caller.person);
        let told = known.iter().map(|one| Told::of(app, one, viewer));
        let told = told.collect::<Result<Vec<_>, _>>()?;
        Ok((subject.title, told, choices(app, &subject.owner)?))
    };
    let (title, told, organisations) = edge.work(work).await?;
    page(&ListPage {
        site: &edge.masthead,
        title,
        badge: id,
        path: format!("/my/badges/{id}/endorsements"),
        told,
        organisations,
        asked,
        problem,
    })
}

async fn ask(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let asked = Asked::of(&form);
    let (wanted, by, now) = (asked.clone(), caller.person.id, edge.clock.now());
    let work = move |app: &App| {
        let wish = Wish {
            subject: Endorsed::Badge(id),
            endorser: wanted.endorser()?,
            message: wanted.message()?,
        };
        asking::ask(app, by, &Whose::Holder(id), &wish, now).map(drop)
    };
    answered(&edge, caller, id, asked, edge.work(work).await).await
}

async fn set_showing(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(badge), Id(id))): Path<(Id<BadgeId>, Id<EndorsementId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let chosen = form.text("showing").unwrap_or_default().to_owned();
    let (by, now) = (caller.person.id, edge.clock.now());
    let work = move |app: &App| {
        let wanted = Showing::chosen(&chosen)?;
        answering::show(app, by, &Whose::Holder(badge), id, wanted, now).map(drop)
    };
    let done = edge.work(work).await;
    answered(&edge, caller, badge, Asked::default(), done).await
}

async fn take_back(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(badge), Id(id))): Path<(Id<BadgeId>, Id<EndorsementId>)>,
) -> Result<Response, HttpError> {
    let work = move |app: &App| asking::take_back(app, &Whose::Holder(badge), id);
    let done = edge.work(work).await;
    answered(&edge, caller, badge, Asked::default(), done).await
}

async fn answered(
    edge: &Edge,
    caller: Caller,
    badge: BadgeId,
    asked: Asked,
    done: Result<(), HttpError>,
) -> Result<Response, HttpError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/my/badges/{badge}/endorsements")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let status = match problem {
                Error::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::CONFLICT,
            };
            let problem = Some(sentence(&problem));
            let shown = show(edge, caller, badge, asked, problem).await?;
            Ok((status, shown).into_response())
        }
        Err(error) => Err(error),
    }
}
