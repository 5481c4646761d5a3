//! `verify` itself: what is called verified says what a fixture says that was signed.

use std::sync::OnceLock;

use issuer::wording;
use keys::data_integrity::Expected;
use serde_json::{Map, Value};
use url::Url;
use verifier::png::Png;
use verifier::svg::Svg;
use verifier::vc::{self, Question, Statuses};
use verifier::{
    Answer, Document, DocumentKind, Documents, Limits, Outcome, Policy, Report, StepName, Verdict,
    verify,
};

use super::seeds;

/// A badge with the fixtures' web around it.
pub fn badge(data: &[u8]) {
    let report = verify(data, everything(), &Policy::default(), seeds::now());
    check(&report);
    if let Some(credential) = verified(&report) {
        let known = is_known(credential, known());
        assert!(known, "never signed, and verified: {credential}");
    }
    let lenient = verify(data, everything(), &Policy::lenient(), seeds::now());
    check(&lenient);
    // What is let pass may be more, but never less.
    assert!(report.verdict() != Verdict::Verified || lenient.verdict() == Verdict::Verified);
}

/// A good badge, with other bytes in place of one of the documents that it needs.
pub fn web(data: &[u8]) {
    let [low, high, bytes @ ..] = data else {
        return;
    };
    let cases = cases();
    let case = &cases[usize::from(u16::from_le_bytes([*low, *high])) % cases.len()];
    let mut documents = case.documents.clone();
    documents.insert(case.url.clone(), Ok(Document::new(bytes)));
    let report = verify(&case.badge, &documents, &Policy::default(), seeds::now());
    check(&report);
    let Some(credential) = verified(&report) else {
        return;
    };
    // What lies at the address of a hosted assertion is what its issuer says: nobody signs it (Open Badges 2.0).
    let is_hosted = matches!(
        case.kind,
        DocumentKind::HostedAssertion | DocumentKind::BadgeClass | DocumentKind::IssuerProfile
    );
    assert!(
        is_hosted || is_known(credential, known()),
        "never signed, and verified: {credential}"
    );
    if case.kind == DocumentKind::StatusList && case.decides {
        let list = list(bytes);
        let list = list.expect("a list that counts is JSON or a token");
        assert!(
            is_known(&list, lists()),
            "a list that was never signed counts: {list}"
        );
    }
}

/// A credential or a presentation as the VC-API is handed it.
pub fn credential(data: &[u8]) {
    let Ok(document) = schemas::json::read(data, &schemas::json::JsonLimits::default()) else {
        return;
    };
    let question = Question {
        expected: Expected::default(),
        statuses: Statuses::LookUp,
    };
    let report = vc::verify_credential(&document, &question, everything(), seeds::now());
    check(&report);
    if let Some(credential) = verified(&report) {
        let known = is_known(credential, known_by_the_vc_api());
        assert!(known, "never signed, and verified: {credential}");
    }
    let presented = vc::verify_presentation(&document, &question, everything(), seeds::now());
    presented.reports().for_each(check);
    let faults = vc::conform(&document).err();
    assert!(faults.is_none_or(|faults| !faults.is_empty()));
}

/// The pairs of a badge and of a document that it needs, for seeds.
pub fn framed() -> Vec<Vec<u8>> {
    let cases = cases().iter().enumerate();
    let framed = cases.map(|(number, case)| {
        let original = case.documents.answer(&case.url);
        let bytes = original
            .and_then(|answer| answer.as_ref().ok())
            .map(|document| &document.bytes[..]);
        [&(number as u16).to_le_bytes(), bytes.unwrap_or_default()].concat()
    });
    framed.collect()
}

