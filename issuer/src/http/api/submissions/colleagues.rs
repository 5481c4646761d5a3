//! Colleagues who look at a draft: asked by its earner, and saying what they think.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::drafts::PreparationBody;
use crate::http::api::evidence::{self, Audience, ContentBody};
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::range::RangeAsked;
use crate::http::route::{Route, delete, get, post};
use crate::id::{
    ColleagueId, CommentId, EvidenceId, MicroCredentialId, RequirementId, SubmissionId,
};
use crate::link::LinkSecret;
use crate::person::Email;
use crate::rights::Action;
use crate::submission::{self, Colleague, Comment, CommentKind, SharedDraft, Submission};
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, invite, dismiss, comments, accept, show, download, said, say))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    let (read, change) = (Action::ReadSubmission, Action::ChangeSubmission);
    vec![
        get("/submissions/{submission}/colleagues", read, list),
        post("/submissions/{submission}/colleagues", change, invite),
        delete(
            "/submissions/{submission}/colleagues/{colleague}",
            change,
            dismiss,
        ),
        get("/submissions/{submission}/comments", read, comments),
        post(
            "/drafts/invitations/{draft_link}/accept",
            Action::OpenDraftInvitation,
            accept,
        ),
        get("/drafts/{draft}", Action::ReadSharedDraft, show),
        get(
            "/drafts/{draft}/evidence/{piece}",
            Action::ReadSharedDraft,
            download,
        ),
        get("/drafts/{draft}/comments", Action::ReadSharedDraft, said),
        post("/drafts/{draft}/comments", Action::CommentOnDraft, say),
    ]
}

/// Who is asked to look at the draft. With an address, the link is mailed there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteBody {
    name: Line,
    #[serde(default)]
    email: Option<Email>,
}

#[derive(Serialize, ToSchema)]
struct ColleagueBody {
    id: ColleagueId,
    name: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[schema(value_type = DateTime)]
    asked: Timestamp,
    /// Whether they have opened the link.
    opened: bool,
    /// Whether the draft is still shown to them, or to whoever opens the link.
    open: bool,
}

#[derive(Serialize, ToSchema)]
struct InvitedBody {
    #[serde(flatten)]
    colleague: ColleagueBody,
    /// The link, which is told this once. Whoever opens it first, signed in, is the colleague.
    link: String,
}

#[derive(Serialize, ToSchema)]
struct ColleaguesBody {
    items: Vec<ColleagueBody>,
}

#[derive(Serialize, ToSchema)]
struct CommentBody {
    id: CommentId,
    name: Line,
    /// The version that was being prepared.
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<RequirementId>,
    kind: CommentKind,
    text: Prose,
    #[schema(value_type = DateTime)]
    at: Timestamp,
}

#[derive(Serialize, ToSchema)]
struct CommentsBody {
    /// The oldest first.
    items: Vec<CommentBody>,
}

/// What a colleague says: of the whole, or of what answers to one requirement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SayBody {
    #[serde(default)]
    requirement: Option<RequirementId>,
    #[serde(default)]
    kind: CommentKind,
    text: Prose,
}

/// Which draft it is.
#[derive(Serialize, ToSchema)]
struct AcceptedBody {
    submission: SubmissionId,
    micro_credential: MicroCredentialId,
}

/// A draft as a colleague sees it.
#[derive(Serialize, ToSchema)]
struct DraftBody {
    submission: SubmissionId,
    micro_credential: MicroCredentialId,
    earner: Line,
    evidence: Vec<PieceBody>,
    #[serde(flatten)]
    told: PreparationBody,
}

#[derive(Serialize, ToSchema)]
struct PieceBody {
    id: EvidenceId,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<RequirementId>,
    #[serde(flatten)]
    content: ContentBody,
    #[schema(value_type = DateTime)]
    added: Timestamp,
}

/// Lists who was asked to look at a draft.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/colleagues",
    responses((status = 200, body = ColleaguesBody)),
)]
async fn list(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Answer<ColleaguesBody>, HttpError> {
    let (colleagues, submission) = edge
        .work(move |app| {
            Ok((
                submission::colleagues(app, &earner, id)?,
                submission::of_earner(app, &earner, id)?,
            ))
        })
        .await?;
    let body = |colleague| ColleagueBody::new(colleague, &submission);
    let items = colleagues.into_iter().map(body).collect();
    Ok(Answer(ColleaguesBody { items }))
}

/// Asks a colleague to look at a draft, until it is handed in.
#[utoipa::path(
    post,
    path = "/submissions/{submission}/colleagues",
    request_body = InviteBody,
    responses((status = 201, body = InvitedBody)),
)]
async fn invite(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    Json(body): Json<InviteBody>,
) -> Result<(StatusCode, Answer<InvitedBody>), HttpError> {
    let now = edge.clock.now();
    let (colleague, secret, submission) = edge
        .work(move |app| {
            let (colleague, secret) =
                submission::invite_colleague(app, &earner, id, body.name, body.email, now)?;
            Ok((colleague, secret, submission::of_earner(app, &earner, id)?))
        })
        .await?;
    let invited = InvitedBody {
        colleague: ColleagueBody::new(colleague, &submission),
        link: edge.app.site.draft_invitation(&secret),
    };
    Ok((StatusCode::CREATED, Answer(invited)))
}

