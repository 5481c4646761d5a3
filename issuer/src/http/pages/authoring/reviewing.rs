//! How submissions are reviewed, as the form of a draft asks it.

use serde_json::{Map, Value, json};

use super::form::DraftForm;
use super::typed::{numeric, put};
use crate::micro_credential::{Certification, ReviewPolicy, SecondReview};

/// The fields that make the policy.
pub const FIELDS: [&str; 5] = [
    "second_review",
    "sample",
    "claim_hours",
    "coach_after",
    "certification",
];

/// When a second reviewer is asked, as the form offers it.
pub const SECOND_REVIEWS: [(&str, &str); 4] = [
    ("never", "Never: one reviewer decides"),
    ("always", "Always"),
    ("sample", "For a sample, drawn when work is handed in"),
    ("on_doubt", "When the first reviewer is in doubt"),
];

impl DraftForm {
    /// Whether this is when a second reviewer is asked.
    pub fn is_second_review(&self, value: &str) -> bool {
        self.value("second_review") == value
    }
}

/// What the fields say of a policy.
pub fn shown(policy: &ReviewPolicy) -> [(&'static str, String); 5] {
    let (second, sample) = match policy.second_review {
        SecondReview::Never => ("never", String::new()),
        SecondReview::Always => ("always", String::new()),
        SecondReview::Sample(of_a_hundred) => ("sample", of_a_hundred.to_string()),
        SecondReview::OnDoubt => ("on_doubt", String::new()),
    };
    let certification = match policy.certification {
        Certification::NotAsked => "",
        Certification::Required => "required",
    };
    let coach = policy.coach_after.map(|attempts| attempts.to_string());
    let values = [
        second.to_owned(),
        sample,
        policy.claim_hours.to_string(),
        coach.unwrap_or_default(),
        certification.to_owned(),
    ];
    let mut values = values.into_iter();
    FIELDS.map(|name| (name, values.next().unwrap_or_default()))
}

/// The policy's JSON, as it was typed; what cannot be one is refused where it is read.
pub fn typed(form: &DraftForm) -> Value {
    let mut members = Map::new();
    match form.value("second_review") {
        "" => {}
        "sample" => {
            let sample = numeric(form.value("sample")).unwrap_or(json!(0));
            members.insert("second_review".to_owned(), json!({ "sample": sample }));
        }
        other => put(&mut members, "second_review", Some(other.into())),
    }
    for name in ["claim_hours", "coach_after"] {
        put(&mut members, name, numeric(form.value(name)));
    }
    if form.value("certification") == "required" {
        put(&mut members, "certification", Some("required".into()));
    }
    members.into()
}
