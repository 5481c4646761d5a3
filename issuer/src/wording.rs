//! The words in which a report is told to people, on pages and in terminals alike.

pub mod assessed;
pub mod size;
pub mod time;
mod warned;

pub use time::{day, moment};
pub use warned::of_warning;

use schemas::timestamp::Timestamp;
use serde_json::Value;
use verifier::{
    Consulted, Container, DataModel, DocumentKind, Form, NestedRole, Outcome, Report, Standing,
    Step, StepName, Verdict,
};

/// Whether an issuer vouches for what was presented by keeping it at its own address, unsigned (Open
/// Badges 2.0, hosted badges).
fn is_hosted(report: &Report) -> bool {
    let input = report.input();
    input.model == Some(DataModel::OpenBadges2) && input.form == Some(Form::Json)
}

/// The verdict in one short sentence.
pub fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "Verified",
        Verdict::Refused => "Refused",
        Verdict::Undetermined => "Could not be checked",
    }
}

/// What the verdict means, and what it does not.
pub fn explanation(report: &Report) -> &'static str {
    match report.verdict() {
        Verdict::Verified if is_hosted(report) => {
            "The issuer named below keeps exactly this badge at its own address, it is in force, and \
             nothing says that it was taken back. Whether you trust the issuer is yours to say."
        }
        Verdict::Verified => {
            "The issuer named below signed exactly this badge, it is in force, and nothing says that it \
             was taken back. Whether you trust the issuer is yours to say."
        }
        Verdict::Refused => "Do not rely on it.",
        Verdict::Undetermined => {
            "Something that is needed for an answer is missing. That says nothing for or against the \
             badge. The reason below says what would help."
        }
    }
}

/// What a step asks, as a statement that holds or does not.
pub fn statement(step: StepName, report: &Report) -> &'static str {
    match step {
        StepName::Parse => "There is a badge in what was presented",
        StepName::Decode => "It can be read without doubt",
        StepName::Conform => "It follows Open Badges",
        StepName::Proof if is_hosted(report) => "Its issuer keeps exactly this",
        StepName::Proof => "A key of the issuer signed exactly this",
        StepName::Validity => "It is in force at this time",
        StepName::Status => "The issuer has not revoked it",
        StepName::Schema => "It meets the schemas it names",
        StepName::Refresh => "There is no newer edition",
        StepName::Endorsements => "What others say of it holds",
        StepName::Contents => "The credentials in it hold",
        StepName::Recipient => "It is about the person named",
        StepName::Trust => "The issuer is one that you know",
        _ => "It passes a further check",
    }
}

/// Why a step was not run although all before it passed.
pub fn not_run(step: StepName, report: &Report) -> Option<&'static str> {
    let before = report.steps().iter().take_while(|other| other.name != step);
    let is_decided = |other: &Step| matches!(other.outcome, Outcome::Fail(_) | Outcome::Unknown(_));
    if before.into_iter().any(is_decided) {
        return None;
    }
    let names = |member: &str| report.credential().is_some_and(|it| !it[member].is_null());
    Some(match step {
        StepName::Schema if !names("credentialSchema") => "The badge names no schema of its own.",
        StepName::Status if !names("credentialStatus") => {
            "The badge names no place where its issuer could take it back."
        }
        StepName::Refresh if !names("refreshService") => {
            "The badge names no place where a newer edition would stand."
        }
        StepName::Endorsements => "Nobody else says anything of it in the badge.",
        StepName::Contents => "It is no collection of credentials.",
        StepName::Recipient => "No recipient was given to compare it with.",
        StepName::Trust => "No list of known issuers was given.",
        _ => return None,
    })
}

/// How the issuer stands to the operator's list.
pub struct Trust {
    /// Whether the list names it, for this badge.
    pub known: bool,
    /// The same in a sentence.
    pub sentence: String,
}

