//! How the service fares, for what watches over it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::edge::Edge;
use super::route::{Route, get};
use crate::rights::Action;

/// What the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(paths(read))]
pub struct Document;

/// Where it is told: below the interface as well, for programs that know nothing else.
pub fn routes() -> Vec<Route> {
    vec![get("/health", Action::ReadHealth, read)]
}

#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Health {
    status: Status,
    /// Why it is degraded: `db.unavailable`, the disk of the store hangs and no changes are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Degraded,
}

/// Says whether the service can do all that it is there for. Nothing is looked up for it.
#[utoipa::path(
    get,
    path = "/health",
    responses(
        (status = 200, body = Health, description = "It can."),
        (status = 503, body = Health, description = "It can show what it holds, and takes no changes: `db.unavailable`."),
    ),
)]
async fn read(State(edge): State<Edge>) -> Response {
    let hangs = edge.app.store.engine().hangs();
    let health = Health {
        status: if hangs { Status::Degraded } else { Status::Ok },
        code: hangs.then_some("db.unavailable"),
    };
    let answer = ([(CACHE_CONTROL, "no-store")], Json(health));
    match hangs {
        false => answer.into_response(),
        true => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(RETRY_AFTER, "1")],
            answer,
        )
            .into_response(),
    }
}
