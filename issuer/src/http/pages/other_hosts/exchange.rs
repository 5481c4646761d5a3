//! What is done at another host with the token that a person let this service have.

use std::time::{Duration, Instant};

use url::Url;
use zeroize::Zeroizing;

use super::RETURN;
use crate::error::Error;
use crate::fetch::{Authorization, Call, CallAnswer, CallMethod};
use crate::hosted::waiting;
use crate::hosted::{self, Examined, HostedError, Outcome, Source, TextForm};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::verifying::{Presented, Question};
use crate::other_host::profile::Taken;
use crate::other_host::{
    self, Description, HostAddress, HostAttempt, OtherHost, OtherHostError, OwnProfile, Purpose,
    answer,
};
use crate::person::Person;

/// What came of bringing badges.
#[derive(Default)]
pub struct Brought {
    /// What the other host calls the person.
    pub profile: Option<String>,
    /// How many are new here.
    pub added: usize,
    /// How many were here already, in this edition or another.
    pub known: usize,
    /// Why others were not taken.
    pub refused: Vec<String>,
    /// How many are looked at in the background.
    pub waiting: usize,
    /// Whether more are there than were read.
    pub more: bool,
}

/// Finds a host, asks it to describe itself, and registers there the first time.
pub async fn registered(edge: &Edge, address: HostAddress) -> Result<OtherHost, HttpError> {
    let url = address.discovery().map_err(Error::from)?;
    let told = call(edge, CallMethod::Get, url, Authorization::None, None).await?;
    if told.status != 200 {
        let error = OtherHostError::Unusable("it does not describe itself");
        return Err(Error::from(error).into());
    }
    let description = Description::read(&address, &told.body).map_err(Error::from)?;
    let known = edge
        .work(move |app| other_host::known(app, &address))
        .await?;
    if let Some(known) = known
        && known.description.registration_url == description.registration_url
    {
        return Ok(OtherHost {
            description,
            ..known
        });
    }
    let base = edge.public_url.base();
    let said =
        other_host::registration(&edge.masthead.issuer_name, base, &format!("{base}{RETURN}"));
    let said = Zeroizing::new(said.to_string().into_bytes());
    let url = description.registration_url.url().clone();
    let body = Some(("application/json", said));
    let told = call(edge, CallMethod::Post, url, Authorization::None, body).await?;
    let (client_id, client_secret) = answer::registered(&told).map_err(Error::from)?;
    let host = OtherHost {
        description,
        client_id,
        client_secret,
        registered: edge.clock.now(),
    };
    edge.work(move |app| {
        other_host::keep(app, &host)?;
        Ok(host)
    })
    .await
}

/// Turns a code in for a token.
pub async fn token_of(
    edge: &Edge,
    attempt: &HostAttempt,
    code: &str,
    redirect_uri: &str,
) -> Result<(OtherHost, Zeroizing<String>), HttpError> {
    let address = attempt.host.clone();
    let host = edge
        .work(move |app| other_host::known(app, &address))
        .await?;
    // Somebody else may have found that the host does not know us any more.
    let host = host.filter(|host| host.client_id == attempt.client_id);
    let host = host.ok_or_else(|| Error::from(OtherHostError::NoAttempt))?;
    let asked = host.token_call(attempt, code, redirect_uri);
    let told = edge.fetch.call(&asked).await;
    let told = told.map_err(|failure| Error::from(OtherHostError::Unreachable(failure)))?;
    if answer::is_forgotten(&told) {
        let address = attempt.host.clone();
        edge.work(move |app| other_host::forget(app, &address))
            .await?;
    }
    let token = answer::token(&told).map_err(Error::from)?;
    Ok((host, token))
}