/// How the issuer stands to the operator's list; `None` where there is no list or no good proof.
pub fn trust(report: &Report) -> Option<Trust> {
    let (known, sentence) = match report.trust()? {
        Standing::Known { name: Some(name) } => (true, format!("Known as {name}")),
        Standing::Known { name: None } => (true, "Known".to_owned()),
        Standing::NotListed => (false, "Not in your list".to_owned()),
        Standing::TooEarly { since, .. } => (
            false,
            format!("Known for badges since {} only", day(*since)),
        ),
        Standing::OtherAchievement { .. } => {
            (false, "Known for other achievements only".to_owned())
        }
        _ => (false, "Not in your list for this badge".to_owned()),
    };
    Some(Trust { known, sentence })
}

/// What a credential within another one is.
pub fn role(role: NestedRole) -> &'static str {
    match role {
        NestedRole::Endorsement => "Endorsement",
        NestedRole::Credential => "Credential in the collection",
        NestedRole::Refreshed => "Edition from the refresh service",
        _ => "Credential",
    }
}

/// A document that was looked at.
pub struct Document {
    /// Where it stands.
    pub url: String,
    /// What it is.
    pub kind: &'static str,
    /// What came back, and when.
    pub found: String,
    /// The digest of its bytes.
    pub sha256: Option<String>,
}

/// What was looked at for a report and for those within it, each address once.
pub fn documents(report: &Report) -> Vec<Document> {
    let mut seen: Vec<&Consulted> = Vec::new();
    let mut reports = vec![report];
    while let Some(report) = reports.pop() {
        for document in report.documents() {
            if !seen.iter().any(|earlier| earlier.url == document.url) {
                seen.push(document);
            }
        }
        reports.extend(report.nested().iter().rev().map(|nested| &nested.report));
    }
    seen.into_iter().map(looked_at).collect()
}

fn looked_at(document: &Consulted) -> Document {
    let found = match (&document.body, document.failure) {
        (Some(body), _) => match body.fetched_at {
            Some(time) => format!("{} bytes, fetched {}", body.bytes, moment(time)),
            None => format!("{} bytes", body.bytes),
        },
        (None, failure) => format!("not to be had ({})", failure.unwrap_or("document.missing")),
    };
    Document {
        url: document.url.to_string(),
        kind: match document.kind {
            DocumentKind::DidDocument => "Keys of the issuer",
            DocumentKind::VerificationKey => "Key",
            DocumentKind::StatusList => "Status list",
            DocumentKind::RevocationList => "Revocation list",
            DocumentKind::Schema => "Schema",
            DocumentKind::RefreshedCredential => "Edition from the refresh service",
            DocumentKind::HostedAssertion => "Assertion of Open Badges 2.0",
            DocumentKind::BadgeClass => "Badge class of Open Badges 2.0",
            DocumentKind::IssuerProfile => "Profile of the issuer",
            _ => "Document",
        },
        found,
        sha256: document.body.as_ref().map(|body| body.sha256.clone()),
    }
}

