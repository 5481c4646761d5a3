//! The page on which the holder of a badge sees what others say of it, asks for more, and says what is shown.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{page, received};
use crate::app::App;
use crate::badge::Viewer;
use crate::endorsement::asking::Whose;
use crate::endorsement::{Endorsed, SeenBy, Subject};
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::endorsing::{Asked, Told, choices};
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{BadgeId, EndorsementId};
use crate::page::PageRequest;
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
        let subject = Subject::of(app, &Endorsed::Badge(id))?;
        let (by, viewer) = (SeenBy::Holder(id), Viewer::Person(&caller.person));
        let told = Told::seen(app, &by, &PageRequest::most(), viewer)?;
        Ok((subject.title, told.items, choices(app, &subject.owner)?))
    };
    let (title, told, organisations) = edge.work(work).await?;
    page(&ListPage {
        site: &edge.masthead,
        title,
        badge: id,
        path: list_of(id),
        told,
        organisations,
        asked,
        problem,
    })
}

async fn ask(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(badge)): Path<Id<BadgeId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let asked = Asked::of(&form);
    let done = received::ask(&edge, &caller, Whose::Holder(badge), asked.clone()).await;
    answered(&edge, caller, badge, asked, done).await
}

async fn set_showing(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(badge), Id(id))): Path<(Id<BadgeId>, Id<EndorsementId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let done = received::set_showing(&edge, &caller, Whose::Holder(badge), id, &form).await;
    answered(&edge, caller, badge, Asked::default(), done).await
}

async fn take_back(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(badge), Id(id))): Path<(Id<BadgeId>, Id<EndorsementId>)>,
) -> Result<Response, HttpError> {
    let done = received::take_back(&edge, Whose::Holder(badge), id).await;
    answered(&edge, caller, badge, Asked::default(), done).await
}

async fn answered(
    edge: &Edge,
    caller: Caller,
    badge: BadgeId,
    asked: Asked,
    done: Result<(), HttpError>,
) -> Result<Response, HttpError> {
    let shown = |problem| show(edge, caller, badge, asked, Some(problem));
    received::answered(done, list_of(badge), shown).await
}

fn list_of(badge: BadgeId) -> String {
    format!("/my/badges/{badge}/endorsements")
}
