//! The page on which officers find the badges of their organisation.

use std::str::FromStr;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use schemas::timestamp::Timestamp;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::Head;
use crate::badge::BadgeState;
use crate::badge::register::{self, Filter};
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::page;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::OrganisationId;
use crate::rights::{self, Action};
use crate::wording;

pub fn routes() -> Vec<Route> {
    let register = "/organisations/{organisation}/badges";
    vec![get(register, Action::ReadRegister, open)]
}

/// What is looked for, as it was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Typed {
    words: String,
    state: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "organisation/badges.html")]
struct RegisterPage<'a> {
    site: &'a Masthead,
    head: Head,
    typed: Typed,
    rows: Vec<Row>,
    /// The address of the next page.
    next: Option<String>,
    may_change: bool,
}

struct Row {
    path: String,
    title: String,
    earner: String,
    detail: String,
    state: BadgeState,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Paging {
        page: asked,
        filter: typed,
    }: Paging<Typed>,
) -> Result<Response, HttpError> {
    let (now, filter) = (edge.clock.now(), typed.filter());
    let (head, found, may_change) = edge
        .work(move |app| {
            let found = register::page(app, &id, &filter, &asked, now)?;
            let may = rights::may(app, caller.person.id, Action::ChangeManyBadges, Some(&id))?;
            Ok((Head::of(app, &caller, &id)?, found, may))
        })
        .await?;
    let next = found.next.map(|cursor| {
        let mut query = Serializer::new(String::new());
        query.append_pair("cursor", &cursor.to_string());
        for (name, value) in typed.pairs() {
            query.append_pair(name, value);
        }
        format!("?{}", query.finish())
    });
    page(&RegisterPage {
        site: &edge.masthead,
        head,
        typed,
        rows: found.items.into_iter().map(Row::of).collect(),
        next,
        may_change,
    })
}

impl Typed {
    fn filter(&self) -> Filter {
        Filter {
            micro_credential: None,
            state: self.state.parse().ok(),
            issued_from: day(&self.from),
            issued_before: day(&self.to).map(|day| day.plus_seconds(DAY)),
            words: Some(self.words.clone()).filter(|words| !words.trim().is_empty()),
        }
    }

    fn pairs(&self) -> [(&'static str, &str); 4] {
        [
            ("words", &self.words),
            ("state", &self.state),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }

    fn is_empty(&self) -> bool {
        self.pairs().iter().all(|(_, value)| value.is_empty())
    }
}

impl Row {
    fn of(row: register::Row) -> Row {
        let issued = wording::day(row.badge.first().issued);
        let again = match row.badge.editions.len() {
            1 => String::new(),
            editions => format!(", {editions} editions"),
        };
        let until = row.badge.current().valid_until;
        let until = until.map_or_else(String::new, |until| {
            format!(", valid until {}", wording::day(until))
        });
        Row {
            path: format!("/badges/{}/manage", row.badge.id),
            title: row.title,
            earner: row.earner,
            detail: format!("Issued on {issued}{again}{until}"),
            state: row.state,
        }
    }
}

impl BadgeState {
    const ALL: [BadgeState; 4] = [
        BadgeState::InForce,
        BadgeState::Suspended,
        BadgeState::Revoked,
        BadgeState::Expired,
    ];

    /// The word for it in addresses.
    pub(super) fn name(self) -> &'static str {
        match self {
            BadgeState::InForce => "in_force",
            BadgeState::Suspended => "suspended",
            BadgeState::Revoked => "revoked",
            BadgeState::Expired => "expired",
        }
    }

    /// The words for it on pages.
    pub(super) fn words(self) -> &'static str {
        match self {
            BadgeState::InForce => "In force",
            BadgeState::Suspended => "Suspended",
            BadgeState::Revoked => "Revoked",
            BadgeState::Expired => "Expired",
        }
    }
}

impl FromStr for BadgeState {
    type Err = ();

    fn from_str(text: &str) -> Result<BadgeState, ()> {
        let found = BadgeState::ALL.into_iter().find(|one| one.name() == text);
        found.ok_or(())
    }
}

/// The beginning of a day as date fields write it.
fn day(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{text}T00:00:00Z")).ok()
}

const DAY: i64 = 24 * 60 * 60;
