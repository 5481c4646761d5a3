//! The page of one calibration session: the work to score, or what everybody gave.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::shown::{Figures, Kind, Row, Work, in_words};
use super::{Head, Sent, again, name_of, page_that_plays, read, sent};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::api::quality::calibration::show as show_evidence;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::account::sentence;
use crate::http::pages::authoring::fields::Fields;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{CalibrationId, CriterionId, OrganisationId};
use crate::micro_credential::MicroCredential;
use crate::person::Person;
use crate::quality::calibration::report::{OnCriterion, OnReviewer, Shares};
use crate::quality::calibration::{self, Calibration, Report, SheetScore, State as Open};
use crate::rights::{self, Action};
use crate::rubric::{Criterion, Rubric};
use crate::wording;

pub fn routes() -> Vec<Route> {
    let one = "/organisations/{organisation}/calibrations/{calibration}";
    let below = |ending: &str| format!("{one}/{ending}");
    vec![
        get(one, Action::ReadCalibrations, open),
        get(
            &below("evidence/{sample}"),
            Action::ReadCalibrations,
            show_evidence,
        ),
        post(&below("scores"), Action::Calibrate, score),
        post(&below("close"), Action::LeadCalibration, close),
        post(&below("clarifications"), Action::LeadCalibration, clarify),
        post(&below("revision"), Action::LeadCalibration, revise),
    ]
}

#[derive(Template)]
#[template(path = "quality/session.html")]
struct SessionPage<'a> {
    site: &'a Masthead,
    head: Head,
    path: String,
    title: String,
    about: String,
    achievement: String,
    opened: String,
    scored: usize,
    asked: usize,
    leads: bool,
    may_close: bool,
    work: Vec<Work>,
    /// The rubric to score by, for those who were asked and have not scored.
    rows: Vec<Row>,
    has_scored: bool,
    report: Option<Shown>,
    clarifications: Vec<(String, String, String)>,
    criteria: Vec<(CriterionId, String)>,
    typed: String,
    revision: Option<String>,
    problem: Option<String>,
}

/// What came of a session, in words.
struct Shown {
    whole: String,
    criteria: Vec<Compared>,
    reviewers: Vec<(String, String, Figures)>,
}

struct Compared {
    name: String,
    shares: String,
    agree: bool,
    given: Vec<Given>,
    gold: Option<(String, String)>,
}

struct Given {
    name: String,
    level: String,
    met: bool,
    comment: String,
}

type Session = (Id<OrganisationId>, Id<CalibrationId>);

async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
) -> Result<Response, HttpError> {
    show(&edge, person, organisation, id, None).await
}

async fn show(
    edge: &Edge,
    person: Person,
    organisation: OrganisationId,
    id: CalibrationId,
    refused: Option<(Option<Fields>, Error)>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    edge.work(move |app| {
        let session = calibration::find(app, &organisation, id)?;
        let shown = SessionPage::of(app, &site, &person, session, refused)?;
        Ok(page_that_plays(&shown))
    })
    .await?
}

async fn score(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let (now, scorer, owner) = (edge.clock.now(), person.clone(), organisation.clone());
    let (fields, done) = edge
        .work(move |app| {
            let session = calibration::find(app, &owner, id)?;
            let rubric = calibration::version(app, &session)?.content.rubric;
            let done = sheet(&rubric, &fields)
                .and_then(|scores| calibration::score(app, &scorer, &owner, id, scores, now));
            Ok((fields, done.map(|_| ())))
        })
        .await?;
    let done = done.map_err(HttpError::from);
    lead(&edge, person, organisation, id, done, Some(fields)).await
}

