//! The ways in which an operation fails.

use axum::http::Method;
use serde_json::{Value, json};

use super::SHAPES;
use crate::http::route::Route;

/// The statuses of the problems of an operation, each with its answer.
pub fn of(route: &Route, parameters: &[Value], said: &Value) -> Vec<(u16, Value)> {
    let has = |place: &str| parameters.iter().any(|parameter| parameter["in"] == place);
    let has_body = !said["requestBody"].is_null();
    let changes = route.method != Method::GET;
    let is_closed = !route.action.rule().is_open();
    let happens = |status: u16| match status {
        400 => has("query") || has("header") || has_body,
        404 => has("path") || is_closed,
        408 | 413 | 415 => has_body,
        409 => changes && is_closed,
        412 => route.minds_tags(),
        422 => changes,
        _ => true,
    };
    let answers = PROBLEMS.iter().filter(|(status, _)| happens(*status));
    answers
        .map(|(status, words)| (*status, answer(*status, words)))
        .collect()
}

fn answer(status: u16, words: &str) -> Value {
    // It is answered before there is a request that could be looked at.
    if status == 431 {
        return json!({ "description": words });
    }
    let shape = json!({ "$ref": format!("{SHAPES}Problem") });
    json!({ "description": words, "content": { "application/problem+json": { "schema": shape } } })
}

const PROBLEMS: &[(u16, &str)] = &[
    (
        400,
        "What was sent cannot be read: `http.query`, `http.header`, `http.body`, `paging.cursor`, \
         `input.invalid`, or a code that begins with `json.`.",
    ),
    (
        401,
        "Nobody is known to call: `auth.required`, `auth.invalid_token`.",
    ),
    (403, "The caller may not do this: `auth.forbidden`."),
    (
        404,
        "There is nothing here, or nothing the caller may know of: `auth.not_found`, `http.not_found`.",
    ),
    (408, "The body did not arrive in time: `http.timeout`."),
    (
        409,
        "It cannot be done now, or another change came first: `state.conflict`. Or the idempotency key was \
         used before: `issue.idempotency_conflict`, `idempotency.under_way`, `idempotency.not_kept`.",
    ),
    (
        412,
        "It is not what was read any more: `state.precondition`.",
    ),
    (413, "What was sent is too large: `input.too_large`."),
    (
        415,
        "The body is of another kind: `http.media_type`, `upload.type`.",
    ),
    (
        422,
        "What was sent can be read, and cannot be used: `input.invalid`, or a code that says what is missing.",
    ),
    (
        429,
        "Too often: `rate.limited`. `Retry-After` says in how many seconds it can be tried again.",
    ),
    (
        431,
        "The address and the headers together have more than 32 KiB, or there are more than a hundred headers. The \
         answer has no body, and the connection ends: what does not fit belongs in the body of an operation that takes \
         one.",
    ),
    (500, "A fault of ours: `fault`. The `id` stands in our log."),
    (
        503,
        "Too much is being done at once: `overload`. Or the disk of the store hangs: `db.unavailable`; whether \
         what was asked for is done by then may be open, so repeat it under the same `Idempotency-Key`. \
         `Retry-After` says in how many seconds.",
    ),
];
