//! The stylesheet, the icon and the scripts.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

use crate::http::route::{Route, get};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/assets/style.css", Action::ReadPublished, async || {
            asset("text/css; charset=utf-8", STYLE)
        }),
        get("/assets/icon.svg", Action::ReadPublished, async || {
            asset("image/svg+xml", ICON)
        }),
        get("/assets/verify.js", Action::ReadPublished, async || {
            asset("text/javascript; charset=utf-8", VERIFY_SCRIPT)
        }),
        get("/assets/draft.js", Action::ReadPublished, async || {
            asset("text/javascript; charset=utf-8", DRAFT_SCRIPT)
        }),
        get("/assets/upload.js", Action::ReadPublished, async || {
            asset("text/javascript; charset=utf-8", UPLOAD_SCRIPT)
        }),
        get("/assets/record.js", Action::ReadPublished, async || {
            asset("text/javascript; charset=utf-8", RECORD_SCRIPT)
        }),
        get("/assets/redact.js", Action::ReadPublished, async || {
            asset("text/javascript; charset=utf-8", REDACT_SCRIPT)
        }),
        get("/assets/passkey.js", Action::ReadPublished, async || {
            asset("text/javascript; charset=utf-8", PASSKEY_SCRIPT)
        }),
    ]
}

fn asset(media_type: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [
            (CONTENT_TYPE, media_type),
            (CACHE_CONTROL, "public, max-age=300"),
        ],
        text,
    )
}

const STYLE: &str = include_str!("../../../assets/style.css");
const ICON: &str = include_str!("../../../assets/icon.svg");
const VERIFY_SCRIPT: &str = include_str!("../../../assets/verify.js");

const UPLOAD_SCRIPT: &str = include_str!("../../../assets/upload.js");

const RECORD_SCRIPT: &str = include_str!("../../../assets/record.js");

const PASSKEY_SCRIPT: &str = include_str!("../../../assets/passkey.js");
const REDACT_SCRIPT: &str = include_str!("../../../assets/redact.js");
const DRAFT_SCRIPT: &str = include_str!("../../../assets/draft.js");
