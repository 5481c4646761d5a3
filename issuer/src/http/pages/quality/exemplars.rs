//! The page of exemplars: the work, what it ought to be given and why.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::shown::{Kind, Row, Work, in_words};
use super::{Head, Sent, again, page, read, sent, title_of};
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
use crate::micro_credential::{self, EvidenceRequirement, MicroCredential};
use crate::quality::training::{self, Exemplar, Gold, NewExemplar, Sample, SampleContent};
use crate::rights::Action;
use crate::rubric::Criterion;

pub fn routes() -> Vec<Route> {
    let all = "/organisations/{organisation}/training/{line}/exemplars";
    vec![
        get(all, Action::ReadExemplars, open),
        post(all, Action::WriteTraining, add),
        post(
            "/organisations/{organisation}/training/{line}/exemplars/{exemplar}/retire",
            Action::WriteTraining,
            retire,
        ),
    ]
}

#[derive(Template)]
#[template(path = "quality/exemplars.html")]
struct ExemplarsPage<'a> {
    site: &'a Masthead,
    head: Head,
    line: MicroCredentialId,
    title: String,
    exemplars: Vec<Shown>,
    /// What was typed for a new one.
    name: String,
    asked: Vec<Asked>,
    rows: Vec<Row>,
    problem: Option<String>,
}

struct Shown {
    id: ExemplarId,
    title: String,
    version: MicroCredentialId,
    work: Vec<Work>,
    gold: Vec<(String, String, String)>,
    retired: bool,
}

/// A requirement, and what was typed for it.
struct Asked {
    place: usize,
    name: String,
    link: String,
    text: String,
}

type Set = (Id<OrganisationId>, Id<MicroCredentialId>);

async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line))): Path<Set>,
) -> Result<Response, HttpError> {
    show(&edge, person.id, organisation, line, None).await
}

async fn show(
    edge: &Edge,
    person: PersonId,
    organisation: OrganisationId,
    line: MicroCredentialId,
    refused: Option<(Fields, Error)>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    let problem = refused.as_ref().map(|(_, problem)| sentence(problem));
    let typed = refused.map(|(typed, _)| typed);
    edge.work(move |app| {
        let found = training::exemplars(app, &organisation, &line)?;
        let exemplars = found.iter().map(|one| Shown::of(app, one));
        let exemplars = exemplars.collect::<Result<Vec<_>, _>>()?;
        let version = training::newest(app, &line)?;
        let asked = version.content.evidence_requirements.iter().enumerate();
        let shown = ExemplarsPage {
            site: &site,
            head: Head::of(app, person, &organisation)?,
            title: title_of(app, &line)?,
            exemplars,
            name: typed
                .as_ref()
                .map_or_else(String::new, |typed| typed.get("title").to_owned()),
            asked: asked.map(|one| Asked::of(one, typed.as_ref())).collect(),
            rows: Row::all(&version.content.rubric, typed.as_ref()),
            problem,
            line,
        };
        Ok(page(&shown))
    })
    .await?
}

async fn add(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path((Id(organisation), Id(line))): Path<Set>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let now = edge.clock.now();
    let (owner, of, author) = (organisation.clone(), line.clone(), person.clone());
    let (fields, done) = edge
        .work(move |app| {
            let version = training::newest(app, &of)?;
            let done = new_exemplar(&version, &fields)
                .and_then(|new| training::add_exemplar(app, &author, &owner, &of, new, now));
            Ok((fields, done))
        })
        .await?;
    let place = format!("/organisations/{organisation}/training/{line}/exemplars");
    match sent(done.map(|_| place).map_err(HttpError::from))? {
        Sent::To(place) => Ok(Redirect::to(&place).into_response()),
        Sent::Refused(problem) => {
            let refused = Some((fields, problem));
            Ok(again(
                show(&edge, person.id, organisation, line, refused).await?,
            ))
        }
    }
}

async fn retire(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(line), Id(exemplar))): Path<(
        Id<OrganisationId>,
        Id<MicroCredentialId>,
        Id<ExemplarId>,
    )>,
) -> Result<Response, HttpError> {
    let now = edge.clock.now();
    let place = format!("/organisations/{organisation}/training/{line}/exemplars");
    edge.work(move |app| training::retire_exemplar(app, &organisation, &line, exemplar, now))
        .await?;
    Ok(Redirect::to(&place).into_response())
}

/// Reads the form: a link and a text for each requirement, of which one at least is filled in.
fn new_exemplar(version: &MicroCredential, typed: &Fields) -> Result<NewExemplar, Error> {
    let content = &version.content;
    let mut work = Vec::new();
    for (place, asked) in content.evidence_requirements.iter().enumerate() {
        let mut add = |content| {
            work.push(Sample {
                requirement: asked.id.clone(),
                content,
            });
        };
        let link = typed.get(&format!("link-{place}")).trim();
        if !link.is_empty() {
            let message = "an address begins with https://";
            add(SampleContent::Link(read(link, "/work", message)?));
        }
        let text = typed.get(&format!("text-{place}")).trim();
        if !text.is_empty() {
            let message = "a piece of work is too long, or has characters that nobody sees";
            add(SampleContent::Text(read(text, "/work", message)?));
        }
    }
    let gold = |(place, criterion): (usize, &Criterion)| {
        let (level, reason) = (
            typed.get(&format!("level-{place}")),
            typed.get(&format!("comment-{place}")),
        );
        let name = &criterion.name;
        let message = format!("please choose the right level for {name}");
        let level = read(level, "/gold", &message)?;
        let message = format!("please say why it is this level for {name}");
        Ok(Gold {
            criterion: criterion.id.clone(),
            level,
            reason: read(reason, "/gold", &message)?,
        })
    };
    let criteria = content.rubric.criteria().iter().enumerate();
    Ok(NewExemplar {
        title: read(typed.get("title"), "/title", "please say what it is called")?,
        work,
        gold: criteria.map(gold).collect::<Result<_, Error>>()?,
    })
}

impl Asked {
    fn of((place, asked): (usize, &EvidenceRequirement), typed: Option<&Fields>) -> Asked {
        let get = |name: &str| {
            let typed = typed.map(|typed| typed.get(&format!("{name}-{place}")));
            typed.unwrap_or_default().to_owned()
        };
        Asked {
            place,
            name: asked.name.to_string(),
            link: get("link"),
            text: get("text"),
        }
    }
}

impl Shown {
    fn of(app: &App, exemplar: &Exemplar) -> Result<Shown, Error> {
        let version = micro_credential::published(app, &exemplar.micro_credential)?;
        let rubric = &version.content.rubric;
        let work = exemplar.work.iter().enumerate();
        let gold = |gold: &Gold| {
            let known = rubric.criterion(&gold.criterion);
            let name = known.map_or_else(String::new, |known| known.name.to_string());
            let (level, _) = in_words(rubric, &gold.criterion, &gold.level);
            (name, level, gold.reason.to_string())
        };
        Ok(Shown {
            id: exemplar.id,
            title: exemplar.title.to_string(),
            work: work.map(|one| Work::of_sample(&version, one)).collect(),
            gold: exemplar.gold.iter().map(gold).collect(),
            retired: exemplar.retired.is_some(),
            version: version.id,
        })
    }
}