/// What holds of every report.
fn check(report: &Report) {
    let verdict = report.verdict();
    assert_eq!(verdict == Verdict::Verified, report.reason().is_none());
    let ended = |name| {
        let step = report.steps().iter().find(|step| step.name == name);
        step.map(|step| &step.outcome)
    };
    let is_proven = matches!(ended(StepName::Proof), Some(Outcome::Pass));
    if verdict == Verdict::Verified {
        assert!(matches!(ended(StepName::Parse), Some(Outcome::Pass)));
        assert!(is_proven && report.credential().is_some());
    }
    // Before the proof holds, nothing is asked for on a stranger's word.
    if !is_proven {
        assert!(report.credential().is_none() && report.statuses().is_empty());
        let later = |kind| {
            matches!(
                kind,
                DocumentKind::StatusList | DocumentKind::Schema | DocumentKind::RefreshedCredential
            )
        };
        assert!(report.missing().iter().all(|request| !later(request.kind)));
    }
    assert!(report.missing().is_empty() || verdict != Verdict::Verified);
    let written = serde_json::to_string(report).expect("a report can be written");
    assert!(written.len() > 2);
    wording::facts(report);
    wording::documents(report);
    report
        .nested()
        .iter()
        .for_each(|nested| check(&nested.report));
}

fn verified(report: &Report) -> Option<&Value> {
    report
        .credential()
        .filter(|_| report.verdict() == Verdict::Verified)
}

/// Whether one of these documents says the same.
fn is_known(document: &Value, known: &[Value]) -> bool {
    let said = loosely(document, &[]);
    known.contains(document) || known.iter().any(|known| loosely(known, &[]) == said)
}

/// What a document says where order, repetition, single-item lists and the spelling of numbers say nothing, which
/// JSON-LD lets signatures over statements not see. Nor does a context say anything that is named around it already, or a
/// term that nothing uses. The proof is not signed by itself.
fn loosely(value: &Value, around: &[Value]) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(|item| loosely(item, around)).collect();
            items.sort_by_cached_key(Value::to_string);
            items.dedup();
            match items.len() {
                1 => items.remove(0),
                _ => items.into(),
            }
        }
        Value::Object(members) => {
            let named = named_first(members, around);
            let within = [around, &named].concat();
            let said = |value: &Value| !matches!(value, Value::Array(items) if items.is_empty());
            let mut said: Vec<(String, Value)> = members
                .iter()
                .filter(|(name, value)| {
                    !["proof", "@context"].contains(&name.as_str()) && said(value)
                })
                .map(|(name, value)| (name.clone(), loosely(value, &within)))
                .collect();
            if !named.is_empty() {
                said.push(("@context".to_owned(), named.into()));
            }
            said.sort_by(|(one, _), (other, _)| one.cmp(other));
            said.into_iter().collect::<Map<_, _>>().into()
        }
        Value::Number(number) => number.as_f64().into(),
        other => other.clone(),
    }
}

/// The contexts that are named here and nowhere before, in their order; of one that is written out, the terms in use.
fn named_first(members: &Map<String, Value>, around: &[Value]) -> Vec<Value> {
    let contexts = match members.get("@context") {
        Some(Value::Array(contexts)) => contexts.as_slice(),
        Some(context) => std::slice::from_ref(context),
        None => &[],
    };
    let mut first: Vec<Value> = Vec::new();
    for context in contexts {
        let context = match context {
            Value::Object(terms) => in_use(terms, members),
            other => other.clone(),
        };
        let says_nothing = matches!(&context, Value::Object(terms) if terms.is_empty());
        if !says_nothing && !first.contains(&context) && !around.contains(&context) {
            first.push(context);
        }
    }
    first
}

/// The keywords of a context, and its terms that occur in the document or in one another.
fn in_use(terms: &Map<String, Value>, members: &Map<String, Value>) -> Value {
    let occurs = |term: &str| {
        terms.values().any(|definition| mentions(definition, term))
            || members.iter().any(|(name, value)| {
                name != "@context" && (is_of(name, term) || mentions(value, term))
            })
    };
    let used = terms
        .iter()
        .filter(|(term, _)| term.starts_with('@') || occurs(term));
    used.map(|(term, definition)| (term.clone(), definition.clone()))
        .collect::<Map<_, _>>()
        .into()
}

fn mentions(value: &Value, term: &str) -> bool {
    match value {
        Value::String(text) => is_of(text, term),
        Value::Array(items) => items.iter().any(|item| mentions(item, term)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| is_of(name, term) || mentions(value, term)),
        _ => false,
    }
}

/// Whether a text is a term, or begins with it as its prefix.
fn is_of(text: &str, term: &str) -> bool {
    text.strip_prefix(term)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// What was signed in the fixtures, wherever in them it stands.
fn known() -> &'static [Value] {
    static KNOWN: OnceLock<Vec<Value>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let policy = Policy::default();
        let documents = everywhere(seeds::badges()).into_iter().map(|badge| {
            let report = verify(&badge, everything(), &policy, seeds::now());
            verified(&report).cloned()
        });
        documents.flatten().collect()
    })
}

