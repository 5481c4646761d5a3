//! The first page: who issues, and what can be earned.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::catalogue::{self, Item};
use super::page;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::route::{Route, get};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![get("/", Action::ReadPublished, home)]
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    site: &'a Masthead,
    newest: Vec<Item>,
}

async fn home(State(edge): State<Edge>) -> Result<Response, HttpError> {
    let newest = edge.work(|app| catalogue::newest(app, NEWEST)).await?;
    page(&Home {
        site: &edge.masthead,
        newest,
    })
}

/// What is seen at a glance.
const NEWEST: usize = 6;
