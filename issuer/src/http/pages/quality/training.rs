//! The pages of training sets: which there are, what they take, and where one stands.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::rules::{Typed, read_rules};
use super::{Head, Sent, again, name_of, page, sent, title_of};
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
use crate::id::{MicroCredentialId, OrganisationId, PersonId};
use crate::page::PageRequest;
use crate::quality::training::{self, Rules};
use crate::quality::trying::{self, Next, Passed, Progress, Try};
use crate::quality::{QualityError, certification};
use crate::rights::{self, Action};
use crate::wording;
use schemas::timestamp::Timestamp;

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/training";
    let one = "/organisations/{organisation}/training/{line}";
    vec![
        get(all, Action::ReadTraining, list),
        post(all, Action::WriteTraining, make),
        get(one, Action::ReadTraining, open),
        post(one, Action::WriteTraining, set_rules),
    ]
}

#[derive(Template)]
#[template(path = "quality/training.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    head: Head,
    sets: Vec<Line>,
    /// Whether the caller is one of those who train.
    trains: bool,
    /// What a set can be made for, if the caller makes sets.
    without: Option<Vec<(MicroCredentialId, String)>>,
}

/// A training set in the list.
struct Line {
    line: MicroCredentialId,
    title: String,
    standing: Standing,
}

/// Where somebody stands with a training set, in words.
struct Standing {
    /// A word beside the name.
    word: &'static str,
    certified: bool,
    sentence: String,
}

#[derive(Template)]
#[template(path = "quality/set.html")]
struct SetPage<'a> {
    site: &'a Masthead,
    head: Head,
    line: MicroCredentialId,
    title: String,
    rules: Rules,
    badge: Option<(MicroCredentialId, String)>,
    /// Whether the caller is one of those who train.
    trains: bool,
    standing: Standing,
    /// What the button does; nothing if it can do nothing.
    button: Option<&'static str>,
    /// Where an open try goes on.
    open: Option<String>,
    tries: Vec<TryLine>,
    /// The form of the rules, for those who write them.
    typed: Option<Typed>,
    /// The organisation's other micro-credentials, to choose a badge from.
    badges: Vec<(MicroCredentialId, String)>,
    certified: Option<Vec<(String, String, bool)>>,
    problem: Option<String>,
}

struct TryLine {
    path: String,
    number: u32,
    begun: String,
    result: String,
}

async fn list(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let (head, sets, trains, without) = edge
        .work(move |app| {
            let found = trying::progress_in_all(app, &person, &organisation, now)?;
            let mut sets = Vec::new();
            for progress in &found {
                sets.push(Line {
                    line: progress.set.line.clone(),
                    title: title_of(app, &progress.set.line)?,
                    standing: Standing::of(progress),
                });
            }
            let writes = rights::may(app, person.id, Action::WriteTraining, Some(&organisation))?;
            let without = match writes {
                true => Some(without_set(app, &organisation, &sets)?),
                false => None,
            };
            let trains = rights::may(app, person.id, Action::Train, Some(&organisation))?;
            let head = Head::of(app, person.id, &organisation)?;
            Ok((head, sets, trains, without))
        })
        .await?;
    page(&ListPage {
        site: &edge.masthead,
        head,
        sets,
        trains,
        without,
    })
}

/// The lines that an organisation publishes and has no set for.
fn without_set(
    app: &App,
    organisation: &OrganisationId,
    sets: &[Line],
) -> Result<Vec<(MicroCredentialId, String)>, Error> {
    let mut found = published(app, organisation)?;
    found.retain(|(line, _)| sets.iter().all(|set| set.line != *line));
    Ok(found)
}

/// What an organisation publishes that is earned by evidence, by its lines.
fn published(
    app: &App,
    organisation: &OrganisationId,
) -> Result<Vec<(MicroCredentialId, String)>, Error> {
    let mut found = Vec::new();
    let mut asked = PageRequest::most();
    loop {
        let page = app.store.micro_credentials_of(organisation, &asked)?;
        for one in page.items {
            if one.is_newest() && !one.content.is_stack() {
                found.push((one.line, one.content.name.to_string()));
            }
        }
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => return Ok(found),
        }
    }
}

/// Makes a set under the usual rules.
async fn make(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let line: MicroCredentialId = fields
        .get("line")
        .parse()
        .map_err(|_| HttpError::NotFound)?;
    let place = format!("/organisations/{organisation}/training/{line}");
    edge.work(move |app| {
        // Sent twice, it must not undo what was changed since.
        if app.store.training_set(&organisation, &line)?.is_none() {
            training::set_rules(app, &organisation, &line, Rules::default())?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&place).into_response())
}

async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    show(&edge, person.id, organisation, line, None).await
}

