//! Writing micro-credentials in the browser: an organisation's list, the form of a draft, and importing.

pub(super) mod fields;
mod form;
mod importing;
mod preview;
mod readiness;
mod reviewing;
mod typed;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use self::fields::Fields;
use self::form::DraftForm;
use self::reviewing::SECOND_REVIEWS;
use super::page;
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::{MicroCredentialId, OrganisationId};
use crate::micro_credential::template::Template as Beginning;
use crate::micro_credential::{self, Basis, Content, EvidenceKind, MicroCredential, ResourceKind};
use crate::page::PageRequest;
use crate::rights::Action;
use crate::topic::{self, Topic};
use crate::transfer::slug;

pub fn routes() -> Vec<Route> {
    let (read, write) = (Action::ReadDrafts, Action::WriteMicroCredentials);
    let mut routes = vec![
        get(LIST, read, list),
        post(LIST, write, begin),
        get(
            "/organisations/{organisation}/micro-credentials/{name}/edit",
            read,
            edit,
        ),
        post(
            "/organisations/{organisation}/micro-credentials/{name}/edit",
            write,
            save,
        ),
        post(
            "/organisations/{organisation}/micro-credentials/{name}/publish",
            write,
            publish,
        ),
        post(
            "/organisations/{organisation}/micro-credentials/{name}/revise",
            write,
            revise,
        ),
        post(
            "/organisations/{organisation}/micro-credentials/{name}/discard",
            write,
            discard,
        ),
    ];
    routes.extend(preview::routes());
    routes.extend(readiness::routes());
    routes.extend(importing::routes());
    routes
}

const LIST: &str = "/organisations/{organisation}/micro-credentials";

#[derive(Template)]
#[template(path = "authoring/list.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    organisation: String,
    name: String,
    /// What was typed to begin a new one.
    title: String,
    description: String,
    template: String,
    templates: [Beginning; 2],
    problem: Option<String>,
    drafts: Vec<Line>,
    published: Vec<Line>,
    former: Vec<Line>,
}

/// A micro-credential in the organisation's list.
struct Line {
    id: String,
    title: String,
    version: u32,
}

#[derive(Template)]
#[template(path = "authoring/edit.html")]
struct EditPage<'a> {
    site: &'a Masthead,
    base: String,
    id: String,
    version: u32,
    form: &'a DraftForm,
    topics: Vec<(Topic, bool)>,
    basis: String,
    problem: Option<Problem>,
    saved: bool,
    has_image: bool,
}

/// Why a draft was not written, and where the reason stands.
struct Problem {
    message: String,
    place: String,
}

async fn list(
    State(edge): State<Edge>,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    show_list(&edge, organisation, Default::default(), None).await
}

async fn show_list(
    edge: &Edge,
    organisation: OrganisationId,
    [title, description, template]: [String; 3],
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let id = organisation.to_string();
    let (all, name) = edge
        .work(move |app| {
            let (mut all, mut asked) = (Vec::new(), PageRequest::most());
            loop {
                let page = app.store.micro_credentials_of(&organisation, &asked)?;
                all.extend(page.items);
                match page.next {
                    Some(next) if all.len() < MOST_LISTED => asked.cursor = Some(next),
                    _ => break,
                }
            }
            let found = app
                .store
                .organisation(&organisation)?
                .ok_or(Error::NotFound)?;
            Ok((all, found.profile.name.to_string()))
        })
        .await?;
    let line = |found: &MicroCredential| Line {
        id: found.id.to_string(),
        title: found.content.name.to_string(),
        version: found.version,
    };
    let those = |keep: fn(&MicroCredential) -> bool| {
        all.iter()
            .filter(|found| keep(found))
            .map(line)
            .collect::<Vec<_>>()
    };
    page(&ListPage {
        site: &edge.masthead,
        organisation: id,
        name,
        title,
        description,
        template,
        templates: Beginning::ALL,
        problem,
        drafts: those(|found| !found.is_published()),
        published: those(MicroCredential::is_newest),
        former: those(|found| found.superseded_by.is_some()),
    })
}

