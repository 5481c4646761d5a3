//! The bounded fetcher: the one place that calls an address a stranger chose.
//!
//! A badge names the documents its verification needs, so whoever writes a badge chooses whom this
//! service calls. Hence: `https` only, every address judged after a single look-up and the
//! connection made to a judged one, redirects followed by hand, little time and few bytes, few
//! requests a badge, and what was fetched a moment ago not fetched again.

pub mod cache;
mod call;
mod clients;
mod editions;
mod hooks;
mod names;
mod polite;
mod provider;
pub mod reach;
mod rounds;
pub mod supplied;
mod web;

use std::future::Future;
use std::pin::Pin;

use url::Url;
use verifier::{Answer, DocumentKind};

pub use call::{Authorization, Call, CallAnswer, CallMethod, Calling};
pub use clients::{Authorities, AuthoritiesError};
pub use editions::NewestLists;
pub use hooks::WebhookCalls;
pub use names::{LookingUp, Names};
pub use provider::{ProviderCalls, providers};
pub use reach::{PrivateHost, Reach};
pub use rounds::verify;
pub use web::Web;

/// The outside world: answers what stands at an address, or why that cannot be told.
pub trait Fetch: Send + Sync {
    /// Answers once; whoever asks bounds how often and for how long.
    fn fetch<'a>(&'a self, url: &'a Url, wanted: Wanted) -> Fetching<'a>;

    /// Calls another host of badges for a person who is there too.
    fn call<'a>(&'a self, _call: &'a Call) -> Calling<'a> {
        call::not_allowed()
    }
}

/// An answer that is being fetched.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// What is hoped to stand at an address; it decides size, redirects and the `Accept` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// A badge somebody asks us to verify, in any of its forms.
    Badge,
    /// A document that a badge's verification needs.
    Part(DocumentKind),
}

impl Wanted {
    /// The most bytes that are read.
    pub fn most_bytes(self) -> usize {
        match self {
            Wanted::Part(DocumentKind::DidDocument) => 256 * 1024,
            // A list of the largest size we read, 2^26 entries, can be incompressible.
            Wanted::Part(DocumentKind::StatusList | DocumentKind::RevocationList) => {
                10 * 1024 * 1024
            }
            Wanted::Badge => 10 * 1024 * 1024,
            // What the verifier reads of any other text.
            Wanted::Part(_) => 1024 * 1024,
        }
    }

    /// How many redirects are followed.
    pub fn most_redirects(self) -> u32 {
        match self {
            // did:web names the address itself: an answer from elsewhere is another's.
            Wanted::Part(DocumentKind::DidDocument) => 0,
            _ => 3,
        }
    }

    /// The `Accept` header with which it is asked for.
    pub fn accept(self) -> &'static str {
        match self {
            Wanted::Part(DocumentKind::DidDocument) => {
                "application/did+json, application/did+ld+json, application/json;q=0.9"
            }
            Wanted::Part(DocumentKind::VerificationKey) => {
                "application/json, application/jwk+json, application/jwk-set+json"
            }
            Wanted::Part(DocumentKind::RevocationList) => "application/json",
            Wanted::Part(DocumentKind::Schema) => "application/schema+json, application/json",
            _ => {
                "application/vc+ld+json, application/vc, application/ld+json, application/json;q=0.9, text/plain;q=0.8, image/png;q=0.7, image/svg+xml;q=0.7"
            }
        }
    }
}
