//! The page on which an organisation sees what others say of it and of what is its own, asks for more, and says
//! where it is shown.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, sentence};
use crate::app::App;
use crate::badge::Viewer;
use crate::endorsement::Showing;
use crate::endorsement::answering;
use crate::endorsement::asking::{self, Whose};
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::endorsing::{Asked, Told, choices};
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{EndorsementId, OrganisationId};
use crate::page::{Cursor, PageRequest};
use crate::rights::{self, Action};

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/received-endorsements";
    let one = format!("{all}/{{endorsement}}");
    vec![
        get(all, Action::ReadReceivedEndorsements, list),
        post(all, Action::AskForEndorsements, ask),
        post(
            &format!("{one}/showing"),
            Action::AnswerEndorsements,
            set_showing,
        ),
        post(
            &format!("{one}/take-back"),
            Action::AskForEndorsements,
            take_back,
        ),
    ]
}

#[derive(Template)]
#[template(path = "organisation/received-endorsements.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    head: Head,
    /// Whether this caller may endorse others as well.
    endorses: bool,
    path: String,
    told: Vec<Told>,
    next: Option<Cursor>,
    organisations: Vec<(String, String)>,
    asked: Asked,
    problem: Option<String>,
}

async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Response, HttpError> {
    show(&edge, caller, id, page, Asked::default(), None).await
}

async fn show(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    wanted: PageRequest,
    asked: Asked,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let path = format!("/organisations/{id}/received-endorsements");
    let work = move |app: &App| {
        let head = Head::of(app, &caller, &id)?;
        let may = rights::may(app, caller.person.id, Action::ReadEndorsing, Some(&id))?;
        let found = app.store.endorsements_for(&id, &wanted, |_| true)?;
        let viewer = Viewer::Person(&caller.person);
        let told = found.items.iter().map(|one| Told::of(app, one, viewer));
        let told = told.collect::<Result<Vec<_>, _>>()?;
        Ok((head, may, told, found.next, choices(app, &id)?))
    };
    let (head, endorses, told, next, organisations) = edge.work(work).await?;
    page(&ListPage {
        site: &edge.masthead,
        head,
        endorses,
        path,
        told,
        next,
        organisations,
        asked,
        problem,
    })
}

async fn ask(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let asked = Asked::of(&form);
    let (wanted, by, now) = (asked.clone(), caller.person.id, edge.clock.now());
    let whose = Whose::Organisation(id.clone());
    let own = id.clone();
    let work = move |app: &App| {
        let wish = wanted.wish(app, &own)?;
        asking::ask(app, by, &whose, &wish, now).map_err(Asked::of_another)
    };
    match edge.work(work).await {
        Ok(_) => Ok(back_to(&id)),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let (first, problem) = (PageRequest::default(), Some(sentence(&problem)));
            let shown = show(&edge, caller, id, first, asked, problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn set_showing(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<EndorsementId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let chosen = form.text("showing").unwrap_or_default().to_owned();
    let (by, now) = (caller.person.id, edge.clock.now());
    let whose = Whose::Organisation(organisation.clone());
    let work = move |app: &App| {
        let wanted = Showing::chosen(&chosen)?;
        answering::show(app, by, &whose, id, wanted, now)
    };
    match edge.work(work).await {
        Ok(_) => Ok(back_to(&organisation)),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let (first, problem) = (PageRequest::default(), Some(sentence(&problem)));
            let asked = Asked::default();
            let shown = show(&edge, caller, organisation, first, asked, problem).await?;
            Ok((StatusCode::CONFLICT, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn take_back(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<EndorsementId>)>,
) -> Result<Response, HttpError> {
    let whose = Whose::Organisation(organisation.clone());
    edge.work(move |app| asking::take_back(app, &whose, id))
        .await?;
    Ok(back_to(&organisation))
}

fn back_to(organisation: &OrganisationId) -> Response {
    let path = format!("/organisations/{organisation}/received-endorsements");
    Redirect::to(&path).into_response()
}
