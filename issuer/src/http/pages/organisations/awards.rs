//! The pages of issuing officers: awarding to one person, or to many by a list.

mod lists;
mod rows;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use schemas::timestamp::Timestamp;
use serde::Deserialize;

use self::rows::{Chosen, GivenRow, ListRow};
use super::{Head, sentence};
use crate::app::App;
use crate::award::Achieved;
use crate::awarding::list;
use crate::awarding::{self, Order, Wanted, table};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get, post};
use crate::id::{AwardId, MicroCredentialId, OrganisationId};
use crate::micro_credential::MicroCredential;
use crate::page::{Cursor, PageRequest};
use crate::rights::Action;

pub fn routes() -> Vec<Route> {
    let at = |rest: &str| format!("/organisations/{{organisation}}/awards{rest}");
    let mut routes = vec![
        get(&at(""), Action::ReadAwards, open),
        post(&at(""), Action::AwardByHand, award),
        post(&at("/{award}/send-again"), Action::AwardByHand, send_again),
    ];
    routes.extend(lists::routes());
    routes
}

/// What stands after the question mark; what the page does not know is passed over.
#[derive(Default, Deserialize)]
struct Asked {
    /// What is to be awarded to one person.
    #[serde(default)]
    micro_credential: String,
    /// Where the list of awards is read on.
    #[serde(default)]
    cursor: String,
    /// What was just done: `awarded` or `sent`.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "organisation/awards.html")]
struct AwardsPage<'a> {
    site: &'a Masthead,
    head: Head,
    choices: Vec<(MicroCredentialId, String)>,
    chosen: Option<Chosen>,
    typed: Typed,
    list: TypedList,
    lists: Vec<ListRow>,
    given: Vec<GivenRow>,
    next: Option<Cursor>,
    done: &'static str,
    problem: Option<String>,
}

/// What was typed into the form for one person.
#[derive(Default)]
struct Typed {
    email: String,
    name: String,
    awarded: String,
    narrative: String,
    evidence: String,
    reason: String,
    results: Vec<(String, String)>,
}

/// What was typed into the form for a list.
#[derive(Default)]
struct TypedList {
    micro_credential: String,
    reason: String,
    rows: String,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    Shown::of(asked).page(&edge, caller, id).await
}

/// What is on the page beside what the store knows.
#[derive(Default)]
struct Shown {
    asked: Asked,
    typed: Typed,
    list: TypedList,
    problem: Option<String>,
}

impl Shown {
    fn of(asked: Asked) -> Shown {
        Shown {
            asked,
            ..Shown::default()
        }
    }

    async fn page(
        self,
        edge: &Edge,
        caller: Caller,
        id: OrganisationId,
    ) -> Result<Response, HttpError> {
        let Shown {
            asked,
            typed,
            list,
            mut problem,
        } = self;
        let cursor = match asked.cursor.as_str() {
            "" => None,
            text => Some(text.parse::<Cursor>().map_err(Error::from)?),
        };
        let work = move |app: &App| {
            let head = Head::of(app, &caller, &id)?;
            let choices = awarding::choices(app, &id)?;
            let page = awarding::all_given(
                app,
                &id,
                &PageRequest {
                    cursor,
                    ..PageRequest::default()
                },
            )?;
            let given = page.items.into_iter().map(|one| GivenRow::of(app, one));
            let given = given.collect::<Result<Vec<_>, Error>>()?;
            let lists = list::all(app, &id, &PageRequest::default())?.items;
            let chosen = match asked.micro_credential.as_str() {
                "" => Ok(None),
                name => chosen(app, &id, name).map(Some),
            };
            Ok((head, choices, (given, page.next), lists, chosen, asked.done))
        };
        let (head, choices, (given, next), lists, chosen, done) = edge.work(work).await?;
        let chosen = match chosen {
            Ok(chosen) => chosen,
            Err(error) if error.is_the_askers() => {
                problem.get_or_insert(sentence(&error));
                None
            }
            Err(error) => return Err(error.into()),
        };
        let chosen = chosen.map(|found| Chosen::of(&found, &typed));
        page(&AwardsPage {
            site: &edge.masthead,
            lists: lists
                .iter()
                .map(|list| ListRow::of(&head.id, list))
                .collect(),
            head,
            choices: choices
                .into_iter()
                .map(|one| (one.id, one.content.name.to_string()))
                .collect(),
            chosen,
            typed,
            list,
            given,
            next,
            done: match done.as_str() {
                "awarded" => "Awarded. The badge is issued, and its earner is told by e-mail.",
                "sent" => "The letter was sent again.",
                _ => "",
            },
            problem,
        })
    }
}

