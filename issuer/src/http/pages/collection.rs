//! The badges that a person brought here: bringing them, looking at them, and taking them away.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::other_hosts::take;
use super::page;
use crate::error::Error;
use crate::fetch::Wanted;
use crate::hosted::{self, Found, Hosted, Kept, Outcome, Picture, Source, TextForm};
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::http::parameter::{Id, Path, Query};
use crate::http::route::{Route, get, post};
use crate::http::verifying::{MOST_FORM_BYTES, Presented, Question};
use crate::id::HostedId;
use crate::person::Person;
use crate::rights::Action;
use crate::wording;

pub fn routes() -> Vec<Route> {
    let one = "/my/collection/{hosted}";
    vec![
        get("/my/collection", Action::ReadCollection, list),
        post("/my/collection", Action::ChangeCollection, import),
        get(one, Action::ReadHosted, show),
        get(
            "/my/collection/{hosted}/badge",
            Action::ReadHosted,
            download,
        ),
        get(
            "/my/collection/{hosted}/picture",
            Action::ReadHosted,
            picture,
        ),
        post(
            "/my/collection/{hosted}/verify",
            Action::RemoveHosted,
            verify,
        ),
        post(
            "/my/collection/{hosted}/remove",
            Action::RemoveHosted,
            remove,
        ),
    ]
}

#[derive(Template)]
#[template(path = "collection/list.html")]
struct ListPage<'a> {
    site: &'a Masthead,
    badges: Vec<Row>,
    /// What has just been done.
    done: Option<&'static str>,
    typed: String,
    problem: Option<String>,
}

struct Row {
    path: String,
    title: String,
    issuer: String,
    date: String,
    verdict: Verdict,
}

/// A verdict as a word, with the colour that goes with it and never stands alone.
struct Verdict {
    class: &'static str,
    word: &'static str,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    done: String,
}

async fn list(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Query(said): Query<Said>,
) -> Result<Response, HttpError> {
    let done = match said.done.as_str() {
        "added" => Some("The badge is here now."),
        "known" => Some("This badge was here already."),
        "older" => Some("A newer edition of this badge is here, and stays."),
        "own" => Some("This badge was issued here: it is among those that you earned."),
        "removed" => Some("The badge was removed."),
        _ => None,
    };
    listed(&edge, person, done, String::new(), None).await
}

async fn listed(
    edge: &Edge,
    person: Person,
    done: Option<&'static str>,
    typed: String,
    problem: Option<String>,
) -> Result<Response, HttpError> {
    let mut found = edge
        .work(move |app| Ok(app.store.hosted_of(person.id)?))
        .await?;
    found.sort_by_key(|hosted| std::cmp::Reverse(hosted.about.valid_from));
    let row = |hosted: &Hosted| Row {
        path: format!("/my/collection/{}", hosted.id),
        title: wording::visible(&hosted.about.title),
        issuer: wording::visible(&hosted.about.issuer_name),
        date: wording::day(hosted.about.valid_from),
        verdict: Verdict::of(hosted.found.verdict),
    };
    page(&ListPage {
        site: &edge.masthead,
        badges: found.iter().map(row).collect(),
        done,
        typed,
        problem,
    })
}

/// Takes a badge in: a file, a text, or what stands at an address.
async fn import(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let form = Form::read(&headers, body, MOST_FORM_BYTES).await?;
    let typed = form.text("badge").filter(|text| text.len() <= LONGEST_KEPT);
    let typed = typed.unwrap_or_default().to_owned();
    match taken(&edge, &form, &person).await {
        Ok(outcome) => {
            let done = match outcome {
                Outcome::Added(_) => "added",
                Outcome::Replaced(_) => "known",
                Outcome::Older(_) => "older",
                Outcome::Own(_) => "own",
            };
            Ok(Redirect::to(&format!("/my/collection?done={done}")).into_response())
        }
        Err(error) => {
            let told = match &error {
                HttpError::Fetch(failure) => Some(format!("The address gave no badge: {failure}.")),
                error => error.told_beside_a_form(),
            };
            let problem = Some(told.ok_or(error)?);
            listed(&edge, person, None, typed, problem).await
        }
    }
}

async fn taken(edge: &Edge, form: &Form, person: &Person) -> Result<Outcome, HttpError> {
    let presented = match Question::of_form(form)?.presented {
        Presented::Bytes(bytes) => bytes,
        Presented::Address(url) => {
            let fetched = edge.fetch.fetch(&url, Wanted::Badge).await;
            fetched.map_err(HttpError::Fetch)?.bytes
        }
    };
    if presented.is_empty() {
        let message = "choose a file, or paste a badge or its address";
        return Err(Error::invalid("/badge", message).into());
    }
    if presented.len() > MOST_BYTES {
        return Err(Error::TooLarge {
            what: "badge",
            bytes: presented.len() as u64,
            limit: MOST_BYTES as u64,
        }
        .into());
    }
    take(edge, presented, person, Source::Person).await
}

