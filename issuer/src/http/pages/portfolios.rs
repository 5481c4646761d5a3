//! Portfolios: the pages on which people put them together, and the page that others see.

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::authoring::fields::Fields;
use super::page;
use super::submissions::sentence;
use crate::app::App;
use crate::badge::{BadgeState, Visibility};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::{AnyCaller, Caller};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::faces::{paragraphs, shared_headers};
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{BadgeId, LearningId, PortfolioId};
use crate::learning;
use crate::person::Person;
use crate::portfolio::{self, Content, NameShown, Portfolio, Shown};
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let (read, write) = (Action::ReadPortfolio, Action::ChangePortfolio);
    vec![
        get("/my/portfolios", Action::ReadPortfolios, list),
        post("/my/portfolios", Action::BeginPortfolio, begin),
        get("/my/portfolios/{portfolio}", read, edit),
        post("/my/portfolios/{portfolio}", write, save),
        post("/my/portfolios/{portfolio}/remove", write, remove),
        get("/portfolios/{portfolio}", Action::ReadPublished, show),
    ]
}

#[derive(Template)]
#[template(path = "portfolio/list.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    portfolios: Vec<(PortfolioId, String, &'static str)>,
    title: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "portfolio/edit.html")]
struct EditPage<'a> {
    site: &'a Masthead,
    id: PortfolioId,
    typed: Typed,
    badges: Vec<BadgeRow>,
    learning: Vec<LearningRow>,
    saved: bool,
    problem: Option<String>,
}

/// What stands in the form.
#[derive(Clone)]
struct Typed {
    title: String,
    introduction: String,
    shows_name: bool,
    visibility: String,
    badges: Vec<String>,
    learning: Vec<String>,
}

/// A badge that can be put in.
struct BadgeRow {
    id: String,
    title: String,
    date: String,
    /// Why strangers would not see it here.
    hidden: Option<&'static str>,
}

/// An entry of the learning log that can be put in.
struct LearningRow {
    id: String,
    title: String,
    about: String,
}

#[derive(Template)]
#[template(path = "portfolio/shown.html")]
struct ShownPage<'a> {
    site: &'a Masthead,
    shown: &'a Shown,
    introduction: Vec<String>,
    badges: Vec<BadgeLine>,
    /// Whether nobody but the one who looks may see it.
    is_private: bool,
    is_public: bool,
}

/// A badge as others see it.
struct BadgeLine {
    path: String,
    picture: String,
    title: String,
    issuer: String,
    date: String,
    ended: Option<&'static str>,
}

async fn list(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
) -> Result<Response, HttpError> {
    listed(&edge, person, String::new(), None).await
}

async fn listed(
    edge: &Edge,
    person: Person,
    title: String,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let found = edge.work(move |app| portfolio::all(app, &person)).await?;
    let rows = found.into_iter().map(|one| {
        let seen = match one.content.visibility {
            Visibility::Private => "Only you",
            Visibility::Link => "Whoever has its address",
            Visibility::Public => "Everybody",
        };
        (one.id, one.content.title.to_string(), seen)
    });
    page(&ListPage {
        site: &edge.masthead,
        portfolios: rows.collect(),
        title,
        problem,
    })
}

