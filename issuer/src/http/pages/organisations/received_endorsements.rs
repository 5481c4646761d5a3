//! The page on which an organisation sees what others say of it and of what is its own, asks for more, and says
//! where it is shown.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::Head;
use crate::app::App;
use crate::badge::Viewer;
use crate::endorsement::SeenBy;
use crate::endorsement::asking::Whose;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::endorsing::{Asked, Told, choices};
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::{page, received};
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
    let path = list_of(&id);
    let work = move |app: &App| {
        let head = Head::of(app, &caller, &id)?;
        let may = rights::may(app, caller.person.id, Action::ReadEndorsing, Some(&id))?;
        let organisations = choices(app, &id)?;
        let (by, viewer) = (SeenBy::Owner(id), Viewer::Person(&caller.person));
        let told = Told::seen(app, &by, &wanted, viewer)?;
        Ok((head, may, told, organisations))
    };
    let (head, endorses, told, organisations) = edge.work(work).await?;
    page(&ListPage {
        site: &edge.masthead,
        head,
        endorses,
        path,
        told: told.items,
        next: told.next,
        organisations,
        asked,
        problem,
    })
}

async fn ask(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(own)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let (asked, whose) = (Asked::of(&form), Whose::Organisation(own.clone()));
    let done = received::ask(&edge, &caller, whose, asked.clone()).await;
    answered(&edge, caller, own, asked, done).await
}

async fn set_showing(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(own), Id(id))): Path<(Id<OrganisationId>, Id<EndorsementId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let whose = Whose::Organisation(own.clone());
    let done = received::set_showing(&edge, &caller, whose, id, &form).await;
    answered(&edge, caller, own, Asked::default(), done).await
}

async fn take_back(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(own), Id(id))): Path<(Id<OrganisationId>, Id<EndorsementId>)>,
) -> Result<Response, HttpError> {
    let done = received::take_back(&edge, Whose::Organisation(own.clone()), id).await;
    answered(&edge, caller, own, Asked::default(), done).await
}

async fn answered(
    edge: &Edge,
    caller: Caller,
    own: OrganisationId,
    asked: Asked,
    done: Result<(), HttpError>,
) -> Result<Response, HttpError> {
    let (list, first) = (list_of(&own), PageRequest::default());
    let shown = |problem| show(edge, caller, own, first, asked, Some(problem));
    received::answered(done, list, shown).await
}

fn list_of(own: &OrganisationId) -> String {
    format!("/organisations/{own}/received-endorsements")
}
