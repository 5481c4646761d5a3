//! The page of calibration sessions: which there are, and opening one.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Head, Sent, again, name_of, page, read, sent, title_of};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::account::sentence;
use crate::http::pages::authoring::fields::Fields;
use crate::http::paging::Paging;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{OrganisationId, PersonId};
use crate::organisation::Role;
use crate::page::{Cursor, PageRequest};
use crate::person::Person;
use crate::quality::calibration::{self, Calibration, NewCalibration, NewSubject, State as Open};
use crate::rights::{self, Action};
use crate::wording;

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/calibrations";
    vec![
        get(all, Action::ReadCalibrations, list),
        post(all, Action::LeadCalibration, begin),
    ]
}

#[derive(Template)]
#[template(path = "quality/calibrations.html")]
struct SessionsPage<'a> {
    site: &'a Masthead,
    head: Head,
    sessions: Vec<Line>,
    next: Option<Cursor>,
    /// The form to open one, for those who lead them.
    form: Option<OpenForm>,
    problem: Option<String>,
}

struct Line {
    path: String,
    title: String,
    about: String,
    word: &'static str,
    wants_you: bool,
    detail: String,
}

struct OpenForm {
    title: String,
    /// Decided submissions and exemplars: value, words, and whether it was chosen.
    subjects: Vec<(String, String, bool)>,
    reviewers: Vec<(PersonId, String, bool)>,
}

async fn list(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    Paging { page: asked, .. }: Paging,
) -> Result<Response, HttpError> {
    show(&edge, person, organisation, asked, None).await
}

async fn show(
    edge: &Edge,
    person: Person,
    organisation: OrganisationId,
    asked: PageRequest,
    refused: Option<(Fields, Error)>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    edge.work(move |app| {
        let found = calibration::list(app, &organisation, &asked)?;
        let mut sessions = Vec::new();
        for one in found.items {
            sessions.push(Line::of(app, &person, &one)?);
        }
        let leads = rights::may(app, person.id, Action::LeadCalibration, Some(&organisation))?;
        let typed = refused.as_ref().map(|(typed, _)| typed);
        let shown = SessionsPage {
            site: &site,
            head: Head::of(app, person.id, &organisation)?,
            sessions,
            next: found.next,
            form: match leads {
                true => Some(OpenForm::of(app, &organisation, typed)?),
                false => None,
            },
            problem: refused.as_ref().map(|(_, problem)| sentence(problem)),
        };
        Ok(page(&shown))
    })
    .await?
}

async fn begin(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let now = edge.clock.now();
    let new = new_session(&fields);
    let (leader, owner) = (person.clone(), organisation.clone());
    let opened = edge.work(move |app| {
        let opened = calibration::open(app, &leader, &owner, new?, now)?;
        Ok(format!("/organisations/{owner}/calibrations/{}", opened.id))
    });
    match sent(opened.await)? {
        Sent::To(place) => Ok(Redirect::to(&place).into_response()),
        Sent::Refused(problem) => {
            let (asked, refused) = (PageRequest::default(), Some((fields, problem)));
            Ok(again(
                show(&edge, person, organisation, asked, refused).await?,
            ))
        }
    }
}

/// What is scored is named in one field, by what kind of thing it is.
fn new_session(typed: &Fields) -> Result<NewCalibration, Error> {
    let unknown = "please choose the work that is to be scored";
    let parts: Vec<&str> = typed.get("subject").split(':').collect();
    let subject = match parts.as_slice() {
        ["submission", id] => NewSubject::Submission(read(id, "/submission", unknown)?),
        ["exemplar", line, id] => NewSubject::Exemplar {
            line: read(line, "/exemplar", unknown)?,
            exemplar: read(id, "/exemplar", unknown)?,
        },
        _ => return Err(Error::invalid("/submission", unknown)),
    };
    let reviewers = typed.all("reviewer");
    let reviewer = |id: &String| read(id, "/reviewers", "there is no such person");
    Ok(NewCalibration {
        title: read(typed.get("title"), "/title", "please say what it is called")?,
        subject,
        reviewers: reviewers.iter().map(reviewer).collect::<Result<_, _>>()?,
    })
}

impl Line {
    fn of(app: &App, person: &Person, one: &Calibration) -> Result<Line, Error> {
        let open = one.state == Open::Open;
        let wants_you = open && one.asks(person) && calibration::sheet(app, person, one)?.is_none();
        let (scored, asked) = (one.scored, one.reviewers.len());
        let opened = wording::day(one.opened);
        Ok(Line {
            path: format!(
                "/organisations/{}/calibrations/{}",
                one.organisation, one.id
            ),
            title: one.title.to_string(),
            about: title_of(app, &one.micro_credential)?,
            word: match (open, wants_you) {
                (true, true) => "Waits for you",
                (true, false) => "Open",
                (false, _) => "Closed",
            },
            wants_you,
            detail: format!("Opened on {opened}; {scored} of {asked} have scored"),
        })
    }
}

impl OpenForm {
    fn of(
        app: &App,
        organisation: &OrganisationId,
        typed: Option<&Fields>,
    ) -> Result<OpenForm, Error> {
        let subject = typed.map_or("", |typed| typed.get("subject"));
        let mut subjects: Vec<(String, String, bool)> = Vec::new();
        for one in app.store.last_decided(organisation, DECIDED)? {
            let title = title_of(app, &one.micro_credential)?;
            let (version, on) = (one.version, wording::moment(one.finished));
            let value = format!("submission:{}", one.submission);
            let words = format!("{title}, version {version}, decided on {on}");
            let chosen = value == subject;
            // Of a submission the version that was decided last is scored.
            if !subjects.iter().any(|(known, ..)| *known == value) {
                subjects.push((value, words, chosen));
            }
        }
        for set in app.store.training_sets(organisation)? {
            let title = title_of(app, &set.line)?;
            let exemplars = app.store.exemplars(organisation, &set.line)?;
            for (place, one) in exemplars.iter().enumerate() {
                let value = format!("exemplar:{}:{}", set.line, one.id);
                let words = format!("{title}, exemplar {}", place + 1);
                let chosen = value == subject;
                subjects.push((value, words, chosen));
            }
        }
        let ticked = typed.map(|typed| typed.all("reviewer")).unwrap_or_default();
        let mut reviewers = Vec::new();
        let mut asked = PageRequest::most();
        loop {
            let members = app.store.members(organisation, &asked)?;
            for member in members.items {
                let reviewing = [Role::Reviewer, Role::Adjudicator];
                if reviewing.iter().any(|role| member.roles.contains(role)) {
                    let is_ticked = ticked.contains(&member.person.to_string());
                    let name = name_of(app, member.person)?;
                    reviewers.push((member.person, name, is_ticked));
                }
            }
            match members.next {
                Some(next) if reviewers.len() < CHOICES => asked.cursor = Some(next),
                _ => break,
            }
        }
        Ok(OpenForm {
            title: typed.map_or_else(String::new, |typed| typed.get("title").to_owned()),
            subjects,
            reviewers,
        })
    }
}

/// As many as anybody looks through in a list.
const DECIDED: usize = 50;
/// The same of names.
const CHOICES: usize = 200;
