//! What was typed into the form of a draft, and which button was pressed.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use crate::error::Error;
use crate::http::body;
use crate::http::error::HttpError;
use crate::id::{ColleagueId, EvidenceId, RequirementId};
use crate::submission::Sharing;

/// The fields of the form, in their order.
#[derive(Clone, Default)]
pub struct Typed(Vec<(String, String)>);

/// What a button is for.
pub enum Do {
    Save,
    AddFile(RequirementId),
    Spoken(EvidenceId),
    AddLink(Option<RequirementId>),
    Attach(EvidenceId),
    Remove(EvidenceId),
    Share(EvidenceId, Sharing),
    Invite,
    Dismiss(ColleagueId),
    HandIn,
}

impl Typed {
    /// Reads the form.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Typed, HttpError> {
        let media_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let is_form = |value: &str| value.starts_with("application/x-www-form-urlencoded");
        if !media_type.is_some_and(is_form) {
            return Err(HttpError::MediaType {
                expected: "application/x-www-form-urlencoded",
            });
        }
        let bytes = body::read(body, FORM_BYTES).await?;
        let fields = url::form_urlencoded::parse(&bytes).into_owned();
        Ok(Typed(fields.take(FIELDS).collect()))
    }

    /// What a field holds; nothing is an empty text.
    pub fn value(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// What a field holds, if the form has it.
    pub fn find(&self, name: &str) -> Option<&str> {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.trim())
    }

    /// The texts that are written, each with its requirement and how often it had been saved.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str, Option<u32>)> {
        self.0.iter().filter_map(|(name, value)| {
            let requirement = name.strip_prefix("text-")?;
            let seen = self.value(&format!("seen-{requirement}")).parse().ok();
            Some((requirement, value.as_str(), seen))
        })
    }

    /// The answers about the setting, each with its question.
    pub fn answers(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.0.iter();
        fields.filter_map(|(name, value)| Some((name.strip_prefix("context-")?, value.as_str())))
    }

    /// What the button that was pressed is for.
    pub fn wanted(&self) -> Result<Do, Error> {
        let wanted = self.value("do");
        let (what, which) = wanted.split_once(':').unwrap_or((wanted, ""));
        let evidence = || which.parse::<EvidenceId>().map_err(|_| Error::NotFound);
        Ok(match what {
            "" | "save" => Do::Save,
            "spoken" => Do::Spoken(evidence()?),
            "add-file" => Do::AddFile(which.parse().map_err(|_| Error::NotFound)?),
            "add-link" if which.is_empty() => Do::AddLink(None),
            "add-link" => Do::AddLink(Some(which.parse().map_err(|_| Error::NotFound)?)),
            "attach" => Do::Attach(evidence()?),
            "remove" => Do::Remove(evidence()?),
            "share" => Do::Share(evidence()?, Sharing::Shared),
            "unshare" => Do::Share(evidence()?, Sharing::Private),
            "invite" => Do::Invite,
            "dismiss" => Do::Dismiss(which.parse().map_err(|_| Error::NotFound)?),
            "hand-in" => Do::HandIn,
            _ => return Err(Error::NotFound),
        })
    }
}

/// Twenty texts of the longest kind, each letter of them written as three.
const FORM_BYTES: usize = 1024 * 1024;
/// Two fields for each of twenty texts, a link each, ten questions, twenty pieces, and what stands once.
const FIELDS: usize = 200;
