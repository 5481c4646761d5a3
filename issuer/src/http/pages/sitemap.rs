//! What search engines are told: where everything public is, and what is not for them.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::catalogue;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::Path;
use crate::http::route::{Route, get};
use crate::id::MicroCredentialId;
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![
        get("/sitemap.xml", Action::ReadPublished, first),
        get("/sitemaps/{part}", Action::ReadPublished, part),
        get("/robots.txt", Action::ReadPublished, robots),
    ]
}

/// The whole list, or a list of its parts if one file may not hold it.
async fn first(State(edge): State<Edge>) -> Result<Response, HttpError> {
    let names = edge.work(catalogue::names).await?;
    let base = edge.app.site.base();
    if names.len() <= IN_A_FILE {
        return Ok(xml(addresses(&edge, &names)));
    }
    let mut index =
        String::from("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for part in 1..=names.len().div_ceil(IN_A_FILE) {
        let _ = writeln!(
            index,
            "<sitemap><loc>{base}/sitemaps/{part}.xml</loc></sitemap>"
        );
    }
    index.push_str("</sitemapindex>\n");
    Ok(xml(index))
}

async fn part(State(edge): State<Edge>, Path(name): Path<String>) -> Result<Response, HttpError> {
    let number = name.strip_suffix(".xml").and_then(|part| part.parse().ok());
    let number: usize = number.ok_or(HttpError::NotFound)?;
    let names = edge.work(catalogue::names).await?;
    let part = names.chunks(IN_A_FILE).nth(number.wrapping_sub(1));
    Ok(xml(addresses(&edge, part.ok_or(HttpError::NotFound)?)))
}

/// Badges say themselves whether they may be listed.
async fn robots(State(edge): State<Edge>) -> Response {
    let base = edge.app.site.base();
    let text = format!(
        "User-agent: *\n\
         Disallow: /api/\n\
         Disallow: /refresh/\n\
         Disallow: /log/\n\
         Disallow: /my\n\
         Disallow: /account\n\
         Disallow: /sign-in\n\
         Disallow: /organisations/\n\
         Disallow: /verify?\n\
         \n\
         Sitemap: {base}/sitemap.xml\n"
    );
    (
        [
            (CONTENT_TYPE, "text/plain; charset=utf-8"),
            (CACHE_CONTROL, HOUR),
        ],
        text,
    )
        .into_response()
}

/// Slugs and the public address need no escaping: neither holds any of `& < > ' "`.
fn addresses(edge: &Edge, names: &[MicroCredentialId]) -> String {
    let site = &edge.app.site;
    let mut list = String::from("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    let pages = ["/", "/catalogue"].map(|path| format!("{}{path}", site.base()));
    for address in pages
        .into_iter()
        .chain(names.iter().map(|id| site.achievement(id)))
    {
        let _ = writeln!(list, "<url><loc>{address}</loc></url>");
    }
    list.push_str("</urlset>\n");
    list
}

fn xml(body: String) -> Response {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    (
        [
            (CONTENT_TYPE, "application/xml; charset=utf-8"),
            (CACHE_CONTROL, HOUR),
        ],
        body,
    )
        .into_response()
}

const HOUR: &str = "public, max-age=3600";
/// sitemaps.org: a file lists at most 50,000 addresses. Two are pages of their own.
const IN_A_FILE: usize = 49_998;