fn known_by_the_vc_api() -> &'static [Value] {
    static KNOWN: OnceLock<Vec<Value>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let question = Question {
            expected: Expected::default(),
            statuses: Statuses::LookUp,
        };
        let documents = everywhere(seeds::of("verify_credential")).into_iter();
        let documents = documents.filter_map(|badge| {
            let document = serde_json::from_slice(&badge).ok()?;
            let report = vc::verify_credential(&document, &question, everything(), seeds::now());
            verified(&report).cloned()
        });
        documents.collect()
    })
}

/// The fixtures, and each credential in a picture, a presentation or a record among them: a change may leave it alone.
fn everywhere(fixtures: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let limits = Limits::default();
    let mut all = Vec::new();
    let mut ahead = fixtures;
    while let Some(bytes) = ahead.pop() {
        if let Ok(found) = Png::read(&bytes, &limits).and_then(|png| png.credentials(&limits)) {
            ahead.extend(found.iter().map(|baked| baked.text.as_bytes().to_vec()));
        }
        if let Ok(Svg::Picture(found)) = Svg::read(&bytes, &limits) {
            ahead.extend(found.into_iter().map(|baked| baked.text.into_bytes()));
        }
        if let Ok(value) = serde_json::from_slice(&bytes) {
            within(&value, &mut all);
        }
        all.push(bytes);
    }
    all
}

/// The parts of a document that could be credentials on their own.
fn within(value: &Value, found: &mut Vec<Vec<u8>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| within(item, found)),
        Value::Object(members) => members.values().for_each(|member| within(member, found)),
        Value::String(text) => {
            let token = text
                .rsplit(',')
                .next()
                .filter(|text| text.starts_with("ey"));
            found.extend(token.map(|token| token.as_bytes().to_vec()));
        }
        _ => {}
    }
    if value.get("proof").is_some() {
        found.push(value.to_string().into_bytes());
    }
}

/// The lists in the fixtures' web.
fn lists() -> &'static [Value] {
    static LISTS: OnceLock<Vec<Value>> = OnceLock::new();
    LISTS.get_or_init(|| {
        let answers = seeds::web()
            .iter()
            .filter_map(|(_, answer)| answer.as_ref().ok());
        answers
            .filter_map(|document| list(&document.bytes))
            .collect()
    })
}

/// What a list says: the document, or the payload of the token.
fn list(bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    match keys::vc_jwt::Compact::decode(text) {
        Ok(compact) => Some(compact.payload().clone()),
        Err(_) => serde_json::from_str(text).ok(),
    }
}

/// Every document of the fixtures' web.
fn everything() -> &'static Documents {
    static DOCUMENTS: OnceLock<Documents> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        let mut documents = Documents::default();
        for (url, answer) in seeds::web() {
            documents.insert(url.clone(), answer.clone());
        }
        documents
    })
}

/// A badge that verifies, and one of the documents that it takes.
struct Case {
    badge: Vec<u8>,
    documents: Documents,
    url: Url,
    kind: DocumentKind,
    /// Whether the badge is not verified without this document.
    decides: bool,
}

fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let policy = Policy::default();
        let mut cases = Vec::new();
        for badge in seeds::badges() {
            let report = verify(&badge, everything(), &policy, seeds::now());
            if report.verdict() != Verdict::Verified {
                continue;
            }
            let mut documents = Documents::default();
            for consulted in report.documents() {
                let answer = everything().answer(&consulted.url).cloned();
                documents.insert(consulted.url.clone(), answer.expect("it was consulted"));
            }
            for consulted in report.documents() {
                let mut without = documents.clone();
                let gone: Answer = Err(verifier::FetchFailure::Unreachable);
                without.insert(consulted.url.clone(), gone);
                let report = verify(&badge, &without, &policy, seeds::now());
                cases.push(Case {
                    badge: badge.clone(),
                    documents: documents.clone(),
                    url: consulted.url.clone(),
                    kind: consulted.kind,
                    decides: report.verdict() != Verdict::Verified,
                });
            }
        }
        cases
    })
}
