//! The page on which officers decide about one badge.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, sentence};
use crate::app::App;
use crate::award::Achieved;
use crate::badge::changing::{self, About, Act, Decision};
use crate::badge::history::{self, Happening};
use crate::badge::{Badge, BadgeState};
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::BadgeId;
use crate::rights::{self, Action};
use crate::wording;

pub fn routes() -> Vec<Route> {
    vec![
        get("/badges/{badge}/manage", Action::ReadRegister, open),
        post("/badges/{badge}/decide", Action::RevokeBadge, end),
        post("/badges/{badge}/reissue", Action::ReissueBadge, reissue),
    ]
}

#[derive(Template)]
#[template(path = "organisation/badge.html")]
struct BadgePage<'a> {
    site: &'a Masthead,
    head: Head,
    badge: Shown,
    history: Vec<Told>,
    criteria: Vec<Criterion>,
    may_change: bool,
    typed: Typed,
    problem: Option<String>,
}

/// What was typed into the form that something is wrong with.
#[derive(Default)]
struct Typed {
    act: String,
    reason: String,
}

struct Shown {
    id: BadgeId,
    title: String,
    earner: String,
    email: String,
    state: BadgeState,
    edition: u32,
    until: Option<String>,
    /// Whether badges of this micro-credential end.
    ends: bool,
    /// How it is renewed, as the micro-credential says it.
    renewal: Option<String>,
}

struct Told {
    what: &'static str,
    on: String,
    by: Option<String>,
    reason: Option<String>,
    log: u64,
}

/// A criterion, and the levels that it can be corrected to.
struct Criterion {
    id: String,
    name: String,
    /// Each level, what it is called, and whether it is the one that was reached.
    levels: Vec<(String, String, bool)>,
}

async fn open(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
) -> Result<Response, HttpError> {
    show(&edge, caller, id, Typed::default(), None).await
}

/// Revokes, suspends or reinstates.
async fn end(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let acts = [Act::Revoke, Act::Suspend, Act::Reinstate];
    decide(&edge, caller, id, &form, &acts).await
}

/// Corrects or renews.
async fn reissue(
    State(edge): State<Edge>,
    caller: Caller,
    Path(Id(id)): Path<Id<BadgeId>>,
    form: Form,
) -> Result<Response, HttpError> {
    decide(&edge, caller, id, &form, &[Act::Correct, Act::Renew]).await
}

async fn decide(
    edge: &Edge,
    caller: Caller,
    id: BadgeId,
    form: &Form,
    acts: &[Act],
) -> Result<Response, HttpError> {
    let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let typed = Typed {
        act: text("act"),
        reason: text("reason"),
    };
    let mut known = acts.iter().copied();
    let act = known.find(|act| act.name() == typed.act);
    let act = act.ok_or(HttpError::NotFound)?;
    let Ok(reason) = typed.reason.parse() else {
        let problem = "Please say why: the earner is told.".to_owned();
        return refused(edge, caller, id, typed, problem).await;
    };
    let seen = text("edition")
        .parse()
        .map_or(About::Current, About::Edition);
    let levels = levels_in(edge, id, form).await?;
    let decision = Decision {
        act,
        by: caller.person.id,
        reason,
        bulk: None,
    };
    let now = edge.clock.now();
    let work = move |app: &App| match act {
        Act::Correct if !levels.is_empty() => {
            changing::correct_results(app, id, seen, &decision, levels, now)
        }
        _ => changing::decide(app, id, seen, &decision, now),
    };
    match edge.work(work).await {
        Ok(_) => Ok(Redirect::to(&format!("/badges/{id}/manage")).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            refused(edge, caller, id, typed, sentence(&problem)).await
        }
        Err(error) => Err(error),
    }
}

/// The levels of the form that differ from those that the badge says were reached.
async fn levels_in(edge: &Edge, id: BadgeId, form: &Form) -> Result<Vec<Achieved>, HttpError> {
    let reached = edge.work(move |app| {
        let badge = app.store.badge(id)?.ok_or(Error::NotFound)?;
        let award = app.store.award(badge.award)?;
        let award = award.ok_or(Error::Missing("an award"))?;
        Ok(changing::reached(&badge, &award).to_vec())
    });
    let mut levels = Vec::new();
    for result in reached.await? {
        let chosen = form.text(&format!("level:{}", result.criterion));
        let level = chosen.and_then(|chosen| chosen.parse().ok());
        levels.extend(
            level
                .filter(|level| *level != result.level)
                .map(|level| Achieved {
                    level,
                    criterion: result.criterion,
                }),
        );
    }
    Ok(levels)
}

