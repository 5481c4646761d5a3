//! One's own account: what it says, its addresses, and joining another one to it.

pub mod access;
pub mod did;

use std::collections::BTreeSet;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::people::AccountBody;
use crate::http::body::Json;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, delete, get, post, put};
use crate::id::{MicroCredentialId, OrganisationId, SubmissionId};
use crate::link::{self, LinkSecret};
use crate::merge::{self, Overview};
use crate::person::{self, Address, Details, Email, EmailInBadges, NameInBadges, VerifiedBy};
use crate::rights::Action;
use crate::text::Line;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(
    read,
    change,
    addresses,
    send_proof,
    make_primary,
    remove,
    prove,
    preview,
    join
))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    use Action::{ChangeOwnAccount, ReadOwnAccount};
    let own = vec![
        get("/account", ReadOwnAccount, read),
        put("/account", ChangeOwnAccount, change),
        get("/account/addresses", ReadOwnAccount, addresses),
        post("/account/addresses", ChangeOwnAccount, send_proof),
        put("/account/addresses/primary", ChangeOwnAccount, make_primary),
        delete("/account/addresses/{email}", ChangeOwnAccount, remove),
        post("/account/proofs", ChangeOwnAccount, prove),
        post("/account/merges/preview", ChangeOwnAccount, preview),
        post("/account/merges", ChangeOwnAccount, join),
    ];
    let further = access::routes().into_iter().chain(did::routes());
    own.into_iter().chain(further).collect()
}

/// What a person may change of their account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DetailsBody {
    name: Line,
    #[serde(default)]
    did: Option<String>,
    email_in_badges: EmailInBadges,
    #[serde(default)]
    name_in_badges: NameInBadges,
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EmailBody {
    email: Email,
}

/// An address, and what shows that it is its person's.
#[derive(Serialize, ToSchema)]
struct AddressBody {
    email: Email,
    primary: bool,
    verified_by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[schema(value_type = DateTime)]
    verified: Timestamp,
}

/// All addresses of an account; there are too few for pages.
#[derive(Serialize, ToSchema)]
struct AddressesBody {
    items: Vec<AddressBody>,
}

/// The secret of a mailed link: the last part of its address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkBody {
    link: String,
}

/// What joining another account would bring.
#[derive(Serialize, ToSchema)]
struct OverviewBody {
    name: Line,
    emails: Vec<Email>,
    submissions: Vec<FoundSubmissionBody>,
    badges: usize,
    organisations: Vec<OrganisationId>,
    tokens: usize,
    sessions: usize,
    /// What both accounts have a submission for; both are kept.
    twice: BTreeSet<MicroCredentialId>,
    /// Whether one account has reviewed the other's work.
    reviewed_each_other: bool,
}

/// A submission in the other account.
#[derive(Serialize, ToSchema)]
struct FoundSubmissionBody {
    id: SubmissionId,
    micro_credential: MicroCredentialId,
}

/// Shows one's own account.
#[utoipa::path(
    get,
    path = "/account",
    responses((status = 200, body = AccountBody)),
)]
async fn read(State(edge): State<Edge>, caller: Caller) -> Result<Answer<AccountBody>, HttpError> {
    AccountBody::of(&edge, caller.person.id).await.map(Answer)
}

/// Changes one's name, and what badges say of oneself. Without `did` the identifier is taken off the account.
#[utoipa::path(
    put,
    path = "/account",
    request_body = DetailsBody,
    responses((status = 200, body = AccountBody)),
)]
async fn change(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<DetailsBody>,
) -> Result<Answer<AccountBody>, HttpError> {
    let id = caller.person.id;
    let details = Details {
        name: body.name,
        did: body.did,
        email_in_badges: body.email_in_badges,
        name_in_badges: body.name_in_badges,
    };
    edge.work(move |app| person::change(app, id, details))
        .await?;
    AccountBody::of(&edge, id).await.map(Answer)
}

/// Lists one's addresses, the primary one first, with what shows that they are one's own.
#[utoipa::path(
    get,
    path = "/account/addresses",
    responses((status = 200, body = AddressesBody)),
)]
async fn addresses(
    State(edge): State<Edge>,
    caller: Caller,
) -> Result<Answer<AddressesBody>, HttpError> {
    let person = caller.person;
    let primary = person.primary().clone();
    let found = edge
        .work(move |app| person::addresses(app, &person))
        .await?;
    let show = |address: Address| AddressBody::of(&address, address.email == primary);
    Ok(Answer(AddressesBody {
        items: found.into_iter().map(show).collect(),
    }))
}

