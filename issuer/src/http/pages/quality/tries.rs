//! The pages of a try: an exemplar to score blind, what it ought to have been given, and the result.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::shown::{Kind, Row, Work, chosen, in_words};
use super::training::show as show_set;
use super::{Head, Sent, again, page, sent, title_of};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::account::sentence;
use crate::http::pages::authoring::fields::Fields;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{ExemplarId, MicroCredentialId, OrganisationId, PersonId};
use crate::issuance;
use crate::quality::training::Exemplar;
use crate::quality::trying::{self, Closeness, Compared, Passed, ScoredExemplar, Try};
use crate::rights::Action;
use crate::rubric::Rubric;

pub fn routes() -> Vec<Route> {
    let begin = "/organisations/{organisation}/training/{line}/tries";
    let one = format!("{begin}/{{person}}/{{number}}");
    let exemplar = format!("{one}/exemplars/{{exemplar}}");
    vec![
        post(begin, Action::Train, self::begin),
        get(&one, Action::ReadTry, open),
        get(&exemplar, Action::ReadTry, compared),
        post(&exemplar, Action::ScoreExemplar, score),
    ]
}

#[derive(Template)]
#[template(path = "quality/try.html")]
struct ScorePage<'a> {
    site: &'a Masthead,
    head: Head,
    line: MicroCredentialId,
    title: String,
    /// Where the scores are sent.
    path: String,
    place: usize,
    of: usize,
    work: Vec<Work>,
    rows: Vec<Row>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "quality/compared.html")]
struct ComparedPage<'a> {
    site: &'a Masthead,
    head: Head,
    line: MicroCredentialId,
    title: String,
    place: usize,
    of: usize,
    work: Vec<Work>,
    criteria: Vec<Line>,
    /// Where the try goes on, or ends.
    next: String,
    is_last: bool,
}

/// A criterion that was scored, beside what is right.
struct Line {
    name: String,
    given: String,
    gold: String,
    reason: String,
    word: &'static str,
    is_right: bool,
}

#[derive(Template)]
#[template(path = "quality/result.html")]
struct ResultPage<'a> {
    site: &'a Masthead,
    head: Head,
    line: MicroCredentialId,
    title: String,
    passed: bool,
    badge: bool,
    scores: u32,
    same: u32,
    same_side: u32,
    level_percent: u32,
    met_percent: u32,
    exemplars: Vec<String>,
}

/// The gate has seen to it that the person is the caller.
type OneTry = (
    Id<OrganisationId>,
    Id<MicroCredentialId>,
    Id<PersonId>,
    Id<u32>,
);
type OneExemplar = (
    Id<OrganisationId>,
    Id<MicroCredentialId>,
    Id<PersonId>,
    Id<u32>,
    Id<ExemplarId>,
);

fn address(of: &Try) -> String {
    let (organisation, line) = (&of.organisation, &of.line);
    let (person, number) = (of.person, of.number);
    format!("/organisations/{organisation}/training/{line}/tries/{person}/{number}")
}

async fn begin(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let (owner, of, who) = (organisation.clone(), line.clone(), person.id);
    let begun = edge.work(move |app| {
        let begun = trying::begin(app, &person, &owner, &of, now)?;
        Ok(address(&begun))
    });
    match sent(begun.await)? {
        Sent::To(place) => Ok(Redirect::to(&place).into_response()),
        Sent::Refused(problem) => {
            let refused = Some((None, problem));
            Ok(again(
                show_set(&edge, who, organisation, line, refused).await?,
            ))
        }
    }
}

/// Shows the exemplar that is to be scored next, or what came of the try.
async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line), _, Id(number))): Path<OneTry>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    edge.work(move |app| {
        let of = trying::find(app, &person, &organisation, &line, number)?;
        match of.open_exemplar() {
            Some(next) => Ok(page(&ScorePage::of(app, &site, &of, next, None)?)),
            None => Ok(page(&ResultPage::of(app, &site, &of)?)),
        }
    })
    .await?
}

/// Shows what an exemplar ought to have been given, beside what it was given.
async fn compared(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line), _, Id(number), Id(id))): Path<OneExemplar>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    edge.work(move |app| {
        let of = trying::find(app, &person, &organisation, &line, number)?;
        let (exemplar, version) = trying::exemplar(app, &of, id)?;
        let Some(scored) = of.scored_exemplar(id) else {
            return Ok(Ok(Redirect::to(&address(&of)).into_response()));
        };
        let rubric = &version.content.rubric;
        let work = exemplar.work.iter().enumerate();
        let shown = ComparedPage {
            site: &site,
            head: Head::of(app, person.id, &organisation)?,
            title: title_of(app, &line)?,
            place: place_of(&of, id),
            of: of.exemplars.len(),
            work: work.map(|one| Work::of_sample(&version, one)).collect(),
            criteria: lines(rubric, &exemplar, scored),
            next: address(&of),
            is_last: of.open_exemplar().is_none(),
            line,
        };
        Ok(page(&shown))
    })
    .await?
}