#[derive(Template)]
#[template(path = "collection/badge.html")]
struct BadgePage<'a> {
    site: &'a Masthead,
    path: String,
    id: String,
    title: String,
    verdict: Verdict,
    explanation: &'static str,
    /// The code and the sentence of what decided it.
    reason: Option<(String, String)>,
    facts: Vec<(&'static str, String)>,
    form: &'static str,
    picture: Option<&'static str>,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<HostedId>>,
) -> Result<Response, HttpError> {
    let (hosted, _) = edge.work(move |app| hosted::view(app, &person, id)).await?;
    let about = &hosted.about;
    let from = match &hosted.source {
        Source::Person => "you".to_owned(),
        Source::Host(name) => format!("you, from {}", wording::visible(name)),
        Source::Application(name) => wording::visible(name),
    };
    page(&BadgePage {
        site: &edge.masthead,
        path: format!("/my/collection/{id}"),
        id: id.to_string(),
        title: wording::visible(&about.title),
        verdict: Verdict::of(hosted.found.verdict),
        explanation: match hosted.found.verdict {
            Kept::Verified => "Its issuer signed exactly this badge, and it is in force.",
            Kept::Refused => "Its issuer signed exactly this badge, and it does not count now.",
            Kept::Unverified => {
                "What is needed to check it could not be had. Until it can, it counts as unverified."
            }
        },
        facts: vec![
            ("Issuer", wording::visible(&about.issuer_name)),
            ("Identifier of the issuer", wording::visible(&about.issuer)),
            ("Issued", wording::day(about.valid_from)),
            ("Identifier", wording::visible(&about.credential)),
            ("Brought by", from),
            ("Brought on", wording::day(hosted.added)),
            ("Checked", wording::moment(hosted.found.at)),
        ],
        reason: hosted.found.reason.clone(),
        form: match hosted.form {
            TextForm::Json => "JSON",
            TextForm::Jwt => "JWT",
        },
        picture: hosted.picture.map(|picture| match picture.kind {
            Picture::Png => "PNG",
            Picture::Svg => "SVG",
        }),
    })
}

/// Hands the badge out as it came.
async fn download(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<HostedId>>,
) -> Result<Response, HttpError> {
    let (hosted, text) = edge.work(move |app| hosted::view(app, &person, id)).await?;
    let (media_type, extension) = match hosted.form {
        TextForm::Json => ("application/json", "json"),
        TextForm::Jwt => ("text/plain; charset=utf-8", "jwt"),
    };
    Ok(file(media_type, &format!("badge-{id}.{extension}"), text))
}

/// Hands the picture out in which the badge came.
async fn picture(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<HostedId>>,
) -> Result<Response, HttpError> {
    let (_, kind, bytes) = edge
        .work(move |app| hosted::picture(app, &person, id))
        .await?;
    let (media_type, extension) = match kind {
        Picture::Png => ("image/png", "png"),
        Picture::Svg => ("image/svg+xml", "svg"),
    };
    Ok(file(media_type, &format!("badge-{id}.{extension}"), bytes))
}

/// A file that browsers keep and do not show: what strangers wrote is no page of this site.
fn file(media_type: &'static str, name: &str, content: impl IntoResponse) -> Response {
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, content).into_response()
}

/// Looks at a badge once more.
async fn verify(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<HostedId>>,
) -> Result<Response, HttpError> {
    let whose = person.clone();
    let (_, text) = edge.work(move |app| hosted::view(app, &whose, id)).await?;
    let question = Question {
        presented: Presented::Bytes(text.into_bytes()),
        ..Question::default()
    };
    let report = question.report(&edge).await?;
    edge.work(move |app| hosted::note(app, &person, id, Found::of(&report)))
        .await?;
    Ok(Redirect::to(&format!("/my/collection/{id}")).into_response())
}

async fn remove(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<HostedId>>,
) -> Result<Response, HttpError> {
    edge.work(move |app| hosted::remove(app, &person, id))
        .await?;
    Ok(Redirect::to("/my/collection?done=removed").into_response())
}

impl Verdict {
    fn of(kept: Kept) -> Verdict {
        let (class, word) = match kept {
            Kept::Verified => ("verified", "Verified"),
            Kept::Refused => ("refused", "Does not count"),
            Kept::Unverified => ("undetermined", "Unverified"),
        };
        Verdict { class, word }
    }
}

/// The largest picture that is kept: those of badges have a few hundred kilobytes.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// A long text is pasted anew rather than carried to and fro.
const LONGEST_KEPT: usize = 2_000;
