//! Importing in the browser: first what would come of a file, then the same for good.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::page;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::OrganisationId;
use crate::micro_credential::OriginFormat;
use crate::rights::Action;
use crate::transfer::{self, IMPORT_BYTES, Import, Mode, Outcome, Report, Row};

pub fn routes() -> Vec<Route> {
    let write = Action::WriteMicroCredentials;
    vec![
        get("/organisations/{organisation}/imports", write, ask),
        post("/organisations/{organisation}/imports", write, take),
    ]
}

#[derive(Template)]
#[template(path = "authoring/import.html")]
struct ImportPage<'a> {
    site: &'a Masthead,
    organisation: String,
    problem: Option<String>,
    report: Option<Shown>,
}

/// A report as the page shows it.
struct Shown {
    committed: bool,
    good: usize,
    duplicates: usize,
    refused: usize,
    /// The rows that somebody has to look at.
    rows: Vec<(usize, String, String)>,
}

async fn ask(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    page(&ImportPage {
        site: &edge.masthead,
        organisation: organisation.to_string(),
        problem: None,
        report: None,
    })
}

async fn take(
    State(edge): State<Edge>,
    Caller { person: author, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let form = Form::read(&headers, body, IMPORT_BYTES + FORM_EDGE).await?;
    let mode = match form.text("do") {
        Some("commit") => Mode::Commit,
        _ => Mode::Check,
    };
    let format = form.text("format").and_then(|format| format.parse().ok());
    let now = edge.clock.now();
    let name = organisation.to_string();
    let asked = Import {
        organisation,
        format: format.unwrap_or(OriginFormat::Csv),
        source: form.text("source").and_then(|source| source.parse().ok()),
        bytes: form
            .bytes("file")
            .map(|file| file.to_vec())
            .unwrap_or_default(),
    };
    let done = edge
        .work(move |app| transfer::import(app, &author, &asked, mode, now))
        .await;
    let (problem, report) = match done {
        Ok(report) => (None, Some(Shown::of(report, mode))),
        Err(HttpError::Service(error)) if error.is_about_input() => (Some(error.to_string()), None),
        Err(other) => return Err(other),
    };
    page(&ImportPage {
        site: &edge.masthead,
        organisation: name,
        problem,
        report,
    })
}

impl Shown {
    fn of(report: Report, mode: Mode) -> Shown {
        let told = |row: Row| {
            let text = match row.outcome {
                Outcome::Refused(fault) if fault.column.is_empty() => fault.message,
                Outcome::Refused(fault) => format!("{}: {}", fault.column, fault.message),
                Outcome::Duplicate { of, same } => {
                    format!("there already, with the same {same}: {of}")
                }
                Outcome::Good { id } if !row.notes.is_empty() => {
                    format!("{id}: {}", row.notes.join("; "))
                }
                Outcome::Good { .. } => return None,
            };
            Some((row.row, row.name.unwrap_or_default(), text))
        };
        Shown {
            committed: mode == Mode::Commit,
            good: report.good,
            duplicates: report.duplicates,
            refused: report.refused,
            rows: report.rows.into_iter().filter_map(told).collect(),
        }
    }
}

/// The lines around a file in a form.
const FORM_EDGE: usize = 4_000;
