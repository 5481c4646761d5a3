//! The badge's page: what it says, who said it, whether it still stands, and how to check that.
//!
//! Everything about the badge is read from the signed document, so that the page cannot say more
//! than the issuer signed.

use askama::Template;
use axum::response::Response;
use schemas::timestamp::Timestamp;
use serde_json::Value;

use super::paragraphs;
use crate::badge::history::{self, Happening};
use crate::badge::{Badge, Ending, Visibility, changing};
use crate::endorsement::Endorsed;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::endorsing::Said;
use crate::http::error::HttpError;
use crate::http::pages::page;
use crate::http::sharing::Sharing;
use crate::id::BadgeId;
use crate::issued::Issued;
use crate::wording;
use crate::wording::assessed::{self, Reached};

/// Fills in the page of a badge with what holds at this moment.
pub async fn show(
    edge: &Edge,
    badge: Badge,
    issued: Issued,
    newer: Option<BadgeId>,
    looker: Looker,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let document: Value = serde_json::from_str(issued.json()).map_err(HttpError::fault)?;
    let id = badge.id;
    let (log_size, endorsements) = edge
        .work(move |app| Ok((app.log.head().size, Said::of(app, &Endorsed::Badge(id))?)))
        .await?;
    page(&BadgePage {
        site: &edge.masthead,
        badge: Shown::new(edge, &badge, &document, now),
        history: told(&badge),
        endorsements,
        newer: newer.map(|newer| format!("/badges/{newer}")),
        sharing: Sharing::of(edge, &badge, &document)?,
        for_holder: looker == Looker::Holder,
        log: LogLine {
            position: badge.current().log.0,
            size: log_size,
        },
        asked: moment(now),
    })
}

/// Who looks at the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Looker {
    /// Whose badge it is.
    Holder,
    /// Anybody else.
    Other,
}

#[derive(Template)]
#[template(path = "badge.html")]
struct BadgePage<'a> {
    site: &'a Masthead,
    badge: Shown,
    /// What happened to it, the last thing first; nothing beside its issuing is no history.
    history: Vec<Told>,
    /// What others say of it.
    endorsements: Vec<Said>,
    /// The page of the badge for a newer version that its holder has earned.
    newer: Option<String>,
    sharing: Option<Sharing>,
    for_holder: bool,
    log: LogLine,
    asked: Moment,
}

struct Shown {
    url: String,
    /// What tells other sites how to show it.
    oembed: String,
    /// What verifies it in a terminal.
    command: String,
    title: String,
    description: String,
    picture_path: String,
    achievement_path: String,
    listed: bool,
    /// Whether others than its holder may see it.
    shared: bool,
    standing: Standing,
    issuer_id: String,
    issuer_path: String,
    issuer_name: String,
    recipient: String,
    awarded: Option<Moment>,
    criteria: Vec<String>,
    /// What the issuer tells of how it was earned.
    narrative: Vec<String>,
    results: Vec<Reached>,
    /// Who held the evidence against the rubric, as far as the document tells.
    judged_by: Option<String>,
    evidence: Vec<EvidenceLine>,
    valid_until: Option<Moment>,
    editions: usize,
}

/// One thing that happened to the badge, in a word.
struct Told {
    what: &'static str,
    on: Moment,
    reason: Option<String>,
    log: u64,
}

/// What a viewer must know before anything else.
pub enum Standing {
    InForce,
    Revoked { on: Moment, reason: String },
    Suspended { on: Moment, reason: String },
    Expired { on: Moment },
}

struct EvidenceLine {
    name: String,
    url: String,
}

struct LogLine {
    position: u64,
    size: u64,
}

pub struct Moment {
    pub iso: String,
    pub text: String,
}

