//! The audit trail of an organisation.

use axum::Json as Answer;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::app::App;
use crate::error::Error;
use crate::event::told::{COLUMNS, Told};
use crate::event::{self, About, Actor, EventKind, Filter};
use crate::http::audit::Asked;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::openapi::DateTime;
use crate::http::paging::{ListBody, PageParameters, Paging};
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get};
use crate::id::{
    AwardId, BadgeId, EndorsementId, EventId, MicroCredentialId, OrganisationId, PersonId,
    SubmissionId, WebhookId,
};
use crate::organisation::Role;
use crate::page::{Cursor, Page, PageRequest};
use crate::rights::Action;
use crate::text::{Line, Prose};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(list, export), components(schemas(ExportFormat, EventBody)))]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/organisations/{organisation}/audit",
            Action::ReadAudit,
            list,
        ),
        get(
            "/organisations/{organisation}/audit/export",
            Action::ReadAudit,
            export,
        ),
    ]
}

/// Which events are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is never read: `Asked` is")]
struct AuditParameters {
    /// Events of this kind alone.
    kind: Option<EventKind>,
    /// What this person did: an identifier, or an e-mail address.
    actor: Option<String>,
    /// What was done to this badge.
    badge: Option<String>,
    /// Not before this day or time.
    from: Option<String>,
    /// Not after this day or time.
    until: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    /// A table for spreadsheets, or a line of JSON for each event.
    format: ExportFormat,
    /// Events of this kind alone.
    #[serde(default)]
    kind: String,
    /// What this person did: an identifier, or an e-mail address.
    #[serde(default)]
    actor: String,
    /// What was done to this badge.
    #[serde(default)]
    badge: String,
    /// Not before this day or time.
    #[serde(default)]
    from: String,
    /// Not after this day or time.
    #[serde(default)]
    until: String,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ExportFormat {
    Csv,
    JsonLines,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub struct EventBody {
    id: EventId,
    kind: EventKind,
    #[schema(value_type = DateTime)]
    at: Timestamp,
    actor: ActorBody,
    about: AboutBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Prose>,
}

/// Who did it: a person, or the service by itself. Whoever was erased has no name any more.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ActorBody {
    Person {
        person: PersonId,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Line>,
    },
    Service,
}

/// What it was done to.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum AboutBody {
    Organisation,
    Person {
        person: PersonId,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Line>,
    },
    /// A member, and the roles they have from then on.
    Member {
        person: PersonId,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Line>,
        roles: BTreeSet<Role>,
    },
    MicroCredential {
        micro_credential: MicroCredentialId,
    },
    Adoption {
        micro_credential: MicroCredentialId,
        adopter: OrganisationId,
    },
    Submission {
        submission: SubmissionId,
        version: u32,
    },
    Award {
        award: AwardId,
    },
    Badge {
        badge: BadgeId,
    },
    Endorsement {
        endorsement: EndorsementId,
    },
    Webhook {
        webhook: WebhookId,
    },
}

/// Lists what was done in an organisation, the last first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/audit",
    params(PageParameters, AuditParameters),
    responses((status = 200, body = ListBody<EventBody>)),
)]
async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page, filter }: Paging<Asked>,
) -> Result<Answer<ListBody<EventBody>>, HttpError> {
    let (filter, actor) = filter.read()?;
    let told = edge.work(move |app| {
        let filter = Filter {
            actor: actor.found(app)?,
            ..filter
        };
        told(app, &organisation, &filter, &page)
    });
    Ok(Answer(ListBody::of(told.await?, EventBody::of)))
}

/// Hands out everything that was done, the last first.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/audit/export",
    params(ExportQuery),
    responses((status = 200, body = String, content_type = "text/csv")),
)]
async fn export(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, HttpError> {
    let ExportQuery {
        format,
        kind,
        actor,
        badge,
        from,
        until,
    } = query;
    let asked = Asked {
        kind,
        actor,
        badge,
        from,
        until,
    };
    let (filter, actor) = asked.read()?;
    let actor = edge.work(move |app| actor.found(app)).await?;
    let (media_type, ending) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        ExportFormat::JsonLines => ("application/jsonl", "jsonl"),
    };
    let disposition = format!("attachment; filename=\"audit-{organisation}.{ending}\"");
    let filter = Filter { actor, ..filter };
    let lines = lines(edge, organisation, filter, format);
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, lines).into_response())
}

