//! The receipt of a version that was handed in.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::shown::described;
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::SubmissionId;
use crate::micro_credential;
use crate::person::Person;
use crate::rights::Action;
use crate::submission;
use crate::wording;

pub fn routes() -> Vec<Route> {
    vec![get(
        "/my/submissions/{submission}/receipts/{version}",
        Action::ReadSubmission,
        show,
    )]
}

#[derive(Template)]
#[template(path = "submission/receipt.html")]
struct ReceiptPage {
    site: Masthead,
    id: SubmissionId,
    title: String,
    version: u32,
    at: String,
    digest: String,
    statement: Option<String>,
    note: Option<String>,
    pieces: Vec<Frozen>,
    changes: Vec<String>,
    is_last: bool,
}

struct Frozen {
    asked: String,
    name: String,
    detail: String,
    href: String,
    proof: Option<String>,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(version))): Path<(Id<SubmissionId>, Id<u32>)>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    let filled = edge
        .work(move |app| ReceiptPage::of(app, &person, id, version, site))
        .await?;
    page(&filled)
}

impl ReceiptPage {
    fn of(
        app: &App,
        person: &Person,
        id: SubmissionId,
        number: u32,
        site: Masthead,
    ) -> Result<ReceiptPage, Error> {
        let version = submission::version_of_earner(app, person, id, number)?;
        let submission = submission::of_earner(app, person, id)?;
        let published = micro_credential::published(app, &submission.micro_credential)?;
        let name = |requirement: &crate::id::RequirementId| {
            let asked = published.content.requirement(requirement);
            asked.map_or_else(|| requirement.to_string(), |asked| asked.name.to_string())
        };
        let base = format!("/my/submissions/{id}");
        let is_last = number == submission.versions;
        let mut pieces = Vec::new();
        for entry in &version.manifest.evidence {
            let piece = submission::evidence_of_earner(app, person, id, entry.id)?;
            let (title, detail, href) = described(piece.id, &piece.content, &base);
            pieces.push(Frozen {
                asked: name(&entry.requirement),
                name: title,
                detail,
                href,
                proof: is_last.then(|| format!("{base}/evidence/{}/proof", entry.id)),
            });
        }
        let changes = submission.changes(app, number)?;
        let changes = changes.map_or_else(Vec::new, |changes| changes.lines(name));
        Ok(ReceiptPage {
            site,
            id,
            title: published.content.name.to_string(),
            version: number,
            at: wording::moment(version.manifest.submitted),
            digest: version.manifest_sha256.to_string(),
            statement: version.privacy_statement.map(|agreed| agreed.text),
            note: version.note.map(|note| note.to_string()),
            pieces,
            changes,
            is_last,
        })
    }
}