impl Shown {
    fn new(edge: &Edge, badge: &Badge, document: &Value, now: Timestamp) -> Shown {
        let subject = &document["credentialSubject"];
        let achievement = &subject["achievement"];
        let (site, id) = (&edge.app.site, &badge.micro_credential);
        let picture_url = text(&achievement["image"]["id"]);
        Shown {
            url: site.badge(badge.id),
            oembed: oembed(edge, &site.badge(badge.id)),
            command: command(edge, &site.badge(badge.id)),
            title: text(&achievement["name"]),
            description: text(&achievement["description"]),
            picture_path: picture_url
                .strip_prefix(site.base())
                .unwrap_or(&picture_url)
                .to_owned(),
            achievement_path: format!("/achievements/{id}"),
            listed: badge.visibility == Visibility::Public,
            shared: badge.visibility != Visibility::Private,
            standing: standing(badge, document, now),
            issuer_id: text(&document["issuer"]["id"]),
            issuer_path: format!("/organisations/{}", badge.organisation),
            issuer_name: text(&document["issuer"]["name"]),
            recipient: recipient(subject),
            awarded: time(&document["awardedDate"]).map(day),
            criteria: paragraphs(&text(&achievement["criteria"]["narrative"])),
            narrative: paragraphs(&text(&subject["narrative"])),
            results: assessed::reached(subject),
            judged_by: assessed::judged_by(subject),
            evidence: list(&document["evidence"]).map(evidence).collect(),
            valid_until: time(&document["validUntil"]).map(day),
            editions: badge.editions.len(),
        }
    }
}

fn oembed(edge: &Edge, url: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let query = query
        .append_pair("url", url)
        .append_pair("format", "json")
        .finish();
    format!("{}/oembed?{query}", edge.app.site.base())
}

/// A service on its maker's desk is reached only by a program that is told to.
fn command(edge: &Edge, url: &str) -> String {
    match edge.public_url.url().scheme() {
        "http" => format!("assay verify --development {} {url}", edge.public_url),
        _ => format!("assay verify {url}"),
    }
}

/// How a badge stands now.
pub fn standing(badge: &Badge, document: &Value, now: Timestamp) -> Standing {
    if let Some(revoked) = &badge.current().revoked {
        let (on, reason) = (day(revoked.at), revoked.reason.to_string());
        return match revoked.ending {
            Ending::Suspended => Standing::Suspended { on, reason },
            Ending::Revoked | Ending::Replaced => Standing::Revoked { on, reason },
        };
    }
    match time(&document["validUntil"]) {
        Some(end) if end < now => Standing::Expired { on: day(end) },
        _ => Standing::InForce,
    }
}

/// What happened to the badge, the last thing first.
fn told(badge: &Badge) -> Vec<Told> {
    let happenings = history::of(badge);
    if happenings.len() == 1 {
        return Vec::new();
    }
    let told = |happening: Happening| Told {
        what: happening.what.told(),
        on: day(happening.at),
        reason: happening
            .explained_to_all(badge)
            .map(|reason| reason.to_string()),
        log: happening.log.0,
    };
    happenings.into_iter().rev().map(told).collect()
}

/// The document never names its holder unless the holder agreed; the page says what it does say.
fn recipient(subject: &Value) -> String {
    if let Some(name) = changing::named(subject) {
        return name;
    }
    let mut identities = list(&subject["identifier"]);
    if identities.any(|identity| identity["hashed"] == Value::Bool(true)) {
        return "The holder, who can prove it by their e-mail address. No name is published here."
            .to_owned();
    }
    "The holder of this badge. No name is published here.".to_owned()
}

fn evidence(evidence: &Value) -> EvidenceLine {
    let url = text(&evidence["id"]);
    let name = Some(text(&evidence["name"])).filter(|name| !name.is_empty());
    EvidenceLine {
        name: name.unwrap_or_else(|| url.clone()),
        url,
    }
}

/// One or many: the standard lets a set of one stand alone.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(items) => items.iter(),
        Value::Null => [].iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn time(value: &Value) -> Option<Timestamp> {
    Timestamp::parse(value.as_str()?).ok()
}

fn day(time: Timestamp) -> Moment {
    Moment {
        iso: time.to_string(),
        text: wording::day(time),
    }
}

fn moment(time: Timestamp) -> Moment {
    Moment {
        iso: time.to_string(),
        text: wording::moment(time),
    }
}
