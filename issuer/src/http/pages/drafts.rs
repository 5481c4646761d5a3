//! A draft that somebody shows to a colleague: the link, the draft, and what the colleague says.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::page;
use super::submissions::{described, sentence};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::api::evidence::{self, Audience};
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, get, post};
use crate::id::{EvidenceId, RequirementId, SubmissionId};
use crate::link::LinkSecret;
use crate::micro_credential;
use crate::person::Person;
use crate::rights::Action;
use crate::submission::{self, CommentKind, EvidenceContent, SharedDraft};
use crate::text::Prose;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let open = Action::OpenDraftInvitation;
    vec![
        get("/drafts/invitations/{draft_link}", open, invitation),
        post("/drafts/invitations/{draft_link}", open, accept),
        get("/drafts/{draft}", Action::ReadSharedDraft, show),
        post("/drafts/{draft}", Action::CommentOnDraft, say),
        get(
            "/drafts/{draft}/evidence/{piece}",
            Action::ReadSharedDraft,
            piece,
        ),
    ]
}

#[derive(Template)]
#[template(path = "draft/invitation.html")]
struct InvitationPage {
    site: Masthead,
    path: String,
    earner: String,
    title: String,
}

#[derive(Template)]
#[template(path = "draft/shown.html")]
struct DraftPage {
    site: Masthead,
    id: SubmissionId,
    earner: String,
    title: String,
    achievement: String,
    sections: Vec<Section>,
    note: Option<String>,
    said: Vec<Said>,
    typed: String,
    problem: Option<String>,
}

struct Section {
    id: String,
    name: String,
    texts: Vec<String>,
    pieces: Vec<(String, String, String)>,
}

struct Said {
    about: Option<String>,
    coach: bool,
    text: String,
    at: String,
}

async fn invitation(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(secret): Path<String>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    let read: LinkSecret = secret.parse()?;
    let filled = edge
        .work(move |app| {
            let (_, submission) = submission::look_at_invitation(app, &person, &read)?;
            let published = micro_credential::published(app, &submission.micro_credential)?;
            let earner = app.store.person(submission.earner)?;
            Ok(InvitationPage {
                site,
                path: format!("/drafts/invitations/{secret}"),
                earner: earner.map_or_else(String::new, |earner| earner.name.to_string()),
                title: published.content.name.to_string(),
            })
        })
        .await?;
    page(&filled)
}

async fn accept(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(secret): Path<String>,
) -> Result<Response, HttpError> {
    let secret: LinkSecret = secret.parse()?;
    let submission = edge
        .work(move |app| submission::accept_invitation(app, &person, &secret))
        .await?;
    Ok(Redirect::to(&format!("/drafts/{}", submission.id)).into_response())
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Response, HttpError> {
    shown(&edge, person, id, String::new(), None).await
}

async fn shown(
    edge: &Edge,
    person: Person,
    id: SubmissionId,
    typed: String,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let status = match &problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let site = edge.masthead.clone();
    let mut filled = edge
        .work(move |app| {
            let draft = submission::shared_draft(app, &person, id)?;
            DraftPage::of(app, &person, draft, site)
        })
        .await?;
    filled.typed = typed;
    filled.problem = problem;
    Ok((status, page(&filled)?).into_response())
}

async fn say(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let typed = form.text("text").unwrap_or_default().to_owned();
    let about = form.text("about").map(str::parse::<RequirementId>);
    let about = about.transpose().map_err(|_| HttpError::NotFound)?;
    let kind = match form.text("coach") {
        Some(_) => CommentKind::CoachNote,
        None => CommentKind::Comment,
    };
    let (by, words) = (person.clone(), typed.parse::<Prose>());
    let said = edge
        .work(move |app| {
            let said = words
                .map_err(|error| Error::invalid("/text", error.to_string()))
                .and_then(|text| submission::comment(app, &by, id, about, kind, text, now));
            match said {
                Err(problem) if problem.is_about_input() => Ok(Some(problem)),
                Err(problem) => Err(problem),
                Ok(_) => Ok(None),
            }
        })
        .await?;
    match said {
        None => Ok(Redirect::to(&format!("/drafts/{id}#said")).into_response()),
        Some(problem) => {
            let problem = sentence(&problem.to_string());
            shown(&edge, person, id, typed, Some(problem)).await
        }
    }
}

async fn piece(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    range: RangeAsked,
) -> Result<Response, HttpError> {
    let found = edge
        .work(move |app| submission::shared_evidence(app, &person, id, piece))
        .await?;
    evidence::hand_out(&edge, found, Audience::Reviewer, &range).await
}

impl DraftPage {
    fn of(
        app: &App,
        person: &Person,
        draft: SharedDraft,
        site: Masthead,
    ) -> Result<DraftPage, Error> {
        let id = draft.submission.id;
        let content = &draft.micro_credential.content;
        let mut sections = Vec::new();
        for asked in &content.evidence_requirements {
            let (mut texts, mut pieces) = (Vec::new(), Vec::new());
            for (requirement, piece) in &draft.evidence {
                if requirement.as_ref() != Some(&asked.id) {
                    continue;
                }
                match &piece.content {
                    EvidenceContent::Text(text) => texts.push(text.to_string()),
                    other => pieces.push(described(piece.id, other, &format!("/drafts/{id}"))),
                }
            }
            sections.push(Section {
                id: asked.id.to_string(),
                name: asked.name.to_string(),
                texts,
                pieces,
            });
        }
        let name = |requirement: &RequirementId| {
            let asked = content.requirement(requirement)?;
            Some(asked.name.to_string())
        };
        let said = submission::comments(app, person, id)?.into_iter();
        let said = said.map(|comment| Said {
            about: comment.requirement.as_ref().and_then(name),
            coach: comment.kind == CommentKind::CoachNote,
            text: comment.text.to_string(),
            at: wording::day(comment.at),
        });
        Ok(DraftPage {
            site,
            id,
            earner: draft.earner.to_string(),
            title: content.name.to_string(),
            achievement: format!("/achievements/{}", draft.submission.micro_credential),
            note: draft.preparation.note.map(|note| note.to_string()),
            said: said.collect(),
            sections,
            typed: String::new(),
            problem: None,
        })
    }
}
