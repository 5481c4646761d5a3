//! What was handed in, as far as it was understood.

use serde::Serialize;

/// What was handed in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// SHA-256 of all bytes, in lower-case hexadecimal digits; `None` for more bytes than any badge may have, which are
    /// refused by their number alone.
    pub sha256: Option<String>,
    /// The number of bytes.
    pub bytes: usize,
    /// What the badge came in, once that is known.
    pub container: Option<Container>,
    /// How the badge is secured, once that is known.
    pub form: Option<Form>,
    /// The data model the badge is written in, once that is known.
    pub model: Option<DataModel>,
}

/// What a badge came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Container {
    /// The badge itself.
    Text,
    /// A baked PNG.
    Png,
    /// A baked SVG.
    Svg,
}

/// The data model that a badge is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum DataModel {
    /// Open Badges 3.0 or CLR 2.0 over the VC Data Model 2.0.
    Vc2,
    /// Open Badges 3.0 over the VC Data Model 1.1.
    Vc1,
    /// Open Badges 2.0, which is no Verifiable Credential.
    OpenBadges2,
}

/// How a badge is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Form {
    /// JSON with a proof in it.
    Json,
    /// A compact JWT.
    Jwt,
}