/// The whole trail page by page, so that however long it is, one page of it is held.
fn lines(edge: Edge, organisation: OrganisationId, filter: Filter, format: ExportFormat) -> Body {
    enum Next {
        Header,
        Page(Option<Cursor>),
        End,
    }
    let begin = match format {
        ExportFormat::Csv => Next::Header,
        ExportFormat::JsonLines => Next::Page(None),
    };
    Body::from_stream(stream::unfold(begin, move |next| {
        let (edge, organisation, filter) = (edge.clone(), organisation.clone(), filter.clone());
        async move {
            let cursor = match next {
                Next::End => return None,
                Next::Header => {
                    let header = row(&COLUMNS.map(str::to_owned));
                    return Some((Ok(Bytes::from(header)), Next::Page(None)));
                }
                Next::Page(cursor) => cursor,
            };
            let asked = PageRequest {
                cursor,
                ..PageRequest::most()
            };
            let work = move |app: &App| told(app, &organisation, &filter, &asked);
            Some(match edge.work(work).await {
                Ok(page) => {
                    let lines = page.items.into_iter().map(|told| match format {
                        ExportFormat::Csv => row(&told.cells()),
                        ExportFormat::JsonLines => line(&EventBody::of(told)),
                    });
                    let lines: String = lines.collect();
                    let next = match page.next {
                        Some(cursor) => Next::Page(Some(cursor)),
                        None => Next::End,
                    };
                    (Ok(Bytes::from(lines)), next)
                }
                // What was sent already cannot be taken back: the answer breaks off.
                Err(_) => (Err(BrokenOff), Next::End),
            })
        }
    }))
}

/// The store failed in the middle of an answer.
#[derive(Debug, thiserror::Error)]
#[error("the trail broke off")]
struct BrokenOff;

fn row(cells: &[String]) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let written = writer.write_record(cells);
    written.expect("writing to memory does not fail");
    let bytes = writer
        .into_inner()
        .expect("nothing stands behind the memory");
    String::from_utf8(bytes).expect("made of texts")
}

fn line(body: &EventBody) -> String {
    let mut line = serde_json::to_string(body).expect("texts and numbers are always JSON");
    line.push('\n');
    line
}

fn told(
    app: &App,
    organisation: &OrganisationId,
    filter: &Filter,
    asked: &PageRequest,
) -> Result<Page<Told>, Error> {
    let Page { items, next } = event::trail(app, organisation, filter, asked)?;
    let items = items.into_iter().map(|recorded| Told::of(app, recorded));
    Ok(Page {
        items: items.collect::<Result<_, _>>()?,
        next,
    })
}

impl EventBody {
    fn of(told: Told) -> EventBody {
        let Told {
            recorded,
            actor_name,
            person_name: name,
        } = told;
        let event = recorded.event;
        EventBody {
            id: recorded.id,
            kind: event.kind,
            at: event.at,
            actor: match event.actor {
                Actor::Person(person) => ActorBody::Person {
                    person,
                    name: actor_name,
                },
                Actor::Service => ActorBody::Service,
            },
            about: match event.about {
                About::Organisation => AboutBody::Organisation,
                About::Person(person) => AboutBody::Person { person, name },
                About::Member { person, roles } => AboutBody::Member {
                    person,
                    name,
                    roles,
                },
                About::MicroCredential(micro_credential) => {
                    AboutBody::MicroCredential { micro_credential }
                }
                About::Adoption {
                    micro_credential,
                    adopter,
                } => AboutBody::Adoption {
                    micro_credential,
                    adopter,
                },
                About::Submission {
                    submission,
                    version,
                } => AboutBody::Submission {
                    submission,
                    version,
                },
                About::Award(award) => AboutBody::Award { award },
                About::Badge(badge) => AboutBody::Badge { badge },
                About::Endorsement(endorsement) => AboutBody::Endorsement { endorsement },
                About::Webhook(webhook) => AboutBody::Webhook { webhook },
            },
            reason: event.reason,
        }
    }
}
