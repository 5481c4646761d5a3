//! One change after signing: whatever it is, the badge is not verified any more, unless the change
//! leaves every statement as it was.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use verifier::{CheckedProof, DataModel, Policy, Report, Verdict};

use crate::forge;
use crate::forge::svg::{DECLARED, drawing, with_json};
use crate::mutation::{aimed, backwards, grown, mutations};
use crate::rdf_oracle;
use crate::web::{self, Web};

/// A badge that is verified as it is.
struct Good {
    name: String,
    presented: Vec<u8>,
    /// The credential that its proofs cover.
    shown: Value,
}

/// Every fixture that is verified, but those of Open Badges 2.0: they hold no statements that could
/// be compared, and are changed byte by byte in a chapter of their own.
fn every_good(web: &Web) -> Vec<Good> {
    let good = |file: std::path::PathBuf| {
        let presented = std::fs::read(&file).expect("a fixture");
        let report = web.verify(&presented, &Policy::default());
        let shown = report.credential().expect("a verified badge").clone();
        let good = Good {
            name: web::name(&file),
            presented,
            shown,
        };
        (report.input().model != Some(DataModel::OpenBadges2)).then_some(good)
    };
    let folder = web::fixtures().join("presented/verified");
    web::files(&folder).into_iter().filter_map(good).collect()
}

impl Good {
    /// The document, where it is handed in as JSON.
    fn document(&self) -> Option<Value> {
        let document: Value = serde_json::from_slice(&self.presented).ok()?;
        document.is_object().then_some(document)
    }

    /// Whether what is shown as verified says what this badge says, by proofs of this badge.
    ///
    /// A proof less is a proof less: those that the report lists must be the signer's.
    fn says(&self, report: &Report) -> bool {
        let shown = report.credential().expect("a verified badge");
        let is_known = |proof: &&CheckedProof| match shown.pointer(&proof.pointer) {
            // A token is one proof and one text.
            _ if proof.pointer.is_empty() => true,
            Some(proof) => self
                .proofs()
                .iter()
                .any(|known| says_the_same(&self.shown, known, proof)),
            None => false,
        };
        let proofs = report.proofs();
        !proofs.is_empty() && proofs.iter().filter(is_known).count() == proofs.len() && {
            says_the_same(&self.shown, &unsigned(&self.shown), &unsigned(shown))
        }
    }

    fn proofs(&self) -> &[Value] {
        match &self.shown["proof"] {
            Value::Array(proofs) => proofs,
            proof => std::slice::from_ref(proof),
        }
    }
}

/// How many changes were tried, and how many left the meaning as it was.
#[derive(Default)]
struct Tally {
    tried: AtomicUsize,
    harmless: AtomicUsize,
    unnoticed: Mutex<Vec<String>>,
}

impl Tally {
    fn hold(&self, web: &Web, good: &Good, changed: &[u8], change: &str, place: &str) {
        self.tried.fetch_add(1, Ordering::Relaxed);
        let report = web.verify(changed, &Policy::default());
        if report.verdict() != Verdict::Verified {
            return;
        }
        if !good.says(&report) {
            let mut unnoticed = self.unnoticed.lock().expect("no panic");
            unnoticed.push(format!("{}: {change} at {place}", good.name));
        }
        self.harmless.fetch_add(1, Ordering::Relaxed);
    }

    fn print(&self, kind: &str, least: usize) {
        let tried = self.tried.load(Ordering::Relaxed);
        let harmless = self.harmless.load(Ordering::Relaxed);
        let unnoticed = self.unnoticed.lock().expect("no panic");
        let some = &unnoticed[..unnoticed.len().min(20)];
        assert!(
            unnoticed.is_empty(),
            "{} go unnoticed: {some:#?}",
            unnoticed.len()
        );
        println!("{kind}: {tried} tried, 0 wrongly verified; {harmless} say the same");
        assert!(tried >= least, "only {tried} {kind} were tried");
    }
}