/// Begins a draft that says no more than its title and what it is in a sentence.
async fn begin(
    State(edge): State<Edge>,
    Caller { person: author, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let typed = ["title", "description", "template"].map(|name| fields.get(name).to_owned());
    let [title, description, template] = typed.clone();
    let base = format!("/organisations/{organisation}/micro-credentials");
    let owner = organisation.clone();
    let begun = edge
        .work(move |app| {
            let name = title.parse().map_err(|error: crate::text::TextError| {
                Error::invalid("/name", format!("the title: {error}"))
            })?;
            let id = slug(&title).and_then(|slug| slug.parse().ok());
            let id =
                id.ok_or_else(|| Error::invalid("/name", "a title has letters or digits in it"))?;
            let description = description
                .parse()
                .map_err(|error: crate::text::TextError| {
                    Error::invalid("/description", format!("what it is: {error}"))
                })?;
            let content = match Beginning::named(&template) {
                Some(template) => template.content(name, description),
                None => Content::new(name, description),
            };
            micro_credential::write(app, &author, owner, id, content)
        })
        .await;
    match begun {
        Ok(begun) => Ok(Redirect::to(&format!("{base}/{}/edit", begun.id)).into_response()),
        Err(HttpError::Service(error)) if error.is_about_input() => {
            let problem = Some(error.to_string());
            let again = show_list(&edge, organisation, typed, problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn edit(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    let draft = theirs(&edge, organisation, id).await?;
    if draft.is_published() {
        return Ok(Redirect::to(&format!("/achievements/{}", draft.id)).into_response());
    }
    let mut form = DraftForm::shown(&draft.content);
    if form.criteria.is_empty() && !draft.content.is_stack() {
        form.press("add-criterion");
    }
    show_form(&edge, &draft, &form, None, false).await
}

async fn show_form(
    edge: &Edge,
    draft: &MicroCredential,
    form: &DraftForm,
    problem: Option<Problem>,
    saved: bool,
) -> Result<Response, HttpError> {
    let topics = edge.work(topic::all).await?.into_iter().map(|topic| {
        let chosen = form.topics.iter().any(|id| id == topic.id.as_str());
        (topic, chosen)
    });
    page(&EditPage {
        site: &edge.masthead,
        base: format!("/organisations/{}/micro-credentials", draft.organisation),
        id: draft.id.to_string(),
        version: draft.version,
        form,
        topics: topics.collect(),
        basis: draft.content.sha256().to_string(),
        problem,
        saved,
        has_image: draft.content.image.is_some(),
    })
}

/// Saves the form, or changes its rows: then nothing is written yet.
async fn save(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
    body: Body,
) -> Result<Response, HttpError> {
    let fields = Fields::read(body).await?;
    let draft = theirs(&edge, organisation, id).await?;
    let mut form = DraftForm::typed(&fields);
    let button = fields.get("do");
    if button != "save" {
        form.press(button);
        return show_form(&edge, &draft, &form, None, false).await;
    }
    let refused = |message: String, place: String| Problem { message, place };
    let content = match serde_path_to_error::deserialize::<_, Content>(form.content(&draft.content))
    {
        Ok(content) => content,
        Err(error) => {
            let place = error.path().to_string();
            let problem = refused(error.into_inner().to_string(), place);
            return unprocessable(show_form(&edge, &draft, &form, Some(problem), false).await);
        }
    };
    let basis = fields
        .get("basis")
        .parse()
        .map_or(Basis::Whatever, Basis::Content);
    let id = draft.id.clone();
    let written = edge
        .work(move |app| micro_credential::rewrite(app, &id, content, basis))
        .await;
    match written {
        Ok(written) => {
            let form = DraftForm::shown(&written.content);
            show_form(&edge, &written, &form, None, true).await
        }
        Err(HttpError::Service(error)) if error.is_about_input() => {
            let place = error
                .pointer()
                .unwrap_or_default()
                .trim_start_matches('/')
                .replace('/', ".");
            let problem = refused(error.to_string(), place);
            unprocessable(show_form(&edge, &draft, &form, Some(problem), false).await)
        }
        Err(other) => Err(other),
    }
}

fn unprocessable(again: Result<Response, HttpError>) -> Result<Response, HttpError> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, again?).into_response())
}

async fn publish(
    State(edge): State<Edge>,
    caller: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    let by = caller.actor();
    let now = edge.clock.now();
    let draft = theirs(&edge, organisation, id).await?;
    let id = draft.id.clone();
    let published = edge
        .work(move |app| micro_credential::publish(app, by, &id, now))
        .await;
    match published {
        Ok(published) => {
            Ok(Redirect::to(&format!("/achievements/{}", published.id)).into_response())
        }
        Err(HttpError::Service(error)) if error.is_about_input() => {
            let place = error
                .pointer()
                .unwrap_or_default()
                .trim_start_matches('/')
                .replace('/', ".");
            let problem = Problem {
                message: format!("It is not published yet: {error}"),
                place,
            };
            let form = DraftForm::shown(&draft.content);
            unprocessable(show_form(&edge, &draft, &form, Some(problem), false).await)
        }
        Err(other) => Err(other),
    }
}

async fn revise(
    State(edge): State<Edge>,
    Caller { person: author, .. }: Caller,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    let former = theirs(&edge, organisation, id).await?;
    let revision = edge
        .work(move |app| micro_credential::revise(app, &author, &former.id, None))
        .await?;
    let base = format!("/organisations/{}/micro-credentials", revision.organisation);
    Ok(Redirect::to(&format!("{base}/{}/edit", revision.id)).into_response())
}

async fn discard(
    State(edge): State<Edge>,
    Path((Id(organisation), Id(id))): Path<(Id<OrganisationId>, Id<MicroCredentialId>)>,
) -> Result<Response, HttpError> {
    let draft = theirs(&edge, organisation, id).await?;
    let back = format!("/organisations/{}/micro-credentials", draft.organisation);
    edge.work(move |app| micro_credential::discard(app, &draft.id))
        .await?;
    Ok(Redirect::to(&back).into_response())
}

/// What the organisation of the address has under this name; nothing of others.
async fn theirs(
    edge: &Edge,
    organisation: OrganisationId,
    id: MicroCredentialId,
) -> Result<MicroCredential, HttpError> {
    let find = move |app: &App| {
        let found = app.store.micro_credential(&id)?;
        let theirs = found.filter(|found| found.organisation == organisation);
        theirs.ok_or(Error::NotFound)
    };
    edge.work(find).await
}

/// What one page shows of an organisation's list.
const MOST_LISTED: usize = 2_000;
/// The lines around a file in a form.
const FORM_EDGE: usize = 2_000;