async fn refused(
    edge: &Edge,
    caller: Caller,
    id: BadgeId,
    typed: Typed,
    problem: String,
) -> Result<Response, HttpError> {
    let shown = show(edge, caller, id, typed, Some(problem)).await?;
    Ok((StatusCode::CONFLICT, shown).into_response())
}

async fn show(
    edge: &Edge,
    caller: Caller,
    id: BadgeId,
    typed: Typed,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let (head, badge, history, criteria, may_change) = edge
        .work(move |app| {
            let badge = app.store.badge(id)?.ok_or(Error::NotFound)?;
            let organisation = &badge.organisation;
            let person = caller.person.id;
            let may = rights::may(app, person, Action::ReissueBadge, Some(organisation))?;
            let head = Head::of(app, &caller, organisation)?;
            let shown = Shown::of(app, &badge, badge.state(now))?;
            Ok((head, shown, told(app, &badge)?, criteria(app, &badge)?, may))
        })
        .await?;
    page(&BadgePage {
        site: &edge.masthead,
        head,
        badge,
        history,
        criteria,
        may_change,
        typed,
        problem,
    })
}

impl Shown {
    fn of(app: &App, badge: &Badge, state: BadgeState) -> Result<Shown, Error> {
        let earned = app.store.micro_credential(&badge.micro_credential)?;
        let content = earned.ok_or(Error::Missing("a micro-credential"))?.content;
        let earner = app.store.person(badge.earner)?;
        let earner = earner.ok_or(Error::Missing("an earner"))?;
        Ok(Shown {
            id: badge.id,
            title: content.name.to_string(),
            earner: earner.name.to_string(),
            email: earner.primary().to_string(),
            state,
            edition: badge.current().number,
            until: badge.current().valid_until.map(wording::day),
            ends: content.validity_months.is_some(),
            renewal: content.renewal.map(|renewal| renewal.to_string()),
        })
    }
}

impl BadgePage<'_> {
    /// What was typed where this was to be done.
    fn reason_for(&self, acts: &[&str]) -> &str {
        match acts.contains(&self.typed.act.as_str()) {
            true => &self.typed.reason,
            false => "",
        }
    }
}

fn told(app: &App, badge: &Badge) -> Result<Vec<Told>, Error> {
    let told = |happening: Happening| {
        let by = match happening.by {
            Some(by) if by == badge.earner => Some("its holder".to_owned()),
            Some(by) => app.store.person(by)?.map(|person| person.name.to_string()),
            None => None,
        };
        Ok(Told {
            what: happening.what.told(),
            on: wording::day(happening.at),
            by,
            reason: happening.reason.map(|reason| reason.to_string()),
            log: happening.log.0,
        })
    };
    history::of(badge).into_iter().rev().map(told).collect()
}

fn criteria(app: &App, badge: &Badge) -> Result<Vec<Criterion>, Error> {
    let award = app.store.award(badge.award)?;
    let award = award.ok_or(Error::Missing("an award"))?;
    let earned = app.store.micro_credential(&badge.micro_credential)?;
    let earned = earned.ok_or(Error::Missing("a micro-credential"))?;
    let reached = changing::reached(badge, &award);
    let mut shown = Vec::new();
    for criterion in earned.content.rubric.criteria() {
        let mut results = reached.iter();
        let Some(result) = results.find(|result| result.criterion == criterion.id) else {
            continue;
        };
        let enough = criterion
            .levels
            .iter()
            .skip_while(|level| level.id != criterion.required_level);
        let levels = enough.map(|level| {
            (
                level.id.to_string(),
                level.name.to_string(),
                level.id == result.level,
            )
        });
        shown.push(Criterion {
            id: criterion.id.to_string(),
            name: criterion.name.to_string(),
            levels: levels.collect(),
        });
    }
    Ok(shown)
}