/// What was handed in, in a few words.
pub fn input(report: &Report) -> String {
    let input = report.input();
    let form = match (input.container, input.form) {
        (Some(Container::Png), _) => "PNG picture",
        (Some(Container::Svg), _) => "SVG picture",
        (_, Some(Form::Jwt)) => "compact JWT",
        (_, Some(Form::Json)) => "JSON document",
        _ => "file",
    };
    let model = match input.model {
        Some(DataModel::Vc2) => ", VC Data Model 2.0",
        Some(DataModel::Vc1) => ", VC Data Model 1.1",
        Some(DataModel::OpenBadges2) => ", Open Badges 2.0",
        _ => "",
    };
    format!("{form}{model}, {} bytes", input.bytes)
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

/// What a proven badge says, as names and values. What nobody verified has no words:
///
/// ```compile_fail,E0308
/// issuer::wording::facts(&serde_json::json!({ "name": "Wait Time" }));
/// ```
pub fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let Some(credential) = report.credential() else {
        return Vec::new();
    };
    if report.input().model == Some(DataModel::OpenBadges2) {
        return older_facts(credential);
    }
    let (issuer, subject) = (&credential["issuer"], &credential["credentialSubject"]);
    let issuer_id = text(issuer).or_else(|| text(&issuer["id"]));
    let creator = &subject["achievement"]["creator"];
    // Anybody can name anybody as creator: it is a claim unless it is the issuer.
    let creator = text(creator)
        .or_else(|| text(&creator["id"]))
        .filter(|creator| Some(creator) != issuer_id.as_ref());
    let named = [
        // The identifier first: it is what the signature vouches for, the name is only claimed.
        ("Issuer", issuer_id),
        ("Issuer’s name", text(&issuer["name"])),
        (
            "Achievement",
            text(&subject["achievement"]["name"]).or_else(|| text(&credential["name"])),
        ),
        ("Creator, as claimed", creator),
        ("Recipient", text(&subject["id"])),
        ("Awarded", time(&credential["awardedDate"])),
        ("Assessed", assessed::basis(subject)),
        ("Awarded by", assessed::vouched_for_by(credential)),
        ("Levels reached", assessed::levels(subject)),
        (
            "Valid from",
            time(&credential["validFrom"]).or_else(|| time(&credential["issuanceDate"])),
        ),
        (
            "Valid until",
            time(&credential["validUntil"]).or_else(|| time(&credential["expirationDate"])),
        ),
        ("Credential", text(&credential["id"])),
    ];
    shown(&named)
}

fn older_facts(assertion: &Value) -> Vec<(&'static str, String)> {
    let badge = &assertion["badge"];
    shown(&[
        ("Issuer", text(&badge["issuer"]["id"])),
        ("Issuer’s name", text(&badge["issuer"]["name"])),
        ("Achievement", text(&badge["name"])),
        ("Awarded", time(&assertion["issuedOn"])),
        ("Valid until", time(&assertion["expires"])),
        ("Assertion", text(&assertion["id"])),
    ])
}

fn shown(named: &[(&'static str, Option<String>)]) -> Vec<(&'static str, String)> {
    let shown = |(name, value): &(_, Option<String>)| Some((*name, visible(value.as_ref()?)));
    named.iter().filter_map(shown).collect()
}

/// A part of a sentence: what stands between backticks is quoted, all else is plain.
pub struct Part {
    /// The words, without the backticks.
    pub text: String,
    /// Whether it is a name, a value or a code rather than words of ours.
    pub is_quoted: bool,
}

/// A sentence in its parts, for pages that show what is quoted in a type of its own. A backtick
/// that none closes stays where it is.
pub fn parts(sentence: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    while let Some((plain, after)) = rest.split_once('`')
        && let Some((quoted, after)) = after.split_once('`')
    {
        parts.push(Part::new(plain, false));
        parts.push(Part::new(quoted, true));
        rest = after;
    }
    parts.push(Part::new(rest, false));
    parts
}

impl Part {
    fn new(text: &str, is_quoted: bool) -> Part {
        Part {
            text: text.to_owned(),
            is_quoted,
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A time is told as people tell it; what is none stays as it was signed.
fn time(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    Some(Timestamp::parse(text).map_or_else(|_| text.to_owned(), moment))
}

/// A stranger's text, with a mark for each character that would move a terminal's cursor, turn the
/// text around, or not be seen.
pub fn visible(text: &str) -> String {
    let hidden = |character: char| character.is_control() || is_unseen(character);
    let shown = |character| match hidden(character) {
        true => char::REPLACEMENT_CHARACTER,
        false => character,
    };
    text.chars().map(shown).collect()
}

/// Whether a character leaves nothing where it stands: marks of direction, blanks without width, fillers, tags and
/// rare selectors. Those two that tell a text from a picture are left, for the sake of hearts.
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0d}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
