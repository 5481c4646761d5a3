//! The rows of the table: forms, suites, and in whose name.

use self::Form::{Json, Jwt, PngOfJson, PngOfJwt};
use super::world::Identity;

/// How a badge is secured and carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    Json,
    Jwt,
    PngOfJson,
    PngOfJwt,
}

/// A row of the table without its issuer: a form, a suite and in whose name.
pub struct Line {
    pub form: Form,
    /// The suite of the embedded proof, with the curve where it is not the usual one, or the
    /// algorithm of the JWT.
    pub suite: &'static str,
    pub source: &'static str,
    pub identity: fn(&Identities) -> &Identity,
}

pub struct Identities {
    pub did_key: Identity,
    pub did_key_p256: Identity,
    pub did_key_p384: Identity,
    pub did_web_p256: Identity,
    pub did_web_rsa: Identity,
}

impl Line {
    pub const fn new(
        form: Form,
        suite: &'static str,
        source: &'static str,
        identity: fn(&Identities) -> &Identity,
    ) -> Line {
        Line {
            form,
            suite,
            source,
            identity,
        }
    }
}

pub const LINES: &[Line] = &[
    Line::new(Json, "eddsa-rdfc-2022", "did:key", |all| &all.did_key),
    Line::new(Json, "eddsa-rdfc-2022", "did:web", |all| &all.did_web_p256),
    Line::new(Json, "eddsa-2022", "did:key", |all| &all.did_key),
    Line::new(Json, "Ed25519Signature2020", "did:key", |all| &all.did_key),
    Line::new(Json, "eddsa-jcs-2022", "did:key", |all| &all.did_key),
    Line::new(Json, "ecdsa-rdfc-2019", "did:key", |all| &all.did_key_p256),
    Line::new(Json, "ecdsa-rdfc-2019 P-384", "did:key", |all| {
        &all.did_key_p384
    }),
    Line::new(Json, "ecdsa-jcs-2019", "did:key", |all| &all.did_key_p256),
    Line::new(Json, "ecdsa-jcs-2019 P-384", "did:key", |all| {
        &all.did_key_p384
    }),
    Line::new(Jwt, "EdDSA", "did:key", |all| &all.did_key),
    Line::new(Jwt, "ES256", "did:web", |all| &all.did_web_p256),
    Line::new(Jwt, "RS256", "did:web", |all| &all.did_web_rsa),
    Line::new(PngOfJson, "eddsa-rdfc-2022", "did:key", |all| &all.did_key),
    Line::new(PngOfJwt, "ES256", "did:web", |all| &all.did_web_p256),
];

impl Form {
    pub fn name(self) -> &'static str {
        match self {
            Json => "json",
            Jwt => "jwt",
            PngOfJson | PngOfJwt => "png",
        }
    }
}

/// The suites and algorithms of Assay.
pub const ALL: &[&str] = &[
    "eddsa-rdfc-2022",
    "eddsa-2022",
    "Ed25519Signature2020",
    "eddsa-jcs-2022",
    "ecdsa-rdfc-2019",
    "ecdsa-rdfc-2019 P-384",
    "ecdsa-jcs-2019",
    "ecdsa-jcs-2019 P-384",
    "EdDSA",
    "ES256",
    "RS256",
];

/// With a key of P-384 openvc-core numbers blank nodes by SHA-256; the suite asks for SHA-384 there too.
pub const OF_OPENVC: &[&str] = &[
    "eddsa-rdfc-2022",
    "eddsa-jcs-2022",
    "ecdsa-rdfc-2019",
    "ecdsa-jcs-2019",
    "ecdsa-jcs-2019 P-384",
];