/// Brings the person's badges here, each verified before it is kept: some while they wait, and the others in the
/// background.
pub async fn bring(
    edge: &Edge,
    host: &OtherHost,
    token: Zeroizing<String>,
    person: Person,
) -> Result<Brought, HttpError> {
    let bearer = || Authorization::Bearer(token.clone());
    let description = &host.description;
    let began = Instant::now();
    let mut brought = Brought::default();
    let profile = description.at("/profile", &[]);
    if let Ok(told) = call(edge, CallMethod::Get, profile, bearer(), None).await {
        brought.profile = answer::profile_name(&told);
    }
    let mut next = Some(description.at("/credentials", &[("limit", "50"), ("offset", "0")]));
    let (mut read, mut bytes, mut others) = (0, 0, Vec::new());
    'parts: while let Some(url) = next {
        let told = call(edge, CallMethod::Get, url.clone(), bearer(), None).await?;
        let part = answer::badges(&told, &url).map_err(Error::from)?;
        next = part.next;
        for badge in part.badges {
            // Brought again, the rest comes too: nothing is brought twice.
            if read == MOST_BADGES || bytes > MOST_BYTES || began.elapsed() > LONGEST {
                brought.more = true;
                break 'parts;
            }
            read += 1;
            bytes += badge.len();
            // Somebody waits for the page.
            if read > AT_ONCE {
                others.push(badge);
                continue;
            }
            let source = Source::Host(description.name.clone());
            match take(edge, badge, &person, source).await {
                Ok(Outcome::Added(_)) => brought.added += 1,
                Ok(_) => brought.known += 1,
                Err(HttpError::Service(Error::Hosted(HostedError::Full))) => {
                    return Err(Error::from(HostedError::Full).into());
                }
                Err(error) => match error.told_beside_a_form() {
                    Some(told) => brought.refused.push(told),
                    None => return Err(error),
                },
            }
        }
    }
    if !others.is_empty() {
        let (name, now) = (description.name.clone(), edge.clock.now());
        let waiting = others.len();
        let begun = edge
            .work(move |app| waiting::begin(app, &person, &name, &others, now))
            .await;
        match begun {
            Ok(()) => brought.waiting = waiting,
            // Others are on their way still.
            Err(HttpError::Service(Error::Conflict { .. })) => brought.more = true,
            Err(error) => return Err(error),
        }
    }
    Ok(brought)
}

/// Sends a badge of the person to the host.
pub async fn send(
    edge: &Edge,
    host: &OtherHost,
    token: Zeroizing<String>,
    person: Person,
    purpose: Purpose,
) -> Result<(), HttpError> {
    let text = edge.work(move |app| match purpose {
        Purpose::Bring | Purpose::PutProfile(_) => Err(Error::NotFound),
        Purpose::SendOwn(id) => {
            let viewer = crate::badge::Viewer::Person(&person);
            let (_, issued) = crate::badge::view(app, id, viewer)?;
            Ok((issued.json().to_owned(), TextForm::Json))
        }
        Purpose::SendHosted(id) => {
            let (hosted, text) = hosted::view(app, &person, id)?;
            Ok((text, hosted.form))
        }
    });
    let (text, form) = text.await?;
    let media_type = match form {
        TextForm::Json => "application/json",
        TextForm::Jwt => "text/plain",
    };
    let url = host.description.at("/credentials", &[]);
    let body = Some((media_type, Zeroizing::new(text.into_bytes())));
    let bearer = Authorization::Bearer(token);
    let told = call(edge, CallMethod::Post, url, bearer, body).await?;
    Ok(answer::sent(&told).map_err(Error::from)?)
}

/// Puts the profile there that the person wrote for the host, and holds the answer against it.
pub async fn put_profile(
    edge: &Edge,
    host: &OtherHost,
    token: Zeroizing<String>,
    profile: &OwnProfile,
) -> Result<Taken, HttpError> {
    let url = host.description.at("/profile", &[]);
    let document = Zeroizing::new(profile.document().to_string().into_bytes());
    let body = Some(("application/json", document));
    let bearer = Authorization::Bearer(token);
    let told = call(edge, CallMethod::Put, url, bearer, body).await?;
    Ok(profile.taken(&told).map_err(Error::from)?)
}

/// Verifies a badge and keeps it.
pub async fn take(
    edge: &Edge,
    presented: Vec<u8>,
    person: &Person,
    source: Source,
) -> Result<Outcome, HttpError> {
    let question = Question {
        presented: Presented::Bytes(presented.clone()),
        ..Question::default()
    };
    let report = question.report(edge).await?;
    let examined = Examined::new(&presented, &report).map_err(Error::from)?;
    let (person, now) = (person.clone(), edge.clock.now());
    edge.work(move |app| hosted::keep(app, &person, &examined, &source, now))
        .await
}

async fn call(
    edge: &Edge,
    method: CallMethod,
    url: Url,
    authorization: Authorization,
    body: Option<(&'static str, Zeroizing<Vec<u8>>)>,
) -> Result<CallAnswer, HttpError> {
    let asked = Call {
        method,
        url,
        authorization,
        body,
    };
    let told = edge.fetch.call(&asked).await;
    Ok(told.map_err(|failure| Error::from(OtherHostError::Unreachable(failure)))?)
}

/// As many as are looked at while somebody waits.
const AT_ONCE: usize = 20;

/// As many as anybody can have.
const MOST_BADGES: usize = hosted::BADGES;

/// As much as anybody has room for.
const MOST_BYTES: usize = hosted::BYTES;

/// Proxies give up after a minute.
const LONGEST: Duration = Duration::from_secs(40);
