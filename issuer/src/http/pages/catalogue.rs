//! The catalogue: a search field, facets as links, and what was found, page by page.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use url::form_urlencoded;

use super::page;
use crate::app::App;
use crate::catalogue::{self, Facet, FacetValue, Found, Listed, Order, Query};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::route::{Route, get};
use crate::id::{OrganisationId, TopicId};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    vec![get("/catalogue", Action::ReadPublished, show)]
}

#[derive(Template)]
#[template(path = "catalogue.html")]
struct CataloguePage<'a> {
    site: &'a Masthead,
    words: &'a str,
    /// The facets that are chosen, to be sent along with the form.
    chosen: Vec<(&'static str, &'a str)>,
    problem: Option<String>,
    total: usize,
    items: Vec<Item>,
    facets: Vec<FacetBox>,
    clear: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    page: usize,
    pages: usize,
    filtered: bool,
}

/// A micro-credential as lists show it.
pub struct Item {
    pub path: String,
    pub picture: String,
    pub title: String,
    pub competency: String,
    pub organisation: String,
    pub credits: Option<String>,
}

struct FacetBox {
    title: &'static str,
    values: Vec<Choice>,
    /// What one would have to open to see.
    more: Vec<Choice>,
}

struct Choice {
    label: String,
    count: usize,
    href: String,
    chosen: bool,
}

/// What the address asks for.
#[derive(Default)]
struct Asked {
    words: String,
    facets: Vec<(Facet, String)>,
    page: usize,
}

async fn show(State(edge): State<Edge>, RawQuery(query): RawQuery) -> Result<Response, HttpError> {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let query = Query::new(&asked.words);
    let problem = query.as_ref().err().map(|error| format!("{error}."));
    let mut query = query.unwrap_or_default();
    for (facet, value) in &asked.facets {
        query = query.with(*facet, value);
    }
    let query = query.page((asked.page - 1) * ON_A_PAGE, ON_A_PAGE);
    let looked = edge
        .work(move |app| {
            let found = catalogue::search(app, &query)?;
            let names = Names::of(app, &found)?;
            Ok((found, names))
        })
        .await?;
    let (found, names) = looked;
    let pages = found.total.div_ceil(ON_A_PAGE).max(1);
    let facets = Facet::ALL.into_iter().filter_map(|facet| {
        let values = found.facets.get(&facet)?;
        asked.box_of(facet, values, &names)
    });
    page(&CataloguePage {
        site: &edge.masthead,
        words: &asked.words,
        chosen: asked
            .facets
            .iter()
            .map(|(facet, value)| (facet.name(), value.as_str()))
            .collect(),
        problem,
        total: found.total,
        facets: facets.collect(),
        items: found
            .items
            .iter()
            .map(|listed| names.item(listed))
            .collect(),
        clear: (!asked.facets.is_empty()).then(|| address(&asked.words, &[], 1)),
        previous: (asked.page > 1).then(|| asked.at_page((asked.page - 1).min(pages))),
        next: (asked.page < pages).then(|| asked.at_page(asked.page + 1)),
        page: asked.page,
        pages,
        filtered: !asked.words.is_empty() || !asked.facets.is_empty(),
    })
}

impl Asked {
    /// What is not known is left out: an address from elsewhere still shows a catalogue.
    fn read(query: &str) -> Asked {
        let mut asked = Asked {
            page: 1,
            ..Asked::default()
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()).take(MOST_VALUES) {
            match (&*name, name.parse::<Facet>()) {
                ("q", _) => asked.words = value.trim().to_owned(),
                ("page", _) => asked.page = value.parse().unwrap_or(1).clamp(1, MOST_PAGES),
                (_, Ok(facet)) if !asked.facets.iter().any(|(known, _)| *known == facet) => {
                    asked.facets.push((facet, value.into_owned()));
                }
                _ => {}
            }
        }
        asked
    }

    fn at_page(&self, page: usize) -> String {
        address(&self.words, &self.facets, page)
    }

