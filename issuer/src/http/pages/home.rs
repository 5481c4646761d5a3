//! The first page: who issues, and what can be earned.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::page;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::route::{Route, get};
use crate::micro_credential::MicroCredential;
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![get("/", Action::ReadPublished, home)]
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    site: &'a Masthead,
    micro_credentials: Vec<Item>,
}

struct Item {
    path: String,
    title: String,
    description: String,
}

async fn home(State(edge): State<Edge>) -> Result<Response, HttpError> {
    let found = edge
        .work(|app| Ok(app.store.micro_credentials(None, LISTED)?))
        .await?;
    let published = found.into_iter().filter(MicroCredential::is_newest);
    let micro_credentials = published.map(|found| Item {
        path: format!("/achievements/{}", found.id),
        title: found.content.name.to_string(),
        description: found
            .content
            .competency()
            .map(ToString::to_string)
            .unwrap_or_default(),
    });
    page(&Home {
        site: &edge.masthead,
        micro_credentials: micro_credentials.collect(),
    })
}

/// What fits on one page; the catalogue gets pages of its own when it outgrows it.
const LISTED: usize = 200;
