//! The words in which a report is told to people, on pages and in terminals alike.

use schemas::timestamp::Timestamp;
use verifier::{Outcome, Report, Step, StepName, Verdict};

/// The verdict in one short sentence.
pub fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "This badge is verified",
        Verdict::Refused => "This badge is refused",
        Verdict::Undetermined => "This badge could not be verified",
    }
}

/// What the verdict means, and what it does not.
pub fn explanation(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => {
            "The issuer named below signed exactly this badge, it is in force, and it has not been \
             revoked. Whether you trust the issuer is yours to say."
        }
        Verdict::Refused => "Do not rely on it.",
        Verdict::Undetermined => {
            "Something that is needed could not be had. That says nothing for or against the badge: \
             try again later."
        }
    }
}

/// What a step asks, as a statement that holds or does not.
pub fn statement(step: StepName) -> &'static str {
    match step {
        StepName::Parse => "There is a badge in what was presented",
        StepName::Decode => "It can be read without doubt",
        StepName::Conform => "It follows Open Badges 3.0",
        StepName::Proof => "A key of the issuer signed exactly this",
        StepName::Schema => "It meets the schemas that its issuer names",
        StepName::Validity => "It is in force at this time",
        StepName::Status => "The issuer has not revoked it",
        StepName::Refresh => "There is no newer edition",
        StepName::Endorsements => "What others say of it holds",
        StepName::Recipient => "It is about the person named",
        StepName::Trust => "The issuer is one that you trust",
        _ => "Another check",
    }
}

/// How a step ended, in a word or two.
pub fn outcome(step: &Step) -> &'static str {
    match step.outcome {
        Outcome::Pass => "passed",
        Outcome::Fail(_) => "failed",
        Outcome::Unknown(_) => "unclear",
        Outcome::NotRun => "not checked",
    }
}

/// The sign that stands before a step or a verdict, beside its words.
pub fn sign(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "✓",
        Outcome::Fail(_) => "✕",
        Outcome::Unknown(_) => "?",
        Outcome::NotRun => "·",
    }
}

/// What a proven badge says, as names and values.
pub fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let Some(credential) = report.credential() else {
        return Vec::new();
    };
    let (issuer, subject) = (&credential["issuer"], &credential["credentialSubject"]);
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let issuer_id = text(issuer).or_else(|| text(&issuer["id"]));
    let named = [
        // The identifier first: it is what the signature vouches for, the name is only claimed.
        ("Issuer", issuer_id),
        ("Issuer’s name", text(&issuer["name"])),
        (
            "Achievement",
            text(&subject["achievement"]["name"]).or_else(|| text(&credential["name"])),
        ),
        ("Recipient", text(&subject["id"])),
        ("Awarded", text(&credential["awardedDate"])),
        (
            "Valid from",
            text(&credential["validFrom"]).or_else(|| text(&credential["issuanceDate"])),
        ),
        (
            "Valid until",
            text(&credential["validUntil"]).or_else(|| text(&credential["expirationDate"])),
        ),
        ("Credential", text(&credential["id"])),
    ];
    named
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .collect()
}

/// A day as people write it, in UTC: 22 November 2026.
pub fn day(time: Timestamp) -> String {
    let text = time.to_string();
    let mut parts = text.split(['-', 'T']);
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let name = month
        .and_then(|month| month.parse::<usize>().ok())
        .and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    match (year, name, day) {
        (Some(year), Some(name), Some(day)) => {
            format!("{} {name} {year}", day.trim_start_matches('0'))
        }
        _ => text,
    }
}

/// A day and the time of it: 22 November 2026, 18:32 UTC.
pub fn moment(time: Timestamp) -> String {
    let text = time.to_string();
    let clock = text
        .split('T')
        .nth(1)
        .and_then(|clock| clock.get(..5))
        .unwrap_or_default();
    format!("{}, {clock} UTC", day(time))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
