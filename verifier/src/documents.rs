//! The documents a verification may look at: what the caller fetched, and what could not be had.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;
use url::Url;

/// Answers by address. A failure is an answer too, so that nothing is asked for twice.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    answers: HashMap<Url, Answer>,
}

/// What came back from an address.
pub type Answer = Result<Document, FetchFailure>;

/// The body of an answer, untouched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The bytes of the body.
    pub bytes: Vec<u8>,
    /// The media type the server gave. Content decides what a document is; this is kept for people.
    pub content_type: Option<String>,
}

impl Documents {
    /// Notes what came back from `url`, in place of any earlier answer.
    pub fn insert(&mut self, url: Url, answer: Answer) {
        self.answers.insert(url, answer);
    }

    /// What came back from `url`, if it was asked.
    pub fn answer(&self, url: &Url) -> Option<&Answer> {
        self.answers.get(url)
    }
}

/// A document that would let the verification go further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Where it is.
    #[serde(serialize_with = "as_text")]
    pub url: Url,
    /// What it is, from which follow its largest size and whether redirects are allowed.
    pub kind: DocumentKind,
}

/// What is fetched from an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum DocumentKind {
    /// The document of the issuer's DID, or of an issuer at an HTTPS address, that lists its keys.
    DidDocument,
    /// One JWK, or a JWK set.
    VerificationKey,
    /// A status list credential.
    StatusList,
}

/// Why an address gave no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum FetchFailure {
    /// The address belongs to a private, local or reserved network.
    AddressBlocked,
    /// The server sent us elsewhere, which this kind of document does not allow.
    Redirect,
    /// No complete answer came in time.
    Timeout,
    /// The answer was larger than this kind of document may be.
    TooLarge,
    /// The server could not prove who it is.
    Tls,
    /// No connection, or an answer other than success.
    Unreachable,
    /// This verification had used up its requests.
    Budget,
    /// Nothing may be fetched from such an address, or nothing at all.
    NotAllowed,
}

impl FetchFailure {
    /// The public code of this failure.
    pub fn code(self) -> &'static str {
        match self {
            FetchFailure::AddressBlocked => "fetch.address_blocked",
            FetchFailure::Redirect => "fetch.redirect",
            FetchFailure::Timeout => "fetch.timeout",
            FetchFailure::TooLarge => "fetch.too_large",
            FetchFailure::Tls => "fetch.tls",
            FetchFailure::Unreachable => "fetch.unreachable",
            FetchFailure::Budget => "fetch.budget",
            FetchFailure::NotAllowed => "fetch.not_allowed",
        }
    }
}

impl fmt::Display for FetchFailure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            FetchFailure::AddressBlocked => "the address is in a private or reserved network",
            FetchFailure::Redirect => "the server redirects, which is not allowed here",
            FetchFailure::Timeout => "no complete answer came in time",
            FetchFailure::TooLarge => "the answer is too large",
            FetchFailure::Tls => "the server's certificate does not hold",
            FetchFailure::Unreachable => "the server cannot be reached or has no such document",
            FetchFailure::Budget => "this verification may make no more requests",
            FetchFailure::NotAllowed => "nothing may be fetched from this address",
        })
    }
}

/// Writes an address as the text it is.
pub(crate) fn as_text<S: serde::Serializer>(url: &Url, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(url.as_str())
}
