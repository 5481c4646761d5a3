//! Import and export of micro-credentials.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::error::Error;
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get, post};
use crate::id::{MicroCredentialId, OrganisationId};
use crate::micro_credential::{self, OriginFormat};
use crate::page::PageRequest;
use crate::rights::Action;
use crate::text::Line;
use crate::transfer::{self, IMPORT_BYTES, Import, Mode, Report, export, table};

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(
    paths(export_one, export_all, import),
    components(schemas(OriginFormat, ImportMode, Line))
)]
pub struct Document;

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/micro-credentials/{micro_credential}/export",
            Action::ReadPublished,
            export_one,
        ),
        get(
            "/organisations/{organisation}/exports",
            Action::ReadDrafts,
            export_all,
        ),
        post(
            "/organisations/{organisation}/imports",
            Action::WriteMicroCredentials,
            import,
        ),
    ]
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    format: OriginFormat,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ImportQuery {
    format: OriginFormat,
    mode: ImportMode,
    #[serde(default)]
    source: Option<Line>,
}

/// Looking comes first: there is no default.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ImportMode {
    Check,
    Commit,
}

/// Hands out one micro-credential.
#[utoipa::path(
    get,
    path = "/micro-credentials/{micro_credential}/export",
    params(ExportQuery),
    responses((status = 200, body = String, content_type = "application/ld+json")),
)]
async fn export_one(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<MicroCredentialId>>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, HttpError> {
    let format = query.format;
    let name = id.to_string();
    let document = edge
        .work(move |app| export::export(app, &micro_credential::published(app, &id)?, format))
        .await?;
    Ok(match format {
        OriginFormat::Csv => table_of(&name, document),
        OriginFormat::OpenBadges2 | OriginFormat::OpenBadges3 | OriginFormat::Ctdl => {
            ([(CONTENT_TYPE, "application/ld+json")], document).into_response()
        }
    })
}

/// Everything an organisation has in its newest version, drafts too, as a table.
#[utoipa::path(
    get,
    path = "/organisations/{organisation}/exports",
    responses((status = 200, body = String, content_type = "text/csv")),
)]
async fn export_all(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    let name = organisation.to_string();
    let document = edge
        .work(move |app| {
            let (mut all, mut asked) = (Vec::new(), PageRequest::default());
            loop {
                let page = app.store.micro_credentials_of(&organisation, &asked)?;
                let current = page
                    .items
                    .into_iter()
                    .filter(|one| one.superseded_by.is_none());
                all.extend(current);
                match page.next {
                    Some(next) => asked.cursor = Some(next),
                    None => return Ok::<_, Error>(table::write(&app.site, &all)),
                }
            }
        })
        .await?;
    Ok(table_of(&name, document))
}

fn table_of(name: &str, document: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    let headers = [
        (
            CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present".to_owned(),
        ),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, document).into_response()
}

/// Takes a file as the body of the request, as it is.
#[utoipa::path(
    post,
    path = "/organisations/{organisation}/imports",
    params(ImportQuery),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 200, body = Report)),
)]
async fn import(
    State(edge): State<Edge>,
    Caller { person: author, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Query(query): Query<ImportQuery>,
    body: Body,
) -> Result<Answer<Report>, HttpError> {
    let now = edge.clock.now();
    let bytes = body::read(body, IMPORT_BYTES).await?.to_vec();
    let mode = match query.mode {
        ImportMode::Check => Mode::Check,
        ImportMode::Commit => Mode::Commit,
    };
    let asked = Import {
        organisation,
        format: query.format,
        source: query.source,
        bytes,
    };
    let report = edge
        .work(move |app| transfer::import(app, &author, &asked, mode, now))
        .await?;
    Ok(Answer(report))
}