/// Shows a draft to a colleague no longer. What they said stays.
#[utoipa::path(
    delete,
    path = "/submissions/{submission}/colleagues/{colleague}",
    responses((status = 204)),
)]
async fn dismiss(
    State(edge): State<Edge>,
    Caller { person: earner, .. }: Caller,
    Path((Id(id), Id(colleague))): Path<(Id<SubmissionId>, Id<ColleagueId>)>,
) -> Result<StatusCode, HttpError> {
    edge.work(move |app| submission::dismiss_colleague(app, &earner, id, colleague))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists what colleagues said of one's own drafts, oldest first. No reviewer sees it.
#[utoipa::path(
    get,
    path = "/submissions/{submission}/comments",
    responses((status = 200, body = CommentsBody)),
)]
async fn comments(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Answer<CommentsBody>, HttpError> {
    let found = edge
        .work(move |app| submission::comments(app, &person, id))
        .await?;
    Ok(Answer(found.into()))
}

/// Takes the invitation of a link up. The link is of no use to anybody else from then on.
#[utoipa::path(
    post,
    path = "/drafts/invitations/{draft_link}/accept",
    responses((status = 200, body = AcceptedBody)),
)]
async fn accept(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(secret): Path<String>,
) -> Result<Answer<AcceptedBody>, HttpError> {
    let secret: LinkSecret = secret.parse()?;
    let submission = edge
        .work(move |app| submission::accept_invitation(app, &person, &secret))
        .await?;
    Ok(Answer(AcceptedBody {
        submission: submission.id,
        micro_credential: submission.micro_credential,
    }))
}

/// Shows a draft that a colleague shows.
#[utoipa::path(
    get,
    path = "/drafts/{draft}",
    responses((status = 200, body = DraftBody)),
)]
async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Answer<DraftBody>, HttpError> {
    let draft = edge
        .work(move |app| submission::shared_draft(app, &person, id))
        .await?;
    Ok(Answer(draft.into()))
}

/// Hands out a piece of a draft that a colleague shows.
#[utoipa::path(
    get,
    path = "/drafts/{draft}/evidence/{piece}",
    responses((status = 200, content_type = "*/*"), (status = 206, content_type = "*/*")),
)]
async fn download(
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

/// Lists what one has said of a draft.
#[utoipa::path(
    get,
    path = "/drafts/{draft}/comments",
    responses((status = 200, body = CommentsBody)),
)]
async fn said(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Answer<CommentsBody>, HttpError> {
    let found = edge
        .work(move |app| submission::comments(app, &person, id))
        .await?;
    Ok(Answer(found.into()))
}

/// Says something about a draft.
#[utoipa::path(
    post,
    path = "/drafts/{draft}/comments",
    request_body = SayBody,
    responses((status = 201, body = CommentBody)),
)]
async fn say(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
    Json(body): Json<SayBody>,
) -> Result<(StatusCode, Answer<CommentBody>), HttpError> {
    let now = edge.clock.now();
    let (about, kind, text) = (body.requirement, body.kind, body.text);
    let said = edge
        .work(move |app| submission::comment(app, &person, id, about, kind, text, now))
        .await?;
    Ok((StatusCode::CREATED, Answer(said.into())))
}

impl ColleagueBody {
    fn new(colleague: Colleague, submission: &Submission) -> ColleagueBody {
        ColleagueBody {
            id: colleague.id,
            open: colleague.is_open(submission),
            name: colleague.name,
            email: colleague.email,
            asked: colleague.asked,
            opened: colleague.person.is_some(),
        }
    }
}

impl From<Vec<Comment>> for CommentsBody {
    fn from(comments: Vec<Comment>) -> CommentsBody {
        CommentsBody {
            items: comments.into_iter().map(CommentBody::from).collect(),
        }
    }
}

impl From<Comment> for CommentBody {
    fn from(comment: Comment) -> CommentBody {
        CommentBody {
            id: comment.id,
            name: comment.name,
            version: comment.version,
            requirement: comment.requirement,
            kind: comment.kind,
            text: comment.text,
            at: comment.at,
        }
    }
}

impl From<SharedDraft> for DraftBody {
    fn from(draft: SharedDraft) -> DraftBody {
        let evidence = draft.evidence.into_iter();
        DraftBody {
            submission: draft.submission.id,
            micro_credential: draft.submission.micro_credential,
            earner: draft.earner,
            evidence: evidence
                .map(|(requirement, piece)| PieceBody {
                    id: piece.id,
                    requirement,
                    content: piece.content.into(),
                    added: piece.added,
                })
                .collect(),
            told: draft.preparation.into(),
        }
    }
}