/// Shows a set, or shows it again with what was typed and why it was refused.
pub(super) async fn show(
    edge: &Edge,
    person: PersonId,
    organisation: OrganisationId,
    line: MicroCredentialId,
    refused: Option<(Option<Fields>, Error)>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let site = edge.masthead.clone();
    let (typed, problem) = match refused {
        Some((typed, problem)) => (typed, Some(sentence(&problem))),
        None => (None, None),
    };
    edge.work(move |app| {
        let person = app.store.person(person)?.ok_or(Error::NotFound)?;
        let progress = trying::progress(app, &person, &organisation, &line, now)?;
        let may = |action| rights::may(app, person.id, action, Some(&organisation));
        let rules = progress.set.rules.clone();
        let base = format!("/organisations/{organisation}/training/{line}");
        let at = |number: u32| format!("{base}/tries/{}/{number}", person.id);
        let trains = may(Action::Train)?;
        let typed = match may(Action::WriteTraining)? {
            true => Some(typed.map_or_else(|| Typed::of(&rules), |typed| Typed::read(&typed))),
            false => None,
        };
        let badges = match typed {
            Some(_) => published(app, &organisation)?,
            None => Vec::new(),
        };
        let shown = SetPage {
            site: &site,
            head: Head::of(app, person.id, &organisation)?,
            title: title_of(app, &line)?,
            badge: match &rules.badge {
                Some(badge) => Some((badge.clone(), title_of(app, badge)?)),
                None => None,
            },
            trains,
            standing: Standing::of(&progress),
            button: match progress.next {
                Next::Begin if trains => Some("Begin a try"),
                _ => None,
            },
            open: match progress.next {
                Next::GoOn(number) if trains => Some(at(number)),
                _ => None,
            },
            tries: progress
                .tries
                .iter()
                .map(|one| TryLine::of(one, at(one.number)))
                .collect(),
            certified: match may(Action::ReadCertifications)? {
                true => Some(certified(app, &organisation, &line, now)?),
                false => None,
            },
            badges: badges.into_iter().filter(|(id, _)| *id != line).collect(),
            typed,
            problem,
            rules,
            line,
        };
        Ok(page(&shown))
    })
    .await?
}

/// Who is certified, until when, and whether that is still so.
fn certified(
    app: &App,
    organisation: &OrganisationId,
    line: &MicroCredentialId,
    now: Timestamp,
) -> Result<Vec<(String, String, bool)>, Error> {
    let found = certification::all(app, organisation, line, &PageRequest::most())?;
    let mut shown = Vec::new();
    for one in found.items {
        let good = one.is_good(app, now)?;
        shown.push((name_of(app, one.person)?, wording::day(one.until), good));
    }
    Ok(shown)
}

async fn set_rules(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let rules = read_rules(&Typed::read(&fields));
    let (owner, of) = (organisation.clone(), line.clone());
    let done = edge.work(move |app| {
        training::set_rules(app, &owner, &of, rules?)?;
        Ok(format!("/organisations/{owner}/training/{of}"))
    });
    match sent(done.await)? {
        Sent::To(place) => Ok(Redirect::to(&place).into_response()),
        Sent::Refused(problem) => {
            let refused = Some((Some(fields), problem));
            Ok(again(
                show(&edge, person.id, organisation, line, refused).await?,
            ))
        }
    }
}

impl Standing {
    fn of(progress: &Progress) -> Standing {
        let (word, mut sentence) = match (progress.certified_until, &progress.certification) {
            (Some(until), _) => {
                let until = wording::day(until);
                ("Certified", format!("You are certified until {until}."))
            }
            (None, Some(_)) => {
                let text = "Your certification is over.".to_owned();
                ("Not certified any more", text)
            }
            (None, None) => ("Not certified", "You are not certified for it.".to_owned()),
        };
        match progress.next {
            Next::GoOn(_) => sentence.push_str(" You have begun a try."),
            Next::Nothing(QualityError::TryLater { until }) => {
                let until = wording::moment(until);
                sentence.push_str(&format!(" The next try can be begun on {until}."));
            }
            Next::Nothing(QualityError::TooFewExemplars { .. }) => {
                sentence.push_str(" There are too few exemplars yet for a try.");
            }
            Next::Begin | Next::Nothing(_) => {}
        }
        Standing {
            word,
            certified: progress.certified_until.is_some(),
            sentence,
        }
    }
}

impl TryLine {
    fn of(one: &Try, path: String) -> TryLine {
        let result = match &one.outcome {
            None => {
                let (done, all) = (one.scored.len(), one.exemplars.len());
                format!("{done} of {all} scored")
            }
            Some(outcome) => {
                let word = match outcome.result {
                    Passed::Passed => "Passed",
                    Passed::Practice => "Practice",
                };
                let (same, all) = (outcome.same, outcome.scores);
                format!("{word}: {same} of {all} levels right")
            }
        };
        TryLine {
            path,
            number: one.number,
            begun: wording::day(one.begun),
            result,
        }
    }
}