    fn box_of(&self, facet: Facet, values: &[FacetValue], names: &Names) -> Option<FacetBox> {
        let chosen = self.facets.iter().find(|(known, _)| *known == facet);
        let others = self.facets.iter().filter(|(known, _)| *known != facet);
        let others: Vec<_> = others.cloned().collect();
        let choice = |value: &FacetValue| {
            let is_chosen = chosen.is_some_and(|(_, chosen)| *chosen == value.value);
            let mut facets = others.clone();
            if !is_chosen {
                facets.push((facet, value.value.clone()));
            }
            Choice {
                label: names.label(facet, &value.value),
                count: value.count,
                href: address(&self.words, &facets, 1),
                chosen: is_chosen,
            }
        };
        let mut values: Vec<_> = values.iter().take(MOST_SHOWN).map(choice).collect();
        values.sort_by_key(|choice| !choice.chosen);
        let more = values.split_off(values.len().min(SHOWN_AT_ONCE));
        (!values.is_empty()).then_some(FacetBox {
            title: title(facet),
            values,
            more,
        })
    }
}

/// What organisations and topics are called.
pub struct Names {
    organisations: Vec<(String, String)>,
    topics: Vec<(String, String)>,
}

impl Names {
    /// Looks up what is named in what was found.
    pub fn of(app: &App, found: &Found) -> Result<Names, Error> {
        let values = |facet| {
            let values = found.facets.get(&facet).into_iter().flatten();
            values.take(MOST_SHOWN).map(|value| value.value.clone())
        };
        let mut names = Names {
            organisations: Vec::new(),
            topics: Vec::new(),
        };
        let listed = found.items.iter().map(|item| item.organisation.to_string());
        for id in values(Facet::Issuer).chain(listed) {
            if names.organisations.iter().any(|(known, _)| *known == id) {
                continue;
            }
            if let Ok(parsed) = id.parse::<OrganisationId>()
                && let Some(organisation) = app.store.organisation(&parsed)?
            {
                names
                    .organisations
                    .push((id, organisation.profile.name.to_string()));
            }
        }
        for id in values(Facet::Topic) {
            if let Ok(parsed) = id.parse::<TopicId>()
                && let Some(topic) = app.store.topic(&parsed)?
            {
                names.topics.push((id, topic.name.to_string()));
            }
        }
        Ok(names)
    }

    /// A micro-credential as lists show it.
    pub fn item(&self, listed: &Listed) -> Item {
        Item {
            path: format!("/achievements/{}", listed.id),
            picture: format!("/achievements/{}/picture.{}", listed.id, listed.picture),
            title: listed.title.clone(),
            competency: listed.competency.clone(),
            organisation: self.label(Facet::Issuer, listed.organisation.as_str()),
            credits: listed.credits.clone(),
        }
    }

    fn label(&self, facet: Facet, value: &str) -> String {
        let names = match facet {
            Facet::Issuer => &self.organisations,
            Facet::Topic => &self.topics,
            Facet::Credit if value == "1" => return "1 credit".to_owned(),
            Facet::Credit => return format!("{value} credits"),
            _ => return value.to_owned(),
        };
        let found = names.iter().find(|(id, _)| id == value);
        found.map_or_else(|| value.to_owned(), |(_, name)| name.clone())
    }
}

/// The newest micro-credentials, as lists show them.
pub fn newest(app: &App, limit: usize) -> Result<Vec<Item>, Error> {
    let query = Query::default().ordered(Order::Newest).page(0, limit);
    let found = catalogue::search(app, &query)?;
    let names = Names::of(app, &found)?;
    Ok(found
        .items
        .iter()
        .map(|listed| names.item(listed))
        .collect())
}

fn address(words: &str, facets: &[(Facet, String)], page: usize) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !words.is_empty() {
        query.append_pair("q", words);
    }
    for (facet, value) in facets {
        query.append_pair(facet.name(), value);
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    match query.finish() {
        query if query.is_empty() => "/catalogue".to_owned(),
        query => format!("/catalogue?{query}"),
    }
}

fn title(facet: Facet) -> &'static str {
    match facet {
        Facet::Topic => "Topic",
        Facet::Role => "Role",
        Facet::Grade => "Grade",
        Facet::Standard => "Standard",
        Facet::Credit => "Worth",
        Facet::Language => "Language",
        Facet::Issuer => "Issued by",
    }
}

/// Two or three across, ten down.
const ON_A_PAGE: usize = 24;
/// More pages than anybody turns.
const MOST_PAGES: usize = 10_000;
/// There is a word, a page and seven facets.
const MOST_VALUES: usize = 20;
/// What stands beside the list without being opened.
const SHOWN_AT_ONCE: usize = 8;
/// What can be opened.
const MOST_SHOWN: usize = 100;