/// The levels and comments of a sheet, as they were typed.
fn sheet(rubric: &Rubric, typed: &Fields) -> Result<Vec<SheetScore>, Error> {
    let score = |(place, criterion): (usize, &Criterion)| {
        let message = format!("please choose a level for {}", criterion.name);
        let comment = typed.get(&format!("comment-{place}")).trim();
        let unreadable = "a comment is too long, or has characters that nobody sees";
        Ok(SheetScore {
            criterion: criterion.id.clone(),
            level: read(typed.get(&format!("level-{place}")), "/scores", &message)?,
            comment: match comment {
                "" => None,
                comment => Some(read(comment, "/scores", unreadable)?),
            },
        })
    };
    rubric.criteria().iter().enumerate().map(score).collect()
}

async fn close(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
) -> Result<Response, HttpError> {
    let (now, owner) = (edge.clock.now(), organisation.clone());
    let done = edge
        .work(move |app| calibration::close(app, &owner, id, now).map(|_| ()))
        .await;
    lead(&edge, person, organisation, id, done, None).await
}

async fn clarify(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let (now, author, owner) = (edge.clock.now(), person.clone(), organisation.clone());
    let criterion = match fields.get("criterion") {
        "" => Ok(None),
        named => read(named, "/criterion", "the rubric has no such criterion").map(Some),
    };
    let text = read(
        fields.get("text"),
        "/text",
        "please write down what is clear now",
    );
    let done = edge
        .work(move |app| {
            let (criterion, text) = (criterion?, text?);
            calibration::clarify(app, &author, &owner, id, criterion, text, now).map(|_| ())
        })
        .await;
    lead(&edge, person, organisation, id, done, Some(fields)).await
}

async fn revise(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<Session>,
) -> Result<Response, HttpError> {
    let (author, owner) = (person.clone(), organisation.clone());
    let done = edge
        .work(move |app| calibration::revise(app, &author, &owner, id).map(|_| ()))
        .await;
    lead(&edge, person, organisation, id, done, None).await
}

/// Leads back to the session, or shows it again with what is wrong.
async fn lead(
    edge: &Edge,
    person: Person,
    organisation: OrganisationId,
    id: CalibrationId,
    done: Result<(), HttpError>,
    typed: Option<Fields>,
) -> Result<Response, HttpError> {
    let place = format!("/organisations/{organisation}/calibrations/{id}");
    match sent(done.map(|()| place))? {
        Sent::To(place) => Ok(Redirect::to(&place).into_response()),
        Sent::Refused(problem) => {
            let refused = Some((typed, problem));
            Ok(again(show(edge, person, organisation, id, refused).await?))
        }
    }
}

impl<'a> SessionPage<'a> {
    fn of(
        app: &App,
        site: &'a Masthead,
        person: &Person,
        session: Calibration,
        refused: Option<(Option<Fields>, Error)>,
    ) -> Result<SessionPage<'a>, Error> {
        let version = calibration::version(app, &session)?;
        let rubric = &version.content.rubric;
        let path = format!(
            "/organisations/{}/calibrations/{}",
            session.organisation, session.id
        );
        let organisation = Some(&session.organisation);
        let leads = rights::may(app, person.id, Action::LeadCalibration, organisation)?;
        let typed = refused.as_ref().and_then(|(typed, _)| typed.as_ref());
        let has_scored = calibration::sheet(app, person, &session)?.is_some();
        let open = session.state == Open::Open;
        let report = match calibration::report(app, &session)? {
            Some(report) => Some(Shown::of(app, person, leads, rubric, report)?),
            None => None,
        };
        Ok(SessionPage {
            site,
            head: Head::of(app, person.id, &session.organisation)?,
            title: session.title.to_string(),
            about: version.content.name.to_string(),
            achievement: version.id.to_string(),
            opened: wording::day(session.opened),
            scored: session.scored,
            asked: session.reviewers.len(),
            leads,
            may_close: leads && open && session.scored >= calibration::LEAST,
            work: work(app, person, &session, &version, &path)?,
            rows: match open && !has_scored && session.asks(person) {
                true => Row::all(rubric, typed),
                false => Vec::new(),
            },
            has_scored,
            report,
            clarifications: clarifications(app, &session, rubric)?,
            criteria: rubric
                .criteria()
                .iter()
                .map(|one| (one.id.clone(), one.name.to_string()))
                .collect(),
            typed: typed.map_or_else(String::new, |typed| typed.get("text").to_owned()),
            revision: session.revision.as_ref().map(ToString::to_string),
            problem: refused.as_ref().map(|(_, problem)| sentence(problem)),
            path,
        })
    }
}

