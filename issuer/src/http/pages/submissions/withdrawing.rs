//! Withdrawing: a page that says what it means, and a button that does it.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::SubmissionId;
use crate::micro_credential;
use crate::rights::Action;
use crate::submission;

pub fn routes() -> Vec<Route> {
    let path = "/my/submissions/{submission}/withdraw";
    vec![
        get(path, Action::ReadSubmission, show),
        post(path, Action::ChangeSubmission, withdraw),
    ]
}

#[derive(Template)]
#[template(path = "submission/withdraw.html")]
struct WithdrawPage<'a> {
    site: &'a Masthead,
    id: SubmissionId,
    title: String,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Response, HttpError> {
    let title = edge
        .work(move |app| {
            let submission = submission::of_earner(app, &person, id)?;
            let published = micro_credential::published(app, &submission.micro_credential)?;
            Ok(published.content.name.to_string())
        })
        .await?;
    page(&WithdrawPage {
        site: &edge.masthead,
        id,
        title,
    })
}

async fn withdraw(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    edge.work(move |app| submission::withdraw(app, &person, id, now))
        .await?;
    Ok(Redirect::to("/my").into_response())
}
