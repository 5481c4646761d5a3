//! The documents a verification may look at: what the caller fetched, and what could not be had.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use keys::PublicKey;
use keys::jsonld::{Allowance, LdLimits};
use schemas::timestamp::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use url::{Host, Url};

use crate::report::hexadecimal;
use crate::status::ListEdition;

/// Answers by address. A failure is an answer too, so that nothing is asked for twice.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    answers: HashMap<Url, Answer>,
}

/// What came back from an address.
pub type Answer = Result<Document, FetchFailure>;

/// The body of an answer, untouched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Document {
    /// The bytes of the body.
    pub bytes: Vec<u8>,
    /// The media type the server gave. Content decides what a document is; this is kept for people.
    pub content_type: Option<String>,
    /// When the answer came, for the report.
    pub fetched_at: Option<Timestamp>,
    /// Where redirects led, if they did: not everything that a host leads to is its own.
    pub found_at: Option<Url>,
}

impl Document {
    /// A document of which only the bytes are known.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Document {
        Document {
            bytes: bytes.into(),
            content_type: None,
            fetched_at: None,
            found_at: None,
        }
    }

    /// Notes the media type that the server gave.
    pub fn with_content_type(mut self, content_type: Option<String>) -> Document {
        self.content_type = content_type;
        self
    }

    /// Notes where redirects led.
    pub fn with_found_at(mut self, found_at: Url) -> Document {
        self.found_at = Some(found_at);
        self
    }

    /// Notes when the answer came.
    pub fn with_fetched_at(mut self, fetched_at: Timestamp) -> Document {
        self.fetched_at = Some(fetched_at);
        self
    }
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

/// The documents of one verification, with a note of each that was looked at.
#[derive(Debug)]
pub(crate) struct Shelf<'a> {
    documents: &'a Documents,
    consulted: RefCell<Vec<Consulted>>,
    editions: RefCell<Vec<ListEdition>>,
    work: Rc<Work>,
}

/// What a verification and those within it have done together. A hundred badges in a record may name
/// one list of many megabytes, which is fetched once and would be read a hundred times.
#[derive(Debug)]
struct Work {
    bytes: Cell<usize>,
    nested: Cell<usize>,
    proofs: Allowance,
}

impl Default for Work {
    fn default() -> Work {
        Work {
            bytes: Cell::default(),
            nested: Cell::default(),
            proofs: Allowance::new(MOST_WORK_ON_PROOFS),
        }
    }
}

impl<'a> Shelf<'a> {
    pub(crate) fn new(documents: &'a Documents) -> Shelf<'a> {
        Shelf {
            documents,
            consulted: RefCell::default(),
            editions: RefCell::default(),
            work: Rc::default(),
        }
    }

    /// Where an answer was found, after all redirects.
    pub(crate) fn place(&self, url: &Url) -> Url {
        let found = match self.documents.answer(url) {
            Some(Ok(document)) => document.found_at.as_ref(),
            _ => None,
        };
        found.unwrap_or(url).clone()
    }

    /// The same documents, for a verification within this one that notes for itself what it looks at.
    pub(crate) fn within(&self) -> Shelf<'a> {
        Shelf {
            documents: self.documents,
            consulted: RefCell::default(),
            editions: RefCell::default(),
            work: self.work.clone(),
        }
    }

    /// Counts a verification within this one; how many there have been.
    pub(crate) fn count_nested(&self) -> usize {
        self.work.nested.set(self.work.nested.get() + 1);
        self.work.nested.get()
    }

    /// How much one proof may cost, and all of them together.
    pub(crate) fn proof_limits(&self) -> LdLimits {
        LdLimits {
            together: Some(self.work.proofs.clone()),
            ..LdLimits::default()
        }
    }

    /// Whether the work that all proofs may cost together is done.
    pub(crate) fn is_work_done(&self) -> bool {
        self.work.proofs.is_spent()
    }

    /// Counts what looking an issuer's key over has cost; it matters for those of RSA alone.
    pub(crate) fn count_key(&self, key: &PublicKey) {
        if let PublicKey::Rsa(key) = key {
            let bytes = key.modulus().len() as u64;
            self.work.proofs.spend(bytes.pow(3) / CUBIC_BYTES_OF_A_CALL);
        }
    }

    /// Counts bytes that were read or inflated.
    pub(crate) fn count_bytes(&self, bytes: usize) {
        self.work.bytes.set(self.work.bytes.get() + bytes);
    }