/// The work; nothing for those whose own it is, or of whose school.
fn work(
    app: &App,
    person: &Person,
    session: &Calibration,
    version: &MicroCredential,
    path: &str,
) -> Result<Vec<Work>, Error> {
    let below = format!("{path}/evidence");
    match calibration::work(app, person, session, version) {
        Ok(pieces) => Ok(pieces
            .iter()
            .map(|piece| Work::of_piece(version, &below, piece))
            .collect()),
        Err(Error::Review(_) | Error::NotFound) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn clarifications(
    app: &App,
    session: &Calibration,
    rubric: &Rubric,
) -> Result<Vec<(String, String, String)>, Error> {
    let mut shown = Vec::new();
    for one in &session.clarifications {
        let named = one.criterion.as_ref();
        let about = named.and_then(|named| rubric.criterion(named));
        let about = about.map_or_else(|| "The rubric".to_owned(), |about| about.name.to_string());
        let (author, day) = (name_of(app, one.author)?, wording::day(one.written));
        shown.push((about, one.text.to_string(), format!("{author}, {day}")));
    }
    Ok(shown)
}

impl Shown {
    fn of(
        app: &App,
        person: &Person,
        leads: bool,
        rubric: &Rubric,
        report: Report,
    ) -> Result<Shown, Error> {
        let name = |(place, one): (usize, &OnReviewer)| match (person.is(one.person), leads) {
            (true, _) => Ok("You".to_owned()),
            (false, true) => name_of(app, one.person),
            (false, false) => Ok(format!("Reviewer {}", place + 1)),
        };
        let names = report.reviewers.iter().enumerate().map(name);
        let names = names.collect::<Result<Vec<_>, Error>>()?;
        let reviewers = names.iter().zip(&report.reviewers);
        let reviewer = |(name, one): (&String, &OnReviewer)| {
            let figures = Figures::of(&one.agreement);
            (name.clone(), in_shares(one.shares), figures)
        };
        let criteria = report.criteria.iter();
        Ok(Shown {
            whole: in_shares(report.whole),
            reviewers: reviewers.map(reviewer).collect(),
            criteria: criteria
                .map(|one| Compared::of(rubric, &names, one))
                .collect(),
        })
    }
}

impl Compared {
    fn of(rubric: &Rubric, names: &[String], one: &OnCriterion) -> Compared {
        let known = rubric.criterion(&one.criterion);
        let given = names
            .iter()
            .zip(&one.given)
            .map(|(name, (level, comment))| {
                let (level, met) = in_words(rubric, &one.criterion, level);
                Given {
                    name: name.clone(),
                    level,
                    met,
                    comment: comment
                        .as_ref()
                        .map_or_else(String::new, ToString::to_string),
                }
            });
        let gold = one.gold.as_ref().map(|(level, reason)| {
            let (level, _) = in_words(rubric, &one.criterion, level);
            (level, reason.to_string())
        });
        Compared {
            name: known.map_or_else(String::new, |known| known.name.to_string()),
            shares: in_shares(one.shares),
            agree: one.shares.same_side == one.shares.pairs,
            given: given.collect(),
            gold,
        }
    }
}

/// How many pairs agree, in a sentence.
fn in_shares(shares: Shares) -> String {
    let Shares {
        pairs,
        same,
        same_side,
    } = shares;
    format!("Of {pairs} pairs {same} gave the same level, {same_side} the same on met or not.")
}