async fn score(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line), _, Id(number), Id(id))): Path<OneExemplar>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let (now, site) = (edge.clock.now(), edge.masthead.clone());
    edge.work(move |app| {
        let of = trying::find(app, &person, &organisation, &line, number)?;
        let (_, version) = trying::exemplar(app, &of, id)?;
        let levels = chosen(&version.content.rubric, &fields);
        let place = (&organisation, &line, number);
        match trying::score(app, &person, place, id, &levels, now) {
            Ok((scored, award)) => {
                if let Some(award) = award {
                    // A crash before this is done leaves the award, which the next start takes up.
                    issuance::issue(app, award, now)?;
                }
                let place = format!("{}/exemplars/{id}", address(&scored));
                Ok(Ok(Redirect::to(&place).into_response()))
            }
            Err(problem @ Error::Invalid { .. }) => {
                let refused = Some((fields, problem));
                let shown = ScorePage::of(app, &site, &of, id, refused)?;
                Ok(page(&shown).map(again))
            }
            Err(other) => Err(other),
        }
    })
    .await?
}

fn place_of(of: &Try, id: ExemplarId) -> usize {
    let place = of.exemplars.iter().position(|known| *known == id);
    place.map_or(0, |place| place + 1)
}

impl<'a> ScorePage<'a> {
    fn of(
        app: &App,
        site: &'a Masthead,
        of: &Try,
        id: ExemplarId,
        refused: Option<(Fields, Error)>,
    ) -> Result<ScorePage<'a>, Error> {
        let (exemplar, version) = trying::exemplar(app, of, id)?;
        let typed = refused.as_ref().map(|(typed, _)| typed);
        let work = exemplar.work.iter().enumerate();
        Ok(ScorePage {
            site,
            head: Head::of(app, of.person, &of.organisation)?,
            line: of.line.clone(),
            title: title_of(app, &of.line)?,
            path: format!("{}/exemplars/{id}", address(of)),
            place: place_of(of, id),
            of: of.exemplars.len(),
            work: work.map(|one| Work::of_sample(&version, one)).collect(),
            rows: Row::all(&version.content.rubric, typed),
            problem: refused.as_ref().map(|(_, problem)| sentence(problem)),
        })
    }
}

impl<'a> ResultPage<'a> {
    fn of(app: &App, site: &'a Masthead, of: &Try) -> Result<ResultPage<'a>, Error> {
        let outcome = of.outcome.as_ref();
        let outcome = outcome.ok_or(Error::Missing("the outcome of a try"))?;
        let exemplars = of.exemplars.iter();
        Ok(ResultPage {
            site,
            head: Head::of(app, of.person, &of.organisation)?,
            line: of.line.clone(),
            title: title_of(app, &of.line)?,
            passed: outcome.result == Passed::Passed,
            badge: of.rules.badge.is_some(),
            scores: outcome.scores,
            same: outcome.same,
            same_side: outcome.same_side,
            level_percent: of.rules.level_percent,
            met_percent: of.rules.met_percent,
            exemplars: exemplars
                .map(|id| format!("{}/exemplars/{id}", address(of)))
                .collect(),
        })
    }
}

fn lines(rubric: &Rubric, exemplar: &Exemplar, scored: &ScoredExemplar) -> Vec<Line> {
    let line = |one: &Compared| {
        let name = rubric.criterion(&one.criterion);
        let reason = exemplar.gold.iter();
        let mut reason = reason.filter(|gold| gold.criterion == one.criterion);
        let (word, is_right) = match one.agreement {
            Closeness::Same => ("Right", true),
            Closeness::SameSide => ("Another level", false),
            Closeness::Opposite => ("The other side", false),
        };
        Line {
            name: name.map_or_else(String::new, |known| known.name.to_string()),
            given: in_words(rubric, &one.criterion, &one.level).0,
            gold: in_words(rubric, &one.criterion, &one.gold).0,
            reason: reason
                .next()
                .map_or_else(String::new, |gold| gold.reason.to_string()),
            word,
            is_right,
        }
    };
    scored.scores.iter().map(line).collect()
}