    /// What came back from `url`, if it was asked; noted once. Nothing more comes once too much was read.
    ///
    /// What came over a connection that anybody on the way can write into says nothing of an issuer,
    /// whoever fetched it.
    pub(crate) fn answer(&self, url: &Url, kind: DocumentKind) -> Option<&'a Answer> {
        let mut answer = match is_protected(url) {
            true => self.documents.answer(url)?,
            false => &NOT_ALLOWED,
        };
        // An address may be named twice, first as something that may lie elsewhere.
        if kind == DocumentKind::DidDocument && is_from_elsewhere(answer) {
            answer = &REDIRECTED;
        }
        if self.work.bytes.get() > MOST_BYTES_READ {
            answer = &SPENT;
        }
        if let Ok(document) = answer {
            self.count_bytes(document.bytes.len());
        }
        let mut consulted = self.consulted.borrow_mut();
        if !consulted.iter().any(|earlier| earlier.url == *url) {
            consulted.push(Consulted::new(url, kind, answer));
        }
        Some(answer)
    }

    /// Notes which edition of a status list was read, once its proof held.
    pub(crate) fn note_edition(&self, edition: ListEdition) {
        self.editions.borrow_mut().push(edition);
    }

    /// The editions of status lists that were read.
    pub(crate) fn editions(&self) -> Vec<ListEdition> {
        self.editions.borrow().clone()
    }

    /// What was looked at, in the order in which it was needed.
    pub(crate) fn consulted(&self) -> Vec<Consulted> {
        self.consulted.borrow().clone()
    }
}

/// Whether what lies at an address comes as its host sent it: over https, or from this machine itself.
fn is_protected(url: &Url) -> bool {
    let is_local = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_local)
}

/// Whether redirects led to what came back. Many sites lead wherever an address tells them to.
fn is_from_elsewhere(answer: &Answer) -> bool {
    matches!(answer, Ok(document) if document.found_at.is_some())
}

static REDIRECTED: Answer = Err(FetchFailure::Redirect);

static NOT_ALLOWED: Answer = Err(FetchFailure::NotAllowed);

static SPENT: Answer = Err(FetchFailure::Budget);

/// Four lists of the largest size, which one badge may name. A transcript of a hundred badges with lists
/// of the usual size reads a tenth of it.
const MOST_BYTES_READ: usize = 32 * 1024 * 1024;

/// Calls of a hash function, or as much of other work: most of a second. Two hundred badges with a proof each
/// take a hundredth of it, and thirty that are shown in part, statement by statement, take all.
const MOST_WORK_ON_PROOFS: u64 = 5_000_000;

/// What a power of a number costs grows with the cube of its length: with 4096 bits, 20 ms.
const CUBIC_BYTES_OF_A_CALL: u64 = 1024;

/// A document that a verification looked at, or that it needed and could not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Consulted {
    /// Where it is.
    #[serde(serialize_with = "as_text")]
    pub url: Url,
    /// What it is.
    pub kind: DocumentKind,
    /// What came, unless nothing did.
    #[serde(flatten)]
    pub body: Option<Body>,
    /// The public code of the failure, where nothing came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<&'static str>,
}

/// What came back from an address, by which the same answer can be told again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Body {
    /// SHA-256 of all bytes, in lower-case hexadecimal digits.
    pub sha256: String,
    /// The number of bytes.
    pub bytes: usize,
    /// The media type the server gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// When the answer came, if the caller said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<Timestamp>,
}

impl Consulted {
    fn new(url: &Url, kind: DocumentKind, answer: &Answer) -> Consulted {
        let body = answer.as_ref().ok().map(|document| Body {
            sha256: hexadecimal(&Sha256::digest(&document.bytes)),
            bytes: document.bytes.len(),
            content_type: document.content_type.clone(),
            fetched_at: document.fetched_at,
        });
        Consulted {
            url: url.clone(),
            kind,
            body,
            failure: answer.as_ref().err().map(|failure| failure.code()),
        }
    }
}

/// A document that would let the verification go further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum DocumentKind {
    /// The document of the issuer's DID, or of an issuer at an HTTPS address, that lists its keys.
    DidDocument,
    /// One JWK, or a JWK set.
    VerificationKey,
    /// A status list credential.
    StatusList,
    /// A list of revoked credentials in plain JSON (1EdTech Revocation List).
    RevocationList,
    /// A JSON Schema of an issuer's own.
    Schema,
    /// The current edition of a badge, in JSON or JWT form (1EdTech Credential Refresh).
    RefreshedCredential,
    /// An assertion of Open Badges 2.0 at its own address.
    HostedAssertion,
    /// A badge class of Open Badges 2.0.
    BadgeClass,
    /// The profile of an issuer of Open Badges 2.0.
    IssuerProfile,
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
    /// The server says that there was a document, and that there is none any more (HTTP status 410).
    Gone,
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
            FetchFailure::Gone => "fetch.gone",
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
            FetchFailure::Gone => "the server has taken the document away for good",
            FetchFailure::Budget => "this verification may make no more requests, or read no more",
            FetchFailure::NotAllowed => "nothing may be fetched from this address",
        })
    }
}

/// Writes an address as the text it is.
pub(crate) fn as_text<S: serde::Serializer>(url: &Url, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(url.as_str())
}