/// Mails a link to an address that is to be added. The answer is the same whoever has the address.
#[utoipa::path(
    post,
    path = "/account/addresses",
    request_body = EmailBody,
    responses((status = 202, description = "A link is on its way, whoever has the address.")),
)]
async fn send_proof(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<EmailBody>,
) -> Result<StatusCode, HttpError> {
    let now = edge.clock.now();
    edge.work(move |app| link::send_proof(app, &caller.person, &body.email, now))
        .await?;
    Ok(StatusCode::ACCEPTED)
}

/// Makes an address the one that is written to and named in badges.
#[utoipa::path(
    put,
    path = "/account/addresses/primary",
    request_body = EmailBody,
    responses((status = 200, body = AccountBody)),
)]
async fn make_primary(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<EmailBody>,
) -> Result<Answer<AccountBody>, HttpError> {
    let id = caller.person.id;
    edge.work(move |app| person::make_primary(app, id, &body.email))
        .await?;
    AccountBody::of(&edge, id).await.map(Answer)
}

/// Takes an address off one's account; never the last.
#[utoipa::path(
    delete,
    path = "/account/addresses/{email}",
    responses((status = 204)),
)]
async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(email)): Path<Id<Email>>,
) -> Result<StatusCode, HttpError> {
    let id = caller.person.id;
    edge.work(move |app| person::remove(app, id, &email))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds the address that a link was mailed to. Where another account has it, that is a conflict
/// with the code `person.email_taken`, and the accounts can be joined.
#[utoipa::path(
    post,
    path = "/account/proofs",
    request_body = LinkBody,
    responses((status = 200, body = AccountBody)),
)]
async fn prove(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<LinkBody>,
) -> Result<Answer<AccountBody>, HttpError> {
    let (secret, now) = (body.link.parse::<LinkSecret>()?, edge.clock.now());
    let id = caller.person.id;
    edge.work(move |app| person::prove(app, &caller.person, &secret, now))
        .await?;
    AccountBody::of(&edge, id).await.map(Answer)
}

/// Shows what joining another account would bring, and changes nothing.
#[utoipa::path(
    post,
    path = "/account/merges/preview",
    request_body = LinkBody,
    responses((status = 200, body = OverviewBody)),
)]
async fn preview(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<LinkBody>,
) -> Result<Answer<OverviewBody>, HttpError> {
    let (secret, now) = (body.link.parse::<LinkSecret>()?, edge.clock.now());
    let look = edge.work(move |app| merge::overview(app, &caller.person, &secret, now));
    Ok(Answer(look.await?.into()))
}

/// Joins the account that has the address of a link to one's own, for good.
#[utoipa::path(
    post,
    path = "/account/merges",
    request_body = LinkBody,
    responses((status = 200, body = AccountBody)),
)]
async fn join(
    State(edge): State<Edge>,
    caller: Caller,
    Json(body): Json<LinkBody>,
) -> Result<Answer<AccountBody>, HttpError> {
    let (secret, now) = (body.link.parse::<LinkSecret>()?, edge.clock.now());
    let id = caller.person.id;
    edge.work(move |app| merge::merge(app, &caller.person, &secret, now))
        .await?;
    AccountBody::of(&edge, id).await.map(Answer)
}

impl AddressBody {
    fn of(address: &Address, primary: bool) -> AddressBody {
        let (verified_by, note, issuer) = match &address.proof.by {
            VerifiedBy::Link => ("link", None, None),
            VerifiedBy::Registrar => ("registrar", None, None),
            VerifiedBy::Administrator { note, .. } => ("administrator", Some(note.clone()), None),
            VerifiedBy::Provider { issuer } => ("provider", None, Some(issuer.clone())),
        };
        AddressBody {
            email: address.email.clone(),
            primary,
            verified_by,
            note,
            issuer,
            verified: address.proof.at,
        }
    }
}

impl From<Overview> for OverviewBody {
    fn from(overview: Overview) -> OverviewBody {
        let submissions = overview.submissions.into_iter();
        OverviewBody {
            name: overview.other.name,
            emails: overview.other.emails,
            submissions: submissions
                .map(|submission| FoundSubmissionBody {
                    id: submission.id,
                    micro_credential: submission.micro_credential,
                })
                .collect(),
            badges: overview.badges,
            organisations: overview
                .memberships
                .into_iter()
                .map(|membership| membership.organisation)
                .collect(),
            tokens: overview.tokens,
            sessions: overview.sessions,
            twice: overview.twice,
            reviewed_each_other: overview.reviewed_each_other,
        }
    }
}
