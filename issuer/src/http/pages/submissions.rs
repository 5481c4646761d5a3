//! The page where somebody prepares what they hand in: one form, of which every button keeps what was typed.

mod feedback;
mod receipt;
mod redact;
mod shown;
mod spoken;
mod students;
mod typed;
mod warned;
mod withdrawing;
mod writing;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use self::shown::WorkPage;
pub(super) use self::shown::{described, sentence};
use self::typed::{Do, Typed};
use super::doors::with_script;
use super::page;
use crate::app::App;
use crate::error::Error;
use crate::http::api::evidence::{self, Audience};
use crate::http::api::submissions::pieces;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, get, post};
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::person::Person;
use crate::rights::Action;
use crate::submission::{self, EvidenceContent, HandingIn, Link, Sharing, State as Stage};
use crate::text::Prose;
use schemas::timestamp::Timestamp;

pub fn routes() -> Vec<Route> {
    let (read, change) = (Action::ReadSubmission, Action::ChangeSubmission);
    let own = vec![
        get("/my/submissions/{submission}", read, show),
        post("/my/submissions/{submission}", change, act),
        get(
            "/my/submissions/{submission}/evidence/{evidence}",
            read,
            piece,
        ),
        get(
            "/my/submissions/{submission}/evidence/{evidence}/proof",
            read,
            proof,
        ),
    ];
    [
        own,
        spoken::routes(),
        writing::routes(),
        receipt::routes(),
        redact::routes(),
        students::routes(),
        feedback::routes(),
        withdrawing::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let told = Told {
        saved: query.as_deref() == Some("saved"),
        ..Told::default()
    };
    shown(&edge, person, id, told).await
}

/// What the page says beside what is stored.
#[derive(Default)]
struct Told {
    saved: bool,
    problem: Option<Error>,
    /// What was typed and could not be kept.
    typed: Option<Typed>,
    /// A link that is told this once.
    link: Option<String>,
}

async fn shown(
    edge: &Edge,
    person: Person,
    id: SubmissionId,
    told: Told,
) -> Result<Response, HttpError> {
    let masthead = edge.masthead.clone();
    let status = match &told.problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let filled = edge
        .work(move |app| WorkPage::of(app, &person, id, &masthead, told))
        .await?;
    Ok((status, with_script(page(&filled)?)).into_response())
}

/// Keeps what was typed, and does what the button says.
async fn act(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let typed = Typed::read(&headers, body).await?;
    let now = edge.clock.now();
    let (writer, read) = (person.clone(), typed.clone());
    let done = edge
        .work(move |app| match keep(app, &writer, id, &read, now) {
            Ok(()) => Ok(do_it(app, &writer, id, &read, now)),
            Err(Error::NotFound) => Err(Error::NotFound),
            Err(problem) => Ok(Err(problem)),
        })
        .await?;
    let back = format!("/my/submissions/{id}");
    match done {
        Ok(Done::Kept(place)) => Ok(Redirect::to(&format!("{back}?saved{place}")).into_response()),
        Ok(Done::GoesOn(page)) => Ok(Redirect::to(&format!("{back}/{page}")).into_response()),
        Ok(Done::Removed) => {
            edge.receiving().remove_due(now).await?;
            Ok(Redirect::to(&format!("{back}?saved")).into_response())
        }
        Ok(Done::HandedIn(version)) => {
            Ok(Redirect::to(&format!("{back}/receipts/{version}")).into_response())
        }
        Ok(Done::Invited(link)) => {
            let told = Told {
                link: Some(link),
                ..Told::default()
            };
            shown(&edge, person, id, told).await
        }
        Err(problem)
            if problem.is_about_input() || matches!(problem, Error::RateLimited { .. }) =>
        {
            let told = Told {
                problem: Some(problem),
                typed: Some(typed),
                ..Told::default()
            };
            shown(&edge, person, id, told).await
        }
        Err(problem) => Err(problem.into()),
    }
}

/// What a button has done.
enum Done {
    /// All is kept; the page is shown again, at this place.
    Kept(String),
    /// All is kept; this page of the submission comes next.
    GoesOn(String),
    /// A piece was taken out, and its file may have to go.
    Removed,
    HandedIn(u32),
    Invited(String),
}

/// Keeps everything that was typed. What cannot be kept stays on the page.
fn keep(
    app: &App,
    person: &Person,
    id: SubmissionId,
    typed: &Typed,
    now: Timestamp,
) -> Result<(), Error> {
    for (requirement, text, seen) in typed.texts() {
        let requirement: RequirementId = requirement.parse().map_err(|_| Error::NotFound)?;
        let text = prose(&format!("/text-{requirement}"), text)?;
        let known = submission::writing(app, person, id, &requirement)?;
        // An empty field that nobody has written in is no text.
        if text.is_none() && known.is_none() {
            continue;
        }
        submission::save_writing(app, person, id, &requirement, text, seen, now)?;
    }
    // A field that the form does not have stays as it was.
    let known = submission::preparation(app, person, id)?;
    let mut told = known.clone();
    if let Some(note) = typed.find("note") {
        told.note = prose("/note", note)?;
    }
    if let Some(outcome) = typed.find("outcome") {
        told.outcome = prose("/outcome", outcome)?;
    }
    for (prompt, answer) in typed.answers() {
        let prompt: RequirementId = prompt.parse().map_err(|_| Error::NotFound)?;
        match prose(&format!("/context/{prompt}"), answer)? {
            Some(answer) => told.context.insert(prompt, answer),
            None => told.context.remove(&prompt),
        };
    }
    if told != known {
        submission::prepare(app, person, id, &told)?;
    }
    Ok(())
}

fn do_it(
    app: &App,
    person: &Person,
    id: SubmissionId,
    typed: &Typed,
    now: Timestamp,
) -> Result<Done, Error> {
    let kept = |place: String| Ok(Done::Kept(place));
    match typed.wanted()? {
        Do::Save => kept(String::new()),
        Do::Spoken(evidence) => Ok(Done::GoesOn(format!("evidence/{evidence}/spoken"))),
        Do::AddFile(requirement) => Ok(Done::GoesOn(format!("files/{requirement}"))),
        Do::AddLink(requirement) => {
            let field = requirement
                .as_ref()
                .map_or("link".to_owned(), |id| format!("link-{id}"));
            let link: Link = typed
                .value(&field)
                .parse()
                .map_err(|error| Error::of_link(format!("/{field}"), error))?;
            let content = EvidenceContent::Link(link);
            match &requirement {
                Some(to) => submission::add_evidence(app, person, id, to, content, now)?,
                None => submission::collect_evidence(app, person, id, content, now)?,
            };
            kept(requirement.map_or_else(|| "#collected".to_owned(), |to| format!("#for-{to}")))
        }
        Do::Attach(evidence) => {
            let to = typed.value(&format!("attach-{evidence}"));
            let to = (!to.is_empty()).then(|| to.parse::<RequirementId>());
            let to = to.transpose().map_err(|_| Error::NotFound)?;
            submission::attach_evidence(app, person, id, evidence, to.as_ref())?;
            kept(to.map_or_else(|| "#collected".to_owned(), |to| format!("#for-{to}")))
        }
        Do::Remove(evidence) => {
            submission::remove_evidence(app, person, id, evidence, now)?;
            Ok(Done::Removed)
        }
        Do::Share(evidence, sharing) => {
            submission::share_evidence(app, person, id, evidence, sharing)?;
            kept(String::new())
        }
        Do::Invite => {
            let name = typed.value("colleague_name").parse();
            let name = name.map_err(|_| {
                Error::invalid(
                    "/colleague_name",
                    "please say what your colleague is called",
                )
            })?;
            let email = typed.value("colleague_email");
            let email = (!email.is_empty()).then(|| email.parse()).transpose();
            let email = email
                .map_err(|_| Error::invalid("/colleague_email", "this is no e-mail address"))?;
            let (_, secret) = submission::invite_colleague(app, person, id, name, email, now)?;
            Ok(Done::Invited(app.site.draft_invitation(&secret)))
        }
        Do::Dismiss(colleague) => {
            submission::dismiss_colleague(app, person, id, colleague)?;
            kept("#colleagues".to_owned())
        }
        Do::HandIn => {
            let handing_in = HandingIn {
                note: None,
                privacy_statement: typed.value("privacy_statement").parse().ok(),
            };
            let version = submission::submit(app, person, id, handing_in, now)?;
            Ok(Done::HandedIn(version.manifest.version))
        }
    }
}

/// A piece of one's own evidence, as it was added.
async fn piece(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    range: RangeAsked,
) -> Result<Response, HttpError> {
    let found = edge
        .work(move |app| submission::evidence_of_earner(app, &person, id, piece))
        .await?;
    evidence::hand_out(&edge, found, Audience::Owner, &range).await
}

/// The proof that a piece is what was assessed.
async fn proof(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
) -> Result<Response, HttpError> {
    let proof = edge
        .work(move |app| submission::evidence_proof(app, &person, id, piece, None))
        .await?;
    pieces::handed_out(&proof)
}

/// A text that was typed; nothing for an empty field.
fn prose(pointer: &str, text: &str) -> Result<Option<Prose>, Error> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read = text.parse::<Prose>();
    let read = read.map_err(|error| Error::invalid(pointer, error.to_string()))?;
    Ok(Some(read))
}

/// How far a submission has come, in a word for people.
pub(super) fn stage(stage: &Stage) -> &'static str {
    match stage {
        Stage::Draft => "Started",
        Stage::Submitted => "Waiting for its review",
        Stage::Returned => "Not yet: feedback to read",
        Stage::Accepted { .. } => "Earned",
        Stage::Declined { .. } => "Declined",
        Stage::Withdrawn => "Withdrawn",
    }
}

/// Who may see a piece beside the reviewers, as a button changes it.
pub(super) fn other(sharing: Sharing) -> (&'static str, &'static str) {
    match sharing {
        Sharing::Private => ("share", "Name it in the badge"),
        Sharing::Shared => ("unshare", "Keep it private"),
    }
}
