//! The page of an organisation's cohorts, and making one.

use std::str::FromStr;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, sentence};
use crate::cohort::{self, About, Cohort};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{CohortId, OrganisationId};
use crate::page::{Cursor, PageRequest};
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let at = "/organisations/{organisation}/cohorts";
    vec![
        get(at, Action::ReadCohorts, open),
        post(at, Action::LeadCohorts, make),
    ]
}

#[derive(Template)]
#[template(path = "organisation/cohorts.html")]
struct CohortsPage<'a> {
    site: &'a Masthead,
    head: Head,
    cohorts: Vec<Row>,
    next: Option<Cursor>,
    typed: Typed,
    problem: Option<String>,
}

struct Row {
    id: CohortId,
    name: String,
    goal: String,
    detail: String,
    archived: bool,
}

impl From<Cohort> for Row {
    fn from(cohort: Cohort) -> Row {
        let made = wording::day(cohort.made);
        Row {
            id: cohort.id,
            name: cohort.about.name.to_string(),
            goal: cohort.about.goal.to_string(),
            detail: match cohort.archived {
                Some(at) => format!("Made {made}, archived {}", wording::day(at)),
                None => format!("Made {made}"),
            },
            archived: cohort.archived.is_some(),
        }
    }
}

/// What was typed into the form of what a cohort is for.
#[derive(Default)]
pub struct Typed {
    pub name: String,
    pub goal: String,
    pub lines: String,
    pub office_hours: String,
    pub office_link: String,
}

impl Typed {
    /// What stands there.
    pub fn of(about: &About) -> Typed {
        let lines: Vec<_> = about.lines.iter().map(ToString::to_string).collect();
        Typed {
            name: about.name.to_string(),
            goal: about.goal.to_string(),
            lines: lines.join("\n"),
            office_hours: about
                .office_hours
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            office_link: about
                .office_link
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
        }
    }

    /// What a form brings.
    pub fn read(form: &Form) -> Typed {
        let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
        Typed {
            name: text("name"),
            goal: text("goal"),
            lines: text("lines"),
            office_hours: text("office_hours"),
            office_link: text("office_link"),
        }
    }

    /// What it says, if it can be used.
    pub fn about(&self) -> Result<About, Error> {
        fn read<T: FromStr>(text: &str, pointer: &str, problem: &str) -> Result<T, Error> {
            text.parse().map_err(|_| Error::invalid(pointer, problem))
        }
        fn some<T: FromStr>(text: &str, pointer: &str, problem: &str) -> Result<Option<T>, Error> {
            match text {
                "" => Ok(None),
                text => read(text, pointer, problem).map(Some),
            }
        }
        let line = "has one line of at most 300 bytes";
        // People paste the addresses of pages where names are wanted.
        let names = self.lines.split_whitespace();
        let names = names.filter_map(|word| word.trim_end_matches('/').rsplit('/').next());
        let lines = names.map(|name| {
            let problem = format!("{name} is not the name of a micro-credential");
            read(name, "/micro_credentials", &problem)
        });
        Ok(About {
            name: read(&self.name, "/name", &format!("the name {line}"))?,
            goal: read(&self.goal, "/goal", &format!("the goal {line}"))?,
            lines: lines.collect::<Result<_, _>>()?,
            office_hours: some(
                &self.office_hours,
                "/office_hours",
                &format!("the text on office hours {line}"),
            )?,
            office_link: some(
                &self.office_link,
                "/office_link",
                "a link begins with https://",
            )?,
        })
    }
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    Paging { page, .. }: Paging,
) -> Result<Response, HttpError> {
    shown(&edge, caller, id, page, Typed::default(), None).await
}

async fn shown(
    edge: &Edge,
    caller: Caller,
    id: OrganisationId,
    asked: PageRequest,
    typed: Typed,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let (head, found) = edge
        .work(move |app| {
            let found = cohort::of_organisation(app, &id, &asked)?;
            Ok((Head::of(app, &caller, &id)?, found))
        })
        .await?;
    let status = match &problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let shown = page(&CohortsPage {
        site: &edge.masthead,
        head,
        cohorts: found.items.into_iter().map(Row::from).collect(),
        next: found.next,
        typed,
        problem,
    })?;
    Ok((status, shown).into_response())
}

async fn make(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<OrganisationId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let typed = Typed::read(&form);
    let (by, about, now) = (caller.person.id, typed.about(), edge.clock.now());
    let place = id.clone();
    let making = edge.work(move |app| cohort::make(app, by, &place, about?, now));
    match making.await {
        Ok(made) => Ok(Redirect::to(&format!("/cohorts/{}/manage", made.id)).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let problem = Some(sentence(&problem));
            shown(&edge, caller, id, PageRequest::default(), typed, problem).await
        }
        Err(error) => Err(error),
    }
}