fn chosen(app: &App, organisation: &OrganisationId, name: &str) -> Result<MicroCredential, Error> {
    let id = name.parse().map_err(|_| awarding::AwardError::Unknown)?;
    awarding::issuable(app, organisation, &id)
}

async fn award(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let what = text("micro_credential");
    let typed = Typed {
        email: text("email"),
        name: text("name"),
        awarded: text("awarded"),
        narrative: text("narrative"),
        evidence: text("evidence"),
        reason: text("reason"),
        results: Vec::new(),
    };
    let (officer, place, now) = (caller.person.id, id.clone(), edge.clock.now());
    let wanted = typed.wanted(&what);
    let results = form.beginning_with("result-");
    let chosen_levels = results.clone();
    let reason = typed.reason.clone();
    let made = edge.work(move |app| {
        let wanted = Wanted {
            results: read_results(&chosen_levels)?,
            ..wanted?
        };
        let unfit =
            |error| Error::invalid("/reason", format!("the reason cannot be used: {error}"));
        let order = Order {
            officer,
            organisation: &place,
            reason: &reason.parse().map_err(unfit)?,
        };
        awarding::award(app, &order, &wanted, now)
    });
    match made.await {
        Ok(_) => Ok(
            Redirect::to(&format!("/organisations/{id}/awards?done=awarded#given")).into_response(),
        ),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let shown = Shown {
                asked: Asked {
                    micro_credential: what,
                    ..Asked::default()
                },
                typed: Typed { results, ..typed },
                problem: Some(sentence(&problem)),
                ..Shown::default()
            };
            let shown = shown.page(&edge, caller, id).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}

fn read_results(chosen: &[(String, String)]) -> Result<Vec<Achieved>, Error> {
    let unknown = || Error::invalid("/results", "the rubric has no such level");
    let read = |(criterion, level): &(String, String)| {
        Ok(Achieved {
            criterion: criterion.parse().map_err(|_| unknown())?,
            level: level.parse().map_err(|_| unknown())?,
        })
    };
    chosen.iter().map(read).collect()
}

async fn send_again(
    State(edge): State<Edge>,
    Path((Id(id), Id(award))): Path<(Id<OrganisationId>, Id<AwardId>)>,
) -> Result<Response, HttpError> {
    let (place, now) = (id.clone(), edge.clock.now());
    let sent = edge.work(move |app| {
        let given = awarding::given(app, &place, award)?;
        awarding::send_again(app, &given, now)
    });
    sent.await?;
    Ok(Redirect::to(&format!("/organisations/{id}/awards?done=sent#given")).into_response())
}

impl Typed {
    fn wanted(&self, what: &str) -> Result<Wanted, Error> {
        let unfit = |pointer: &'static str, name: &'static str| {
            move |error| Error::invalid(pointer, format!("the {name} cannot be used: {error}"))
        };
        let links = self.evidence.split_whitespace();
        let link = |text: &str| {
            text.parse()
                .map_err(|error| Error::of_link("/evidence", error))
        };
        Ok(Wanted {
            email: self
                .email
                .parse()
                .map_err(|_| Error::invalid("/email", "this is not an e-mail address"))?,
            name: some(&self.name)
                .map(str::parse)
                .transpose()
                .map_err(unfit("/name", "name"))?,
            micro_credential: what.parse().map_err(|_| awarding::AwardError::Unknown)?,
            awarded: some(&self.awarded).map(read_day).transpose()?,
            narrative: some(&self.narrative)
                .map(str::parse)
                .transpose()
                .map_err(unfit("/narrative", "narrative"))?,
            evidence: links.map(link).collect::<Result<_, _>>()?,
            results: Vec::new(),
            key: None,
        })
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn read_day(text: &str) -> Result<Timestamp, Error> {
    table::day(text).ok_or_else(|| Error::invalid("/awarded", "the day is no date"))
}
