//! A badge that was looked at before it is kept: its text, what it says, and what verifying came to.

use super::{About, Found, HostedError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::json::{self, JsonLimits};
use schemas::schema::Class;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use verifier::png::Png;
use verifier::svg::Svg;
use verifier::{Container, Limits, Outcome, Report, StepName};

/// A badge that was looked at and can be kept. There is no other way to one than by a report.
#[derive(Debug, Clone)]
pub struct Examined {
    pub(crate) text: String,
    pub(crate) form: TextForm,
    pub(crate) picture: Option<(Picture, Vec<u8>)>,
    pub(crate) about: About,
    pub(crate) found: Found,
}

/// The form of a badge's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextForm {
    /// A document with its proof in it.
    Json,
    /// A compact JWT.
    Jwt,
}

/// The form of a picture with a badge in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// PNG.
    Png,
    /// SVG.
    Svg,
}

impl Examined {
    /// Takes what was presented and the report on it. Whatever is no badge, or whose proof does not hold,
    /// is refused.
    pub fn new(presented: &[u8], report: &Report) -> Result<Examined, HostedError> {
        let needed = [
            StepName::Parse,
            StepName::Decode,
            StepName::Conform,
            StepName::Proof,
        ];
        for step in report.steps() {
            if let (true, Outcome::Fail(reason)) = (needed.contains(&step.name), &step.outcome) {
                return Err(HostedError::Refused {
                    code: reason.code(),
                    sentence: reason.to_string(),
                });
            }
        }
        let (text, picture) = taken_out(presented, report).ok_or(HostedError::NoBadge)?;
        let text = text.trim().to_owned();
        let form = match text.starts_with('{') {
            true => TextForm::Json,
            false => TextForm::Jwt,
        };
        let document = document(&text, form).ok_or(HostedError::NoBadge)?;
        if Class::of(&document) != Some(Class::AchievementCredential) {
            return Err(HostedError::NoBadge);
        }
        Ok(Examined {
            about: About::of(&document).ok_or(HostedError::Nameless)?,
            text,
            form,
            picture,
            found: Found::of(report),
        })
    }

    /// What a document of our own says of itself.
    pub(super) fn about_json(text: &str) -> Option<About> {
        About::of(&document(text, TextForm::Json)?)
    }

    /// Whether it is JSON or a JWT.
    pub fn form(&self) -> TextForm {
        self.form
    }
}

impl About {
    fn of(document: &Value) -> Option<About> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let issuer = &document["issuer"];
        let achievement = &document["credentialSubject"]["achievement"];
        let achievement = achievement.get(0).unwrap_or(achievement);
        let began = [&document["validFrom"], &document["issuanceDate"]];
        let began = began.into_iter().find_map(Value::as_str)?;
        let id = text(issuer).or_else(|| text(&issuer["id"]))?;
        Some(About {
            credential: short(text(&document["id"])?)?,
            title: shown(
                text(&document["name"])
                    .or_else(|| text(&achievement["name"]))
                    .unwrap_or_else(|| "A badge".to_owned()),
            ),
            issuer_name: shown(text(&issuer["name"]).unwrap_or_else(|| id.clone())),
            issuer: short(id)?,
            valid_from: Timestamp::parse(began).ok()?,
        })
    }
}

/// An identifier, unless it is longer than any is.
fn short(identifier: String) -> Option<String> {
    (!identifier.trim().is_empty() && identifier.len() <= IDENTIFIER_BYTES).then_some(identifier)
}

/// A name as it fits in a list.
fn shown(name: String) -> String {
    match name.char_indices().nth(NAME_LETTERS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}

/// A picture with a badge in it.
type Baked = (Picture, Vec<u8>);

/// The text of the badge, and the picture it stands in. The report says in what it was found.
fn taken_out(presented: &[u8], report: &Report) -> Option<(String, Option<Baked>)> {
    let limits = Limits::default();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    match report.input().container? {
        Container::Png => {
            let png = Png::read(presented, &limits).ok()?;
            let baked = png.credentials(&limits).ok()?.into_iter().next()?;
            Some((
                baked.text.into_owned(),
                Some((Picture::Png, presented.to_vec())),
            ))
        }
        Container::Svg => {
            let Svg::Picture(baked) = Svg::read(presented, &limits).ok()? else {
                return None;
            };
            let baked = baked.into_iter().next()?;
            Some((baked.text, Some((Picture::Svg, presented.to_vec()))))
        }
        Container::Text => Some((text(presented)?, None)),
    }
}

fn document(text: &str, form: TextForm) -> Option<Value> {
    let limits = JsonLimits::default();
    let read = |bytes: &[u8]| json::read(bytes, &limits).ok();
    if form == TextForm::Json {
        return read(text.as_bytes());
    }
    let payload = text.split('.').nth(1)?;
    let claims = read(&URL_SAFE_NO_PAD.decode(payload).ok()?)?;
    // The form of the data model 1.1 keeps the credential in a claim of its own.
    match &claims["vc"] {
        Value::Null => Some(claims),
        credential => Some(credential.clone()),
    }
}

/// Longer than any address or identifier in the field.
const IDENTIFIER_BYTES: usize = 2_000;

/// Names and titles; longer ones fit on no certificate.
const NAME_LETTERS: usize = 200;
