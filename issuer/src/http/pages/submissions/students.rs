//! The page on which somebody says that students are in a piece, and that they agreed.

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::shown::{described, sentence};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{EvidenceId, SubmissionId};
use crate::micro_credential;
use crate::person::Person;
use crate::rights::Action;
use crate::submission::{
    self, Consent, ConsentGiver, ConsentStatement, NewConsent, State as Stage, Students,
};
use crate::wording;
use schemas::timestamp::Timestamp;

pub fn routes() -> Vec<Route> {
    let path = "/my/submissions/{submission}/evidence/{evidence}/students";
    vec![
        get(path, Action::ReadSubmission, show),
        post(path, Action::ChangeSubmission, save),
    ]
}

#[derive(Template)]
#[template(path = "evidence/students.html")]
struct StudentsPage {
    site: Masthead,
    submission: SubmissionId,
    path: String,
    title: String,
    name: String,
    open: bool,
    saved: bool,
    problem: Option<String>,
    state: Mark,
    /// Who agreed and when, in a sentence.
    told: String,
    by: String,
    given: String,
    statement: ConsentStatement,
}

/// How the mark of a piece stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Unmarked,
    WithoutConsent,
    Consented,
    Withdrawn,
}

/// What was typed, and why it was not kept.
struct Refused {
    problem: String,
    by: String,
    given: String,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    RawQuery(query): RawQuery,
) -> Result<Response, HttpError> {
    let masthead = edge.masthead.clone();
    let mut filled = edge
        .work(move |app| StudentsPage::of(app, &person, (id, piece), masthead))
        .await?;
    filled.saved = query.as_deref() == Some("saved");
    page(&filled)
}

async fn save(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(id), Id(piece))): Path<(Id<SubmissionId>, Id<EvidenceId>)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let form = Form::read(&headers, body, FORM_BYTES).await?;
    let value = |name: &str| form.text(name).unwrap_or_default().to_owned();
    let (by, given) = (value("by"), value("given"));
    let (wanted, now) = (value("do"), edge.clock.now());
    let consent = consent(&by, &given, &value("statement"));
    let (asker, masthead) = (person.clone(), edge.masthead.clone());
    let done = edge
        .work(move |app| Ok(keep(app, &asker, (id, piece), &wanted, consent, now)))
        .await?;
    let problem = match done {
        Ok(()) => {
            let back = format!("/my/submissions/{id}/evidence/{piece}/students?saved");
            return Ok(Redirect::to(&back).into_response());
        }
        Err(problem) if problem.is_about_input() => sentence(&problem.to_string()),
        Err(problem) => return Err(problem.into()),
    };
    let refused = Refused { problem, by, given };
    let filled = edge
        .work(move |app| {
            let found = StudentsPage::of(app, &person, (id, piece), masthead)?;
            Ok(found.refusing(refused))
        })
        .await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&filled)?).into_response())
}

/// What was said of consent; nothing if nobody has agreed.
fn consent(by: &str, given: &str, statement: &str) -> Result<Option<NewConsent>, Error> {
    let by = match by {
        "guardian" => ConsentGiver::Guardian,
        "adult_student" => ConsentGiver::AdultStudent,
        "school_form" => ConsentGiver::SchoolForm,
        "nobody" => return Ok(None),
        _ => return Err(Error::invalid("/by", "please say who agreed")),
    };
    let given = given.parse();
    let given = given.map_err(|_| Error::invalid("/given", "please say on which day they agreed"));
    let unconfirmed = || Error::invalid("/statement", "please confirm the statement on consent");
    Ok(Some(NewConsent {
        by,
        given: given?,
        statement: statement.parse().map_err(|_| unconfirmed())?,
    }))
}

fn keep(
    app: &App,
    person: &Person,
    (id, piece): (SubmissionId, EvidenceId),
    wanted: &str,
    consent: Result<Option<NewConsent>, Error>,
    now: Timestamp,
) -> Result<(), Error> {
    match wanted {
        "" | "save" => submission::mark_students(app, person, id, piece, consent?, now)?,
        "withdraw" => submission::withdraw_consent(app, person, id, piece, now)?,
        "unmark" => submission::unmark_students(app, person, id, piece)?,
        _ => return Err(Error::NotFound),
    };
    Ok(())
}

impl StudentsPage {
    fn of(
        app: &App,
        person: &Person,
        (id, piece): (SubmissionId, EvidenceId),
        site: Masthead,
    ) -> Result<StudentsPage, Error> {
        let submission = submission::of_earner(app, person, id)?;
        let mut entries = submission.evidence.iter();
        let entry = entries.find(|entry| entry.id == piece);
        let entry = entry.ok_or(Error::NotFound)?;
        let found = submission::evidence_of_earner(app, person, id, piece)?;
        let earned = micro_credential::published(app, &submission.micro_credential)?;
        let base = format!("/my/submissions/{id}");
        let (name, _, _) = described(piece, &found.content, &base);
        let (state, consent, told) = match &entry.students {
            None => (Mark::Unmarked, None, String::new()),
            Some(Students::WithoutConsent) => (Mark::WithoutConsent, None, String::new()),
            Some(Students::Consented(consent)) => (Mark::Consented, Some(consent), agreed(consent)),
            Some(Students::Withdrawn { consent, at }) => {
                let told = format!(
                    "{} It was taken back on {}.",
                    agreed(consent),
                    wording::day(*at)
                );
                (Mark::Withdrawn, None, told)
            }
        };
        Ok(StudentsPage {
            site,
            submission: id,
            path: format!("{base}/evidence/{piece}/students"),
            title: earned.content.name.to_string(),
            name,
            open: matches!(submission.state, Stage::Draft | Stage::Returned)
                && entry.first_version > submission.versions,
            saved: false,
            problem: None,
            state,
            told,
            by: consent
                .map_or("", |consent| value_of(consent.by))
                .to_owned(),
            given: consent.map_or_else(String::new, |consent| consent.given.to_string()),
            statement: ConsentStatement::CURRENT,
        })
    }

    fn refusing(self, refused: Refused) -> StudentsPage {
        StudentsPage {
            problem: Some(refused.problem),
            by: refused.by,
            given: refused.given,
            ..self
        }
    }
}

fn value_of(by: ConsentGiver) -> &'static str {
    match by {
        ConsentGiver::Guardian => "guardian",
        ConsentGiver::AdultStudent => "adult_student",
        ConsentGiver::SchoolForm => "school_form",
    }
}

/// Who agreed and when.
fn agreed(consent: &Consent) -> String {
    let who = match consent.by {
        ConsentGiver::Guardian => "Parents or guardians agreed",
        ConsentGiver::AdultStudent => "Students who are of age agreed",
        ConsentGiver::SchoolForm => "They agreed on a form that the school keeps",
    };
    let (given, recorded) = (&consent.given, wording::day(consent.recorded));
    format!("{who} on {given}; recorded on {recorded}.")
}

/// Four short fields.
const FORM_BYTES: usize = 1_024;
