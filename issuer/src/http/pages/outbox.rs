//! The outbox, on a development machine without a mail server: what would have been sent.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::page;
use crate::http::Masthead;
use crate::http::edge::{Edge, Post};
use crate::http::error::HttpError;
use crate::http::route::{Route, get};
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    vec![get("/outbox", Action::ReadPublished, open)]
}

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage<'a> {
    site: &'a Masthead,
    messages: Vec<Message>,
}

struct Message {
    to: String,
    subject: String,
    queued: String,
    lines: Vec<Text>,
}

/// A line of a message.
enum Text {
    Plain(String),
    /// The address of a link on this site.
    Link {
        address: String,
        path: String,
    },
}

/// Whoever reads this reads everybody's mail: there is none of it where strangers are faced.
async fn open(State(edge): State<Edge>) -> Result<Response, HttpError> {
    if edge.post != Post::Shown {
        return Err(HttpError::NotFound);
    }
    let mut mail = edge.work(|app| Ok(app.store.outbox(SHOWN)?)).await?;
    mail.sort_by_key(|mail| std::cmp::Reverse(mail.queued));
    let base = edge.public_url.base();
    let line = |line: &str| match line.strip_prefix(base) {
        Some(path) => Text::Link {
            address: line.to_owned(),
            path: path.to_owned(),
        },
        None => Text::Plain(line.to_owned()),
    };
    let messages = mail.iter().map(|mail| Message {
        to: mail.to.to_string(),
        subject: mail.subject.clone(),
        queued: wording::moment(mail.queued),
        lines: mail.text.lines().map(line).collect(),
    });
    page(&OutboxPage {
        site: &edge.masthead,
        messages: messages.collect(),
    })
}

/// A development machine writes a few.
const SHOWN: usize = 200;
