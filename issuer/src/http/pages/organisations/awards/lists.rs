//! Sending a list of awards in, and looking how far it has come.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, Shown, TypedList, sentence};
use crate::awarding::list::{self, AwardList, NewList, Outcome, State as Standing};
use crate::awarding::table::{Form as Written, LIST_BYTES, Problem};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{AwardListId, OrganisationId};
use crate::page::PageRequest;
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let at = |rest: &str| format!("/organisations/{{organisation}}/award-lists{rest}");
    vec![
        post(&at(""), Action::AwardByHand, send),
        get(&at("/{award_list}"), Action::ReadAwards, open),
        post(&at("/{award_list}/stop"), Action::AwardByHand, stop),
    ]
}

#[derive(Template)]
#[template(path = "organisation/award-list.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    head: Head,
    list: AwardList,
    name: String,
    sent: String,
    report: String,
    problems: Vec<Problem>,
    more: bool,
}

/// Takes a list as a file or as it was pasted, and leads to the page on which its progress is seen.
async fn send(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let form = Form::read(&headers, body, LIST_BYTES + MORE_BYTES).await?;
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let typed = TypedList {
        micro_credential: text("micro_credential"),
        reason: text("reason"),
        rows: text("rows"),
    };
    let file = form.bytes("file").or(form.bytes("rows"));
    let new = file.map(|bytes| bytes.to_vec());
    let new = new.ok_or(Error::invalid("/file", "choose a file, or paste the rows"));
    let new = new.and_then(|bytes| typed.list(bytes));
    let (officer, place, now) = (caller.person.id, id.clone(), edge.clock.now());
    let sent = edge.work(move |app| list::send(app, officer, &place, new?, now));
    match sent.await {
        Ok(list) => {
            let path = format!("/organisations/{id}/award-lists/{}", list.id);
            Ok(Redirect::to(&path).into_response())
        }
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let shown = Shown {
                list: typed,
                problem: Some(sentence(&problem)),
                ..Shown::default()
            };
            let shown = shown.page(&edge, caller, id).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

impl TypedList {
    fn list(&self, bytes: Vec<u8>) -> Result<NewList, Error> {
        let unfit =
            |error| Error::invalid("/reason", format!("the reason cannot be used: {error}"));
        let what = match self.micro_credential.as_str() {
            "" => None,
            name => Some(
                name.parse()
                    .map_err(|_| super::awarding::AwardError::Unknown)?,
            ),
        };
        Ok(NewList {
            bytes,
            form: Written::Csv,
            name: None,
            micro_credential: what,
            reason: self.reason.parse().map_err(unfit)?,
        })
    }
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(id), Id(of))): Path<(Id<OrganisationId>, Id<AwardListId>)>,
) -> Result<Response, HttpError> {
    let found = edge.work(move |app| {
        let list = list::find(app, &id, of)?.value;
        let (mut problems, mut asked) = (Vec::new(), PageRequest::most());
        // As many as somebody reads on a page; the report has them all.
        while problems.len() < SHOWN {
            let page = app.store.award_rows(of, &asked)?;
            problems.extend(page.items.into_iter().filter_map(|row| match row.outcome {
                Outcome::Refused { problem } => Some(problem),
                Outcome::Awarded { .. } | Outcome::AwardedBefore { .. } => None,
            }));
            match page.next {
                Some(next) => asked.cursor = Some(next),
                None => break,
            }
        }
        problems.truncate(SHOWN);
        Ok((Head::of(app, &caller, &id)?, list, problems))
    });
    let (head, list, problems) = found.await?;
    page(&ListPage {
        site: &edge.masthead,
        name: list
            .name
            .as_ref()
            .map_or("A list of awards".to_owned(), ToString::to_string),
        sent: wording::moment(list.made),
        report: format!(
            "/api/v1/organisations/{}/award-lists/{}/report",
            head.id, list.id
        ),
        more: list.counts.refused > problems.len() as u64,
        head,
        list,
        problems,
    })
}

async fn stop(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(of))): Path<(Id<OrganisationId>, Id<AwardListId>)>,
) -> Result<Response, HttpError> {
    let (place, now) = (id.clone(), edge.clock.now());
    match edge
        .work(move |app| list::stop(app, person.id, &place, of, now))
        .await
    {
        // Whoever comes too late sees on the page that it is over.
        Ok(_) | Err(HttpError::Service(Error::Award(_))) => {
            Ok(Redirect::to(&format!("/organisations/{id}/award-lists/{of}")).into_response())
        }
        Err(error) => Err(error),
    }
}

/// The other fields of the form; what is pasted is written with up to three characters for one.
const MORE_BYTES: usize = 128 * 1024;
/// As many problems as somebody mends at a sitting.
const SHOWN: usize = 100;
