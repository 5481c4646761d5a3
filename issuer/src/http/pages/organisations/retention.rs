//! The page on which an organisation says how long it keeps evidence.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::Head;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::account::sentence;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::OrganisationId;
use crate::organisation;
use crate::retention::{self, End, Retention};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get(RETENTION, Action::ChangeOrganisation, open),
        post(RETENTION, Action::ChangeOrganisation, put),
    ]
}

const RETENTION: &str = "/organisations/{organisation}/retention";

#[derive(Template)]
#[template(path = "organisation/retention.html")]
struct RetentionPage<'a> {
    site: &'a Masthead,
    head: Head,
    least: u32,
    /// How long the service keeps what was accepted, and what was not.
    service: [String; 2],
    notice_days: u32,
    typed: String,
    problem: Option<String>,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    show(&edge, caller, id, None).await
}

async fn show(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    wrong: Option<(String, String)>,
) -> Result<Response, HttpError> {
    let (head, own) = edge
        .work(move |app| {
            let found = app.store.organisation(&id)?.ok_or(Error::NotFound)?;
            Ok((Head::of(app, &caller, &id)?, found.evidence_months))
        })
        .await?;
    let rules = &edge.app.retention;
    let lasting = |end| {
        let months = rules.months(end, None);
        months.map_or_else(|| "for good".to_owned(), retention::lasting_months)
    };
    let (typed, problem) = match wrong {
        Some((typed, problem)) => (typed, Some(problem)),
        None => (own.map_or_else(String::new, |own| own.to_string()), None),
    };
    page(&RetentionPage {
        site: &edge.masthead,
        head,
        least: Retention::LEAST_EVIDENCE_MONTHS,
        service: End::ALL.map(lasting),
        notice_days: rules.evidence_notice_days,
        typed,
        problem,
    })
}

async fn put(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let (by, now) = (caller.actor(), edge.clock.now());
    let typed = form.text("months").unwrap_or_default().trim().to_owned();
    let months = match typed.as_str() {
        "" => Ok(None),
        some => some.parse().map(Some).map_err(|_| {
            let message = "please give a number of months, or nothing";
            HttpError::from(Error::invalid("/months", message))
        }),
    };
    let changed = match months {
        Ok(months) => {
            let id = id.clone();
            edge.work(move |app| organisation::set_evidence_months(app, by, &id, months, now))
                .await
        }
        Err(error) => Err(error),
    };
    match changed {
        Ok(_) => Ok(Redirect::to(&format!("/organisations/{id}/retention")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let wrong = Some((typed, sentence(&problem)));
            let shown = show(&edge, caller, id, wrong).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}
