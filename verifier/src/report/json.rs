//! The report as programs read it.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::{Map, Value};

use super::{DataModel, Outcome, Report, Step};
use crate::legacy;
use crate::reason::Reason;
use crate::validity::TOLERANCE_SECONDS;

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 14)?;
        report.serialize_field("verdict", &self.verdict())?;
        report.serialize_field("verifier", concat!("assay ", env!("CARGO_PKG_VERSION")))?;
        report.serialize_field("now", &self.now)?;
        report.serialize_field("clockToleranceSeconds", &TOLERANCE_SECONDS)?;
        report.serialize_field("input", &self.input)?;
        report.serialize_field("steps", &self.steps)?;
        report.serialize_field(
            "warnings",
            &self.warnings.iter().map(told).collect::<Vec<_>>(),
        )?;
        report.serialize_field("missing", &self.missing())?;
        report.serialize_field("proofs", &self.proofs)?;
        report.serialize_field("statuses", &self.statuses)?;
        report.serialize_field("badge", &self.summary())?;
        report.serialize_field("trust", &self.trust())?;
        report.serialize_field("documents", &self.documents())?;
        report.serialize_field("nested", &self.nested())?;
        report.end()
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (outcome, reason) = match &self.outcome {
            Outcome::Pass => ("pass", None),
            Outcome::Fail(reason) => ("fail", Some(reason)),
            Outcome::Unknown(reason) => ("unknown", Some(reason)),
            Outcome::NotRun => ("notRun", None),
        };
        let mut step = Map::new();
        step.insert("name".into(), serde_json::json!(self.name));
        step.insert("outcome".into(), outcome.into());
        if let Some(reason) = reason {
            step.extend(told(reason));
        }
        if !self.further.is_empty() {
            let further = self
                .further
                .iter()
                .map(|reason| Value::Object(told(reason)));
            step.insert("further".into(), further.collect());
        }
        step.serialize(serializer)
    }
}

/// A reason as programs read it.
fn told(reason: &Reason) -> Map<String, Value> {
    let mut told = Map::new();
    told.insert("code".into(), reason.code().into());
    if let Some(pointer) = reason.pointer() {
        told.insert("pointer".into(), pointer.into());
    }
    told.insert("message".into(), reason.to_string().into());
    if let Some(remedy) = reason.remedy() {
        told.insert("remedy".into(), remedy.into());
    }
    told.insert("facts".into(), reason.facts().into());
    told
}

impl Report {
    fn summary(&self) -> Option<Map<String, Value>> {
        let credential = self.credential()?;
        Some(match self.input.model {
            Some(DataModel::OpenBadges2) => legacy::summary(credential),
            _ => summary(credential),
        })
    }
}

/// The few fields of a proven credential that everybody asks for.
fn summary(credential: &Value) -> Map<String, Value> {
    let issuer = &credential["issuer"];
    let subject = &credential["credentialSubject"];
    let fields = [
        ("id", &credential["id"]),
        ("type", &credential["type"]),
        ("name", &credential["name"]),
        (
            "issuer",
            if issuer.is_object() {
                &issuer["id"]
            } else {
                issuer
            },
        ),
        ("issuerName", &issuer["name"]),
        ("subject", &subject["id"]),
        ("achievement", &subject["achievement"]["id"]),
        ("achievementName", &subject["achievement"]["name"]),
        ("awardedDate", &credential["awardedDate"]),
        ("validFrom", &credential["validFrom"]),
        ("validUntil", &credential["validUntil"]),
    ];
    fields
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect()
}
