//! The pages on which an organisation endorses others: what it is asked for, and what it has said.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, sentence};
use crate::app::App;
use crate::badge::Viewer;
use crate::endorsement::{Endorsed, Endorsement, Gift, SeenBy, asking, giving, withdrawing};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::endorsing::Told;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{EndorsementId, OrganisationId};
use crate::page::{Cursor, PageRequest};
use crate::rights::Action;
use crate::text::Prose;

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/endorsements";
    let one = format!("{all}/{{endorsement}}");
    vec![
        get(all, Action::ReadEndorsing, list),
        post(all, Action::Endorse, offer),
        get(&one, Action::ReadEndorsing, open),
        post(&one, Action::Endorse, answer),
    ]
}

#[derive(Template)]
#[template(path = "organisation/endorsements.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    head: Head,
    told: Vec<Told>,
    next: Option<Cursor>,
    typed: Typed,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "organisation/endorsement.html")]
struct OnePage<'a> {
    site: &'a Masthead,
    head: Head,
    told: Told,
    typed: Typed,
    problem: Option<String>,
}

/// What was typed into a form that something is wrong with.
#[derive(Default)]
struct Typed {
    thing: String,
    comment: String,
    reason: String,
}

impl Typed {
    fn of(form: &Form) -> Typed {
        let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
        Typed {
            thing: text("thing"),
            comment: text("comment"),
            reason: text("reason"),
        }
    }
}

async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Response, HttpError> {
    show_list(&edge, caller, id, page, Typed::default(), None).await
}

async fn show_list(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    asked: PageRequest,
    typed: Typed,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let work = move |app: &App| {
        let head = Head::of(app, &caller, &id)?;
        let (by, viewer) = (SeenBy::Endorser(id), Viewer::Person(&caller.person));
        Ok((head, Told::seen(app, &by, &asked, viewer)?))
    };
    let (head, told) = edge.work(work).await?;
    page(&ListPage {
        site: &edge.masthead,
        head,
        told: told.items,
        next: told.next,
        typed,
        problem,
    })
}

/// Endorses what was named, by the address of its page.
async fn offer(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = Typed::of(&form);
    let (thing, comment) = (typed.thing.clone(), typed.comment.parse());
    let (by, endorser, now) = (caller.person.id, id.clone(), edge.clock.now());
    let work = move |app: &App| {
        let unknown = || Error::invalid("/thing", "there is nothing at this address to endorse");
        let subject = Endorsed::at(app, &thing).ok_or_else(unknown)?;
        let comment = comment.map_err(|_| silent())?;
        let gift = Gift { by, comment };
        match giving::offer(app, &endorser, &subject, &gift, now) {
            Err(Error::NotFound) => Err(unknown()),
            given => given,
        }
    };
    match edge.work(work).await {
        Ok(given) => Ok(back_to(&id, given.id)),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let (first, problem) = (PageRequest::default(), Some(sentence(&problem)));
            let shown = show_list(&edge, caller, id, first, typed, problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<EndorsementId>)>,
) -> Result<Response, HttpError> {
    show_one(&edge, caller, organisation, id, Typed::default(), None).await
}

async fn show_one(
    edge: &Edge,
    caller: Caller,
    organisation: OrganisationId,
    id: EndorsementId,
    typed: Typed,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let work = move |app: &App| {
        let head = Head::of(app, &caller, &organisation)?;
        let held = app.store.endorsement_held(id)?;
        let held = held.filter(|held| held.value.endorser == organisation);
        let endorsement: Endorsement = held.ok_or(Error::NotFound)?.value;
        let viewer = Viewer::Person(&caller.person);
        Ok((head, Told::of(app, &endorsement, viewer)?))
    };
    let (head, told) = edge.work(work).await?;
    page(&OnePage {
        site: &edge.masthead,
        head,
        told,
        typed,
        problem,
    })
}

/// Gives what was asked for, declines to, or withdraws it.
async fn answer(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<EndorsementId>)>,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = Typed::of(&form);
    let act = form.text("act").unwrap_or_default().to_owned();
    let (comment, reason) = (typed.comment.parse(), typed.reason.parse::<Prose>());
    let (by, endorser, now) = (caller.person.id, organisation.clone(), edge.clock.now());
    let work = move |app: &App| {
        let whose = (&endorser, id);
        let why = || Error::invalid("/reason", "please say why: whoever sees this may read it");
        match act.as_str() {
            "give" => {
                let comment = comment.map_err(|_| silent())?;
                giving::answer(app, whose, &Gift { by, comment }, now)
            }
            "decline" => asking::decline(app, by, whose, &reason.map_err(|_| why())?, now),
            "withdraw" => withdrawing::withdraw(app, by, whose, &reason.map_err(|_| why())?, now),
            _ => Err(Error::NotFound),
        }
    };
    match edge.work(work).await {
        Ok(_) => Ok(back_to(&organisation, id)),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            let shown = show_one(&edge, caller, organisation, id, typed, problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

fn silent() -> Error {
    Error::invalid("/comment", "please say something: an endorsement is read")
}

fn back_to(organisation: &OrganisationId, id: EndorsementId) -> Response {
    Redirect::to(&format!("/organisations/{organisation}/endorsements/{id}")).into_response()
}
