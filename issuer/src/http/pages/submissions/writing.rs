//! What a text was before, and having it back.

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
use crate::id::{RequirementId, SubmissionId};
use crate::micro_credential;
use crate::rights::Action;
use crate::submission::{self, Revision, State as Stage};
use crate::wording;

pub fn routes() -> Vec<Route> {
    let path = "/my/submissions/{submission}/writings/{requirement}";
    vec![
        get(path, Action::ReadSubmission, show),
        post(
            &format!("{path}/{{revision}}"),
            Action::ChangeSubmission,
            restore,
        ),
    ]
}

#[derive(Template)]
#[template(path = "submission/writing.html")]
struct WritingPage<'a> {
    site: &'a Masthead,
    id: SubmissionId,
    requirement: RequirementId,
    title: String,
    asked: String,
    open: bool,
    revisions: Vec<Row>,
}

struct Row {
    number: u32,
    saved: String,
    text: String,
    words: usize,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(requirement))): Path<(Id<SubmissionId>, Id<RequirementId>)>,
) -> Result<Response, HttpError> {
    let of = requirement.clone();
    let (submission, published, revisions) = edge
        .work(move |app| {
            let submission = submission::of_earner(app, &person, id)?;
            let published = micro_credential::published(app, &submission.micro_credential)?;
            let revisions = submission::revisions(app, &person, id, &of)?;
            Ok((submission, published, revisions))
        })
        .await?;
    let asked = published.content.requirement(&requirement);
    let asked = asked.ok_or(HttpError::NotFound)?;
    page(&WritingPage {
        site: &edge.masthead,
        id,
        title: published.content.name.to_string(),
        asked: asked.name.to_string(),
        open: matches!(submission.state, Stage::Draft | Stage::Returned),
        revisions: revisions.into_iter().map(Row::from).collect(),
        requirement,
    })
}

async fn restore(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(requirement), Id(number))): Path<(
        Id<SubmissionId>,
        Id<RequirementId>,
        Id<u32>,
    )>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let to = format!("/my/submissions/{id}?saved#for-{requirement}");
    edge.work(move |app| submission::restore_writing(app, &person, id, &requirement, number, now))
        .await?;
    Ok(Redirect::to(&to).into_response())
}

impl From<Revision> for Row {
    fn from(revision: Revision) -> Row {
        let text = revision
            .text
            .map_or_else(String::new, |text| text.to_string());
        Row {
            number: revision.number,
            saved: wording::moment(revision.saved),
            words: text.split_whitespace().count(),
            text,
        }
    }
}
