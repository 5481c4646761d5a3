//! The Open Badges 3.0 data model, class by class, with the standard's names.
//!
//! Each class keeps what it does not know in `additional`, so that reading a document and writing
//! it again loses nothing. Dates and addresses stay text as they were written: two spellings of
//! one instant are different signed documents. What the standard demands beyond the shape of a
//! value is the business of [`crate::schema`] and [`crate::lint`].

#[macro_use]
mod class;
mod achievement;
mod credential;
mod key;
mod profile;
mod result;
mod subject;
mod term;
mod value;

pub use achievement::{Achievement, Alignment, Criteria, Image, Related};
pub use credential::{
    AchievementCredential, CredentialSchema, CredentialStatus, EndorsementCredential,
    EndorsementSubject, Evidence, Proof, RefreshService, TermsOfUse,
};
pub use key::{Jwk, Jwks, Multikey};
pub use profile::{Address, GeoCoordinates, IdentifierEntry, Profile};
pub use result::{Result, ResultDescription, RubricCriterionLevel};
pub use subject::{AchievementSubject, IdentityObject};
pub use term::{
    AchievementType, AlignmentTargetType, IdentifierType, ResultStatusType, ResultType, UnknownTerm,
};
pub use value::{Context, ProfileRef, Text, Types};

/// The context of the W3C Verifiable Credentials Data Model 2.0, first in every credential.
pub const VC_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";

/// The context of the W3C Verifiable Credentials Data Model 1.1, which older badges begin with.
pub const VC_1_1_CONTEXT: &str = "https://www.w3.org/2018/credentials/v1";

/// The context of Open Badges 3.0 in its current edition, second in every credential.
pub const OB_CONTEXT: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// The context that defines 1EdTech's schema, status and refresh types.
pub const EXTENSIONS_CONTEXT: &str = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