async fn begin(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    body: Body,
) -> Result<Response, HttpError> {
    let title = Fields::read(body).await?.get("title").to_owned();
    let (owner, typed) = (person.clone(), title.clone());
    let begun = edge
        .work(move |app| {
            let title = typed.parse().map_err(|_| untitled())?;
            portfolio::begin(app, &owner, Content::begun(title))
        })
        .await;
    match begun {
        Ok(begun) => Ok(Redirect::to(&format!("/my/portfolios/{}", begun.id)).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem.to_string()));
            let again = listed(&edge, person, title, problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn edit(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<PortfolioId>>,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let owner = person.clone();
    let found = edge
        .work(move |app| portfolio::own(app, &owner, id))
        .await?;
    let saved = query.as_deref() == Some("saved");
    form(&edge, person, found.id, Typed::of(&found), saved, None).await
}

async fn form(
    edge: &Edge,
    person: Person,
    id: PortfolioId,
    typed: Typed,
    saved: bool,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (badges, entries) = edge
        .work(move |app| Ok((badge_rows(app, &person)?, learning_rows(app, &person)?)))
        .await?;
    page(&EditPage {
        site: &edge.masthead,
        id,
        typed,
        badges,
        learning: entries,
        saved,
        problem,
    })
}

async fn save(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<PortfolioId>>,
    body: Body,
) -> Result<Response, HttpError> {
    let typed = Typed::read(&Fields::read(body).await?);
    let (owner, content) = (person.clone(), typed.content());
    let saved = edge
        .work(move |app| portfolio::change(app, &owner, id, content?))
        .await;
    match saved {
        Ok(_) => Ok(Redirect::to(&format!("/my/portfolios/{id}?saved")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_about_input() => {
            let problem = Some(sentence(&problem.to_string()));
            let again = form(&edge, person, id, typed, false, problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn remove(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<PortfolioId>>,
) -> Result<Response, HttpError> {
    edge.work(move |app| portfolio::remove(app, &person, id))
        .await?;
    Ok(Redirect::to("/my/portfolios").into_response())
}

/// What others see, and nothing else: its owner sees the same.
async fn show(
    State(edge): State<Edge>,
    caller: AnyCaller,
    Path(Id(id)): Path<Id<PortfolioId>>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let shown = edge
        .work(move |app| portfolio::show(app, id, caller.viewer(), now))
        .await?;
    let content = &shown.portfolio.content;
    let introduction = content.introduction.as_ref();
    let badges = shown.badges.iter().map(|badge| BadgeLine {
        path: format!("/badges/{}", badge.id),
        picture: format!("/achievements/{}/picture.png", badge.micro_credential),
        title: badge.title.clone(),
        issuer: badge.issuer.clone(),
        date: wording::day(badge.awarded),
        ended: match badge.state {
            BadgeState::InForce => None,
            BadgeState::Suspended => Some("suspended"),
            BadgeState::Revoked => Some("revoked"),
            BadgeState::Expired => Some("expired"),
        },
    });
    let filled = page(&ShownPage {
        site: &edge.masthead,
        shown: &shown,
        introduction: introduction.map_or_else(Vec::new, |text| paragraphs(text.as_str())),
        badges: badges.collect(),
        is_private: content.visibility == Visibility::Private,
        is_public: content.visibility == Visibility::Public,
    })?;
    Ok((shared_headers(content.visibility), filled).into_response())
}

/// The badges that somebody has, the last one first.
fn badge_rows(app: &App, person: &Person) -> Result<Vec<BadgeRow>, Error> {
    let mut rows = Vec::new();
    let mut asked = crate::page::PageRequest::most();
    loop {
        let found = app.store.badges_of(person.id, &asked)?;
        for badge in found.items {
            let earned = app.store.micro_credential(&badge.micro_credential)?;
            let earned = earned.ok_or(Error::Missing("a micro-credential"))?;
            rows.push(BadgeRow {
                id: badge.id.to_string(),
                title: earned.content.name.to_string(),
                date: wording::day(badge.first().issued),
                hidden: match badge.visibility {
                    Visibility::Private => Some("only you see it: share it first"),
                    Visibility::Link => Some("not shown where everybody may see the portfolio"),
                    Visibility::Public => None,
                },
            });
        }
        match found.next {
            Some(next) if rows.len() < MOST_LISTED => asked.cursor = Some(next),
            _ => return Ok(rows),
        }
    }
}

fn learning_rows(app: &App, person: &Person) -> Result<Vec<LearningRow>, Error> {
    let rows = learning::all(app, person)?.into_iter().map(|entry| {
        let day = entry.learned.day.map(|day| format!(", {day}"));
        LearningRow {
            id: entry.id.to_string(),
            title: entry.learned.title.to_string(),
            about: format!("{}{}", entry.learned.mode, day.unwrap_or_default()),
        }
    });
    Ok(rows.collect())
}

impl Typed {
    fn of(portfolio: &Portfolio) -> Typed {
        let content = &portfolio.content;
        let introduction = content.introduction.as_ref();
        Typed {
            title: content.title.to_string(),
            introduction: introduction.map(ToString::to_string).unwrap_or_default(),
            shows_name: content.name == NameShown::Shown,
            visibility: content.visibility.as_str().to_owned(),
            badges: content.badges.iter().map(BadgeId::to_string).collect(),
            learning: content.learning.iter().map(LearningId::to_string).collect(),
        }
    }

    fn read(fields: &Fields) -> Typed {
        Typed {
            title: fields.get("title").trim().to_owned(),
            introduction: fields.get("introduction").trim().to_owned(),
            shows_name: fields.get("name") == "shown",
            visibility: fields.get("visibility").to_owned(),
            badges: fields.all("badge"),
            learning: fields.all("learning"),
        }
    }

    fn content(&self) -> Result<Content, Error> {
        let introduction =
            match self.introduction.is_empty() {
                true => None,
                false => Some(self.introduction.parse().map_err(|_| {
                    Error::invalid("/introduction", "the introduction is too long")
                })?),
            };
        let gone = |pointer: &'static str| move |_| Error::invalid(pointer, "this is not yours");
        let badges = self
            .badges
            .iter()
            .map(|id| id.parse().map_err(gone("/badges")));
        let entries = self
            .learning
            .iter()
            .map(|id| id.parse().map_err(gone("/learning")));
        Ok(Content {
            title: self.title.parse().map_err(|_| untitled())?,
            introduction,
            name: match self.shows_name {
                true => NameShown::Shown,
                false => NameShown::Withheld,
            },
            visibility: self.visibility.parse()?,
            badges: badges.collect::<Result<_, _>>()?,
            learning: entries.collect::<Result<_, _>>()?,
        })
    }

    fn has_badge(&self, id: &str) -> bool {
        self.badges.iter().any(|chosen| chosen == id)
    }

    fn has_entry(&self, id: &str) -> bool {
        self.learning.iter().any(|chosen| chosen == id)
    }

    /// The choices of who may see it: what is sent, what it is called, what it means.
    fn choices(&self) -> [(&'static str, &'static str, &'static str); 3] {
        [
            (
                "private",
                "Only you",
                "For everybody else it does not exist.",
            ),
            (
                "link",
                "Whoever has its address",
                "It is listed nowhere, and search engines are asked to leave it out.",
            ),
            ("public", "Everybody", "Search engines may list it."),
        ]
    }
}

fn untitled() -> Error {
    Error::invalid(
        "/title",
        "please give it a title, in one line of at most 300 letters",
    )
}

/// More badges than anybody ticks.
const MOST_LISTED: usize = 1_000;
