//! The page on which an operator edits the topics of the catalogue.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::account::sentence;
use super::page;
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get, post};
use crate::id::TopicId;
use crate::rights::Action;
use crate::topic::{self, Topic};
use crate::transfer::slug;

pub fn routes() -> Vec<Route> {
    let change = Action::ChangeTopics;
    vec![
        get("/topics", change, open),
        post("/topics", change, add),
        post("/topics/{topic}/rename", change, rename),
        post("/topics/{topic}/remove", change, remove),
    ]
}

#[derive(Template)]
#[template(path = "topics.html")]
struct TopicsPage<'a> {
    site: &'a Masthead,
    topics: Vec<Topic>,
    typed: String,
    problem: Option<String>,
}

async fn open(State(edge): State<Edge>) -> Result<Response, HttpError> {
    show(&edge, String::new(), None).await
}

async fn show(edge: &Edge, typed: String, problem: Option<String>) -> Result<Response, HttpError> {
    page(&TopicsPage {
        site: &edge.masthead,
        topics: edge.work(topic::all).await?,
        typed,
        problem,
    })
}

/// Adds a topic, whose name in addresses is made of what people read.
async fn add(State(edge): State<Edge>, form: Form) -> Result<Response, HttpError> {
    let typed = form.text("name").unwrap_or_default().to_owned();
    let name = typed.clone();
    let work = move |app: &App| {
        let id = slug(&name).and_then(|slug| slug.parse::<TopicId>().ok());
        let id = id.ok_or(Error::invalid(
            "/name",
            "a topic has letters or digits in it",
        ))?;
        if app.store.topic(&id)?.is_some() {
            return Err(Error::conflict("there is a topic of this name"));
        }
        named(app, id, &name)
    };
    done(&edge, typed, work).await
}

async fn rename(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<TopicId>>,
    form: Form,
) -> Result<Response, HttpError> {
    let name = form.text("name").unwrap_or_default().to_owned();
    let work = move |app: &App| {
        app.store.topic(&id)?.ok_or(Error::NotFound)?;
        named(app, id, &name)
    };
    done(&edge, String::new(), work).await
}

async fn remove(
    State(edge): State<Edge>,
    Path(Id(id)): Path<Id<TopicId>>,
) -> Result<Response, HttpError> {
    done(&edge, String::new(), move |app| topic::remove(app, &id)).await
}

fn named(app: &App, id: TopicId, name: &str) -> Result<(), Error> {
    let wrong = |error| Error::invalid("/name", format!("this name cannot be used: {error}"));
    let name = name
        .parse()
        .map_err(|error: crate::text::TextError| wrong(error))?;
    topic::put(app, Topic { id, name }).map(|_| ())
}

async fn done(
    edge: &Edge,
    typed: String,
    work: impl FnOnce(&App) -> Result<(), Error> + Send + 'static,
) -> Result<Response, HttpError> {
    match edge.work(work).await {
        Ok(()) => Ok(Redirect::to("/topics").into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let shown = show(edge, typed, Some(sentence(&problem))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error),
    }
}
