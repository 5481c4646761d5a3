//! Calls to other hosts of badges, for a person who is there too: nothing is kept of them, and no
//! redirect is followed, because a secret comes along.

use std::future::{self, Future};
use std::pin::Pin;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, LINK};
use reqwest::{Method, RequestBuilder, Response};
use url::Url;
use verifier::FetchFailure;
use zeroize::Zeroizing;

use super::clients::Clients;
use super::names::failure;

/// A request to another host.
pub struct Call {
    /// What is done.
    pub method: CallMethod,
    /// Where.
    pub url: Url,
    /// Who calls.
    pub authorization: Authorization,
    /// What comes along, with its media type.
    pub body: Option<(&'static str, Zeroizing<Vec<u8>>)>,
}

/// What is done at another host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallMethod {
    /// Something is read.
    Get,
    /// Something is added.
    Post,
    /// Something is replaced.
    Put,
}

/// Who calls.
pub enum Authorization {
    /// Nobody known.
    None,
    /// This service, with what it is called there and its secret.
    Basic(String, Zeroizing<String>),
    /// This service for a person, with the token that the person let it have.
    Bearer(Zeroizing<String>),
}

/// What another host answers, whatever it is.
#[derive(Clone, Debug)]
pub struct CallAnswer {
    /// The status.
    pub status: u16,
    /// The `Link` header, if there is one.
    pub link: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer that is being waited for.
pub type Calling<'a> = Pin<Box<dyn Future<Output = Result<CallAnswer, FetchFailure>> + Send + 'a>>;

/// A world in which no other host can be called.
pub(super) fn not_allowed<'a>() -> Calling<'a> {
    Box::pin(future::ready(Err(FetchFailure::NotAllowed)))
}

/// Calls once, bounded in time and size.
pub(super) async fn call(clients: &Clients, call: &Call) -> Result<CallAnswer, FetchFailure> {
    let request = request(clients, call)?;
    let whole = async {
        let response = request.send().await.map_err(failure)?;
        read(response).await
    };
    let answer = tokio::time::timeout(ONE_ANSWER, whole).await;
    answer.unwrap_or(Err(FetchFailure::Timeout))
}

fn request(clients: &Clients, call: &Call) -> Result<RequestBuilder, FetchFailure> {
    let method = match call.method {
        CallMethod::Get => Method::GET,
        CallMethod::Post => Method::POST,
        CallMethod::Put => Method::PUT,
    };
    let client = clients.client(&call.url)?;
    let mut request = client
        .request(method, call.url.clone())
        .header(ACCEPT, "application/json, text/plain;q=0.9");
    match &call.authorization {
        Authorization::None => {}
        Authorization::Basic(id, secret) => {
            request = request.basic_auth(id, Some(secret.as_str()));
        }
        Authorization::Bearer(token) => {
            let bearer = Zeroizing::new(format!("Bearer {}", token.as_str()));
            let bearer = HeaderValue::try_from(bearer.as_str());
            let mut bearer = bearer.map_err(|_| FetchFailure::NotAllowed)?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
    }
    if let Some((media_type, body)) = &call.body {
        request = request
            .header(CONTENT_TYPE, *media_type)
            .body(body.to_vec());
    }
    Ok(request)
}

async fn read(mut response: Response) -> Result<CallAnswer, FetchFailure> {
    let headers = response.headers();
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding != "identity")
    {
        return Err(FetchFailure::NotAllowed);
    }
    let link = headers.get(LINK).and_then(|link| link.to_str().ok());
    let (status, link) = (response.status().as_u16(), link.map(str::to_owned));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(FetchFailure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(CallAnswer { status, link, body })
}

/// One answer: the other host may verify a badge meanwhile, for which it takes up to ten seconds.
const ONE_ANSWER: Duration = Duration::from_secs(15);

/// A part of somebody's badges: fifty of a hundred kilobytes each.
const MOST_BYTES: usize = 5 * 1024 * 1024;