/// Does this for every one of them, on two threads.
fn for_each<T: Sync>(all: &[T], act: impl Fn(&Web, &T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let web = Web::read();
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    act(&web, one);
                }
            });
        }
    });
}

#[test]
fn no_change_of_a_byte_leaves_a_badge_verified_that_says_something_else() {
    let tally = Tally::default();
    for_each(&every_good(&Web::read()), |web, good| {
        let bytes = &good.presented;
        for position in 0..bytes.len() {
            let place = position.to_string();
            let flip = [0x01, 0x02, 0x04, 0x20, 0x80][position % 5];
            let mut changed = bytes.clone();
            changed[position] ^= flip;
            tally.hold(web, good, &changed, "another byte", &place);
            changed.remove(position);
            tally.hold(web, good, &changed, "a byte less", &place);
        }
    });
    tally.print("changes of bytes", 300_000);
}

#[test]
fn no_change_of_a_value_leaves_a_badge_verified_that_says_something_else() {
    let tally = Tally::default();
    let all = every_good(&Web::read());
    for_each(&all, |web, good| {
        let Some(document) = good.document() else {
            return;
        };
        for change in mutations(&document).chain(aimed(&document)) {
            let text = change.document.to_string();
            tally.hold(web, good, text.as_bytes(), &change.name, &change.pointer);
        }
    });
    tally.print("changes of values", 60_000);
}

#[test]
fn no_change_within_a_token_leaves_it_verified() {
    let tally = Tally::default();
    for_each(&every_good(&Web::read()), |web, good| {
        let text = String::from_utf8_lossy(&good.presented);
        let parts: Vec<&str> = text.trim().split('.').collect();
        let &[header, payload, signature] = parts.as_slice() else {
            return;
        };
        let read = |part: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
            serde_json::from_slice::<Value>(&bytes).ok()
        };
        let (Some(header), Some(payload)) = (read(header), read(payload)) else {
            return;
        };
        let whole = json!({"header": header, "payload": payload});
        let all = mutations(&whole).chain(aimed(&whole));
        for change in all.filter(|change| !change.pointer.is_empty()) {
            let [header, payload] = ["header", "payload"]
                .map(|part| URL_SAFE_NO_PAD.encode(change.document[part].to_string()));
            let token = format!("{header}.{payload}.{signature}");
            tally.hold(web, good, token.as_bytes(), &change.name, &change.pointer);
        }
    });
    tally.print("changes within tokens", 20_000);
}

#[test]
fn no_change_of_what_is_baked_into_a_picture_leaves_it_verified() {
    let tally = Tally::default();
    let web = Web::read();
    let key = forge::Key::School;
    let badge = forge::badge(&key.did());
    let signed = forge::signed(&badge, &key.method(), key);
    let good = Good {
        name: "a baked badge".to_owned(),
        presented: forge::baked(&signed.to_string()),
        shown: signed.clone(),
    };
    assert_eq!(
        web.verify(&good.presented, &Policy::default()).credential(),
        Some(&signed)
    );
    for change in mutations(&signed).chain(aimed(&signed)) {
        let text = change.document.to_string();
        let (name, place) = (&change.name, &change.pointer);
        tally.hold(&web, &good, &forge::baked(&text), name, place);
        let svg = drawing(DECLARED, &with_json(&text));
        tally.hold(&web, &good, svg.as_bytes(), name, place);
    }
    tally.print("changes of what is baked", 4_000);
}

