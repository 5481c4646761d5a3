//! Badges that other implementations made, in every container, data model, suite, key source and
//! status type: each is verified, the same with one claim changed is refused, and so is the badge
//! itself once its issuer has taken it back.

mod row;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use verifier::{Policy, Report, Verdict};

use self::row::{Made, Row};
use self::table::Table;
use crate::forge;
use crate::peer::{Peer, peers_wanted};
use crate::support::spec;
use crate::web::Web;

/// Who makes badges. The last also puts them into pictures, those of all.
const MAKERS: [&str; 4] = [
    "make-embedded",
    "make-tokens",
    "make_openvc",
    "make_openbadgeslib",
];

/// VER-1, VER-8, VER-10, LDP-1, LDP-2, LDP-3, LDP-4, JWT-3, JWT-4, JWT-7, JWT-12, JWT-21, KEY-2, KEY-4, KEY-5,
/// KEY-7, KEY-8, REV-1, REV-15, REV-17, REV-18, REV-22, BAKE-6, BAKE-14, OB2-8, OB2-9, CLR-1: what others
/// made in any of these forms is judged rightly.
#[test]
fn what_others_made_is_verified_and_refused_once_changed_or_revoked() {
    if !peers_wanted("what_others_made_is_verified_and_refused_once_changed_or_revoked") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut table = Table::default();
    let mut wrong: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    let everything = everything(folder.path());
    for made in &everything {
        let web = Web::serving(&made.web);
        let revoked = Web::serving(made.web.iter().chain(&made.revoked));
        for row in &made.badges {
            let faults = faults(row, &web, &revoked);
            if faults.is_empty() {
                table.add(row);
            }
            for fault in faults {
                wrong.entry(fault).or_default().push(row);
            }
        }
    }
    table.print();
    for (fault, rows) in &wrong {
        println!("{fault}: {} badges, such as {}", rows.len(), rows[0]);
    }
    assert!(wrong.is_empty(), "some badges are judged wrongly");
}

/// LDP-27: the signed samples of the implementation guide. Their issuer publishes nothing that names
/// the key, so it is the lenient policy that verifies them, with a warning.
#[test]
fn the_published_samples_are_verified_and_refused_once_changed() {
    let Some(spec) = spec("published samples") else {
        return;
    };
    for folder in ["signing-walkthrough-ob", "signing-walkthrough-clr"] {
        let path = spec
            .join("examples")
            .join(folder)
            .join("08-signed-credential.json");
        let text = std::fs::read_to_string(&path).expect("the sample");
        let nothing = BTreeMap::new();
        let web = Web::serving(&nothing);

        let report = web.verify(text.as_bytes(), &Policy::lenient());
        assert_eq!(
            report.verdict(),
            Verdict::Verified,
            "{folder}: {}",
            code(&report)
        );
        let mut codes = report.warnings().iter().map(|reason| reason.code());
        assert!(
            codes.any(|code| code == "issuer.key_not_controlled"),
            "{folder}"
        );
        let strict = web.verify(text.as_bytes(), &Policy::default());
        assert_eq!(
            told(&strict),
            "Refused issuer.key_not_controlled",
            "{folder}"
        );

        let changed = text.replacen("2010-01-01T00:00:00Z", "2010-01-02T00:00:00Z", 1);
        assert_ne!(changed, text, "{folder}");
        let report = web.verify(changed.as_bytes(), &Policy::lenient());
        assert_eq!(told(&report), "Refused signature.invalid", "{folder}");
    }
}

/// What the makers make, by itself and in pictures.
fn everything(folder: &Path) -> Vec<Made> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut baker = None;
    for name in MAKERS {
        let mut maker = Peer::start(name);
        let out = folder.join(format!("{name}.json"));
        maker.ask(&json!({"do": "make", "out": out}));
        files.push(out);
        baker = Some(maker);
    }
    let picture = folder.join("picture.png");
    std::fs::write(&picture, forge::picture_with(&[])).expect("a file in the test's folder");
    let mut baker = baker.expect("the last maker");
    for badges in files.clone() {
        let out = badges.with_extension("baked");
        baker.ask(&json!({"do": "bake", "badges": badges, "picture": picture, "out": out}));
        files.push(out);
    }
    files.iter().map(|file| Made::read(file)).collect()
}

/// What is wrong with how a badge and its twins are judged.
fn faults(row: &Row, web: &Web, revoked: &Web) -> Vec<String> {
    let policy = Policy::default();
    let mut faults = Vec::new();
    let good = web.verify(&row.good(), &policy);
    if good.verdict() != Verdict::Verified {
        faults.push(format!("as it was made: {}", told(&good)));
    } else {
        faults.extend(row.misread(&good));
    }
    let changed = web.verify(&row.changed(), &policy);
    if (changed.verdict(), code(&changed)) != (Verdict::Refused, row.code_when_changed()) {
        faults.push(format!("with one claim changed: {}", told(&changed)));
    }
    if row.has_status() {
        let taken_back = revoked.verify(&row.good(), &policy);
        if (taken_back.verdict(), code(&taken_back)) != (Verdict::Refused, row.code_when_revoked())
        {
            faults.push(format!("once revoked: {}", told(&taken_back)));
        }
    }
    faults
}

fn code(report: &Report) -> &str {
    report.reason().map_or("", |reason| reason.code())
}

fn told(report: &Report) -> String {
    format!("{:?} {}", report.verdict(), code(report))
}