#[test]
fn no_proof_of_one_badge_fits_another() {
    let tally = Tally::default();
    let all = every_good(&Web::read());
    let documents: Vec<(Value, Option<String>)> = all
        .iter()
        .filter_map(Good::document)
        .map(|document| {
            let statements = statements(&document, &unsigned(&document));
            (document, statements)
        })
        .collect();
    for_each(&all, |web, good| {
        let Some(mut document) = good.document() else {
            return;
        };
        let own = statements(&document, &unsigned(&document));
        for (other, statements) in &documents {
            // Proofs of one document by several signers fit it, each of them.
            if let Some(proof) = other
                .get("proof")
                .filter(|_| own.is_none() || *statements != own)
            {
                document["proof"] = proof.clone();
                let text = document.to_string();
                tally.hold(web, good, text.as_bytes(), "the proof of another", "/proof");
            }
        }
    });
    tally.print("exchanged proofs", 1_000);
}

#[test]
fn no_badge_cut_short_says_something_else() {
    let tally = Tally::default();
    for_each(&every_good(&Web::read()), |web, good| {
        let whole = good.presented.trim_ascii_end();
        for length in 0..whole.len() {
            let place = length.to_string();
            tally.hold(web, good, &whole[..length], "an end", &place);
        }
    });
    tally.print("badges cut short", 150_000);
}

#[test]
fn attack_j_08_order_blanks_and_escapes_of_the_text_do_not_matter() {
    let web = Web::read();
    let is_verified = |text: &str| {
        let report = web.verify(text.as_bytes(), &Policy::default());
        report.verdict() == Verdict::Verified
    };
    for good in every_good(&web) {
        let Some(document) = good.document() else {
            continue;
        };
        let compact = document.to_string();
        assert!(is_verified(&compact), "{}", good.name);
        let reversed = backwards(&document).to_string();
        assert!(is_verified(&reversed), "{}: backwards", good.name);
        let escaped = compact.replace("Wait", "\\u0057ait").replace('/', "\\/");
        assert!(is_verified(&escaped), "{}: escaped", good.name);
    }
}

/// A badge that does not hold does not come to hold, whatever is added to it, and its verdict does not
/// hang on the order in which it is written.
#[test]
fn a_refusal_stands_in_every_order_and_with_every_member_more() {
    let mut files = Vec::new();
    for verdict in ["refused", "undetermined"] {
        files.extend(web::files(&web::fixtures().join("presented").join(verdict)));
    }
    let tried = AtomicUsize::new(0);
    for_each(&files, |web, file| {
        let presented = std::fs::read(file).expect("a fixture");
        let Ok(document) = serde_json::from_slice::<Value>(&presented) else {
            return;
        };
        // Reading it so has lost what was wrong with the text itself.
        let told = web::told(&web.verify(document.to_string().as_bytes(), &Policy::default()));
        if !document.is_object() || told == "verified" {
            return;
        }
        let name = web::name(file);
        let reversed = backwards(&document).to_string();
        let turned = web.verify(reversed.as_bytes(), &Policy::default());
        assert_eq!(web::told(&turned), told, "{name}: backwards");
        for change in grown(&document) {
            tried.fetch_add(1, Ordering::Relaxed);
            let report = web.verify(change.document.to_string().as_bytes(), &Policy::default());
            assert_ne!(
                report.verdict(),
                Verdict::Verified,
                "{name}: {} at {}",
                change.name,
                change.pointer
            );
        }
    });
    println!("{} members added", tried.into_inner());
}

fn unsigned(document: &Value) -> Value {
    let mut unsigned = document.clone();
    unsigned
        .as_object_mut()
        .expect("an object")
        .shift_remove("proof");
    unsigned
}

/// Whether two parts of a document are the same, or another implementation reads the same in them.
fn says_the_same(document: &Value, one: &Value, other: &Value) -> bool {
    let read = |part| statements(document, part);
    one == other || read(one).is_some_and(|one| Some(one) == read(other))
}

/// The statements that another implementation reads in a part of a document, by the contexts of the
/// document where it has none of its own.
fn statements(document: &Value, part: &Value) -> Option<String> {
    let mut part = part.clone();
    let members = part.as_object_mut()?;
    if !members.contains_key("@context") {
        members.insert("@context".to_owned(), document["@context"].clone());
    }
    rdf_oracle::canonical(&part).ok()
}
