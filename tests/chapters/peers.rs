//! Other implementations verify what Assay issues, Assay verifies what they issue, and a badge with
//! one changed character is refused by all.

mod assay;
mod lines;
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use self::lines::Form::{self, Json, Jwt, PngOfJson, PngOfJwt};
use self::lines::{ALL, Identities, LINES, Line, OF_OPENVC};
use self::world::{Edition, Identity, Web};
use crate::forge;
use crate::peer::{Peer, peers_wanted};

/// Assay or another implementation: what it issues and verifies, and which status lists it reads.
struct Implementation {
    name: &'static str,
    issues: &'static [Form],
    verifies: &'static [Form],
    suites: &'static [&'static str],
    status_lists: &'static [Form],
    maker: Maker,
}

enum Maker {
    Assay,
    Peer(Peer),
}

/// What an implementation says about a badge.
struct Verdict {
    verified: bool,
    revoked: Option<bool>,
    detail: String,
}

impl Implementation {
    fn all() -> Vec<Implementation> {
        let new = |name, issues, verifies, suites, status_lists| Implementation {
            name,
            issues,
            verifies,
            suites,
            status_lists,
            maker: match name {
                "assay" => Maker::Assay,
                peer => Maker::Peer(Peer::start(peer)),
            },
        };
        let baked = &[Json, Jwt, PngOfJson, PngOfJwt];
        let older = &["eddsa-rdfc-2022", "Ed25519Signature2020"];
        let tokens = &["EdDSA", "ES256", "RS256"];
        let certified = &["eddsa-rdfc-2022", "EdDSA", "ES256", "RS256"];
        vec![
            new("assay", baked, baked, ALL, &[Json, Jwt]),
            new("digitalbazaar", &[Json], &[Json], ALL, &[Json]),
            new("verifier-core", &[], &[Json], older, &[Json]),
            new("didkit", &[Json], &[Json], older, &[]),
            new("openvc", &[Json], &[Json], OF_OPENVC, &[Json]),
            new("openbadgeslib", baked, baked, certified, &[Jwt]),
            new("jose", &[Jwt], &[Jwt], tokens, &[]),
        ]
    }

    fn can_issue(&self, form: Form, suite: &str) -> bool {
        self.issues.contains(&form) && self.suites.contains(&suite)
    }

    fn can_verify(&self, form: Form, suite: &str) -> bool {
        self.verifies.contains(&form) && self.suites.contains(&suite)
    }

    /// Issues a document in the name of `identity` and returns the file.
    fn issue(&mut self, line: &Line, identity: &Identity, document: &Value, out: &Path) {
        let form = line.form;
        let suite = line.suite.trim_end_matches(" P-384");
        match &mut self.maker {
            Maker::Assay => {
                let issued = assay::issue(form, suite, identity, document);
                fs::write(out, issued).expect("a file in the test's folder");
            }
            Maker::Peer(peer) => {
                let folder = out.parent().expect("a file in a folder");
                let picture = world::write(folder, "picture.png", forge::picture_with(&[]));
                let document = world::write(folder, "unsigned.json", document.to_string());
                let key = match form {
                    Json | PngOfJson => &identity.proof_key,
                    Jwt | PngOfJwt => identity.jwt_key.as_ref().expect("a key for JWTs"),
                };
                peer.ask(&json!({
                    "do": "issue",
                    "form": form.name(),
                    "suite": suite,
                    "document": document,
                    "picture": picture,
                    "out": out,
                    "algorithm": key.algorithm,
                    "secret": key.secret,
                    "verificationMethod": key.verification_method,
                    "created": world::CREATED,
                    "documents": world::did_documents(identity, folder),
                }));
            }
        }
    }

    fn verify(&mut self, form: Form, path: &Path, web: &Web) -> Verdict {
        let Maker::Peer(peer) = &mut self.maker else {
            return assay::verify(path, web);
        };
        let answer =
            peer.ask(&json!({"do": "verify", "form": form.name(), "path": path, "documents": web}));
        Verdict {
            verified: answer["verified"].as_bool().expect("a verdict"),
            revoked: answer["status"].as_str().map(|status| status == "set"),
            detail: answer["detail"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

#[test]
fn implementations_verify_each_other_and_refuse_what_was_changed() {
    if !peers_wanted("implementations_verify_each_other_and_refuse_what_was_changed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let identities = Identities {
        did_key: world::did_key(),
        did_key_p256: world::did_key_p256(),
        did_key_p384: world::did_key_p384(),
        did_web_p256: world::did_web_p256(),
        did_web_rsa: world::did_web_rsa(),
    };
    let mut implementations = Implementation::all();
    let mut table = Table::new(&implementations);
    let mut wrong = Vec::new();
    for issuer in 0..implementations.len() {
        for line in LINES {
            if !implementations[issuer].can_issue(line.form, line.suite) {
                continue;
            }
            let identity = (line.identity)(&identities);
            let folder = folder.join(format!("{issuer}-{}", table.rows.len()));
            fs::create_dir(&folder).expect("a folder of its own");
            let webs = publish(&mut implementations, issuer, line, identity, &folder);
            let mut badge = |edition| {
                let document = world::badge(identity, line.suite, edition);
                let out = folder.join(format!("{edition:?}.{}", line.form.name()));
                implementations[issuer].issue(line, identity, &document, &out);
                out
            };
            let presented = Presented {
                line,
                good: badge(Edition::Good),
                revoked: badge(Edition::Revoked),
                webs,
            };
            let mut cells = Vec::new();
            for verifier in &mut implementations {
                let (cell, faults) = presented.judged_by(verifier);
                cells.push(cell);
                wrong.extend(faults);
            }
            table.rows.push((implementations[issuer].name, line, cells));
        }
    }
    table.print();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Puts the DID document and the status list of an issuer on the web: one web for those who read
/// lists with embedded proofs, one for those who read JWTs. The issuer signs what it can sign.
fn publish(
    implementations: &mut [Implementation],
    issuer: usize,
    badge: &Line,
    identity: &Identity,
    folder: &Path,
) -> BTreeMap<Form, Web> {
    // A list is signed as its badge is, which some verifiers insist on.
    let embedded = match badge.form {
        Json | PngOfJson => badge.suite,
        Jwt | PngOfJwt => "eddsa-rdfc-2022",
    };
    let mut lines = vec![Line::new(Json, embedded, badge.source, badge.identity)];
    if let Some(key) = &identity.jwt_key {
        lines.push(Line::new(Jwt, key.algorithm, badge.source, badge.identity));
    }
    let mut webs = BTreeMap::new();
    for line in lines {
        let able = |one: &Implementation| one.can_issue(line.form, line.suite);
        let signer = match able(&implementations[issuer]) {
            true => issuer,
            false => implementations
                .iter()
                .position(able)
                .expect("somebody issues it"),
        };
        let list = world::status_list_credential(identity, line.suite);
        let out = folder.join(format!("list.{}", line.form.name()));
        implementations[signer].issue(&line, identity, &list, &out);
        let mut web = world::did_documents(identity, folder);
        web.insert(world::status_list_url(identity), out);
        webs.insert(line.form, web);
    }
    webs
}

/// A badge in two editions, and the web it is judged in.
struct Presented<'a> {
    line: &'a Line,
    good: PathBuf,
    revoked: PathBuf,
    webs: BTreeMap<Form, Web>,
}

impl Presented<'_> {
    /// What stands in the table, nothing for a form that the verifier does not read, and what is wrong.
    fn judged_by(&self, verifier: &mut Implementation) -> (&'static str, Vec<String>) {
        let form = self.line.form;
        if !verifier.can_verify(form, self.line.suite) {
            return ("-", Vec::new());
        }
        let mut faults = Vec::new();
        let place = format!(
            "{}, {}, {}",
            verifier.name,
            self.line.suite,
            self.good.display()
        );
        let lists = verifier.status_lists.iter().copied();
        let lists: Vec<Form> = lists.filter(|list| self.webs.contains_key(list)).collect();
        let web = &self.webs[lists.first().unwrap_or(&Json)];
        let good = verifier.verify(form, &self.good, web);
        if !good.verified {
            faults.push(format!("{place}: {}", good.detail));
        }
        for (change, bytes) in world::changed(form.name(), &self.good) {
            let path = self.good.with_file_name("changed");
            fs::write(&path, bytes).expect("a file in the test's folder");
            if verifier.verify(form, &path, web).verified {
                faults.push(format!("{place} is taken with {change} changed"));
            }
        }
        for list in &lists {
            for (badge, revoked) in [(&self.good, false), (&self.revoked, true)] {
                let verdict = verifier.verify(form, badge, &self.webs[list]);
                if verdict.revoked != Some(revoked) {
                    let found = format!("revoked {:?} in {list:?}", verdict.revoked);
                    faults.push(format!("{place}: {found}, {}", verdict.detail));
                }
            }
        }
        match (faults.is_empty(), lists.is_empty()) {
            (false, _) => ("WRONG", faults),
            (true, true) => ("verified", faults),
            (true, false) => ("verified, status", faults),
        }
    }
}

/// Issuers, forms, suites and sources of keys down, verifiers across.
struct Table {
    verifiers: Vec<&'static str>,
    rows: Vec<(&'static str, &'static Line, Vec<&'static str>)>,
}

impl Table {
    fn new(implementations: &[Implementation]) -> Table {
        Table {
            verifiers: implementations.iter().map(|one| one.name).collect(),
            rows: Vec::new(),
        }
    }

    fn print(&self) {
        println!(
            "A cell says what was shown: the badge is verified and every changed copy refused;"
        );
        println!("\"status\": and the same badge with its status bit set is reported as revoked.");
        print!(
            "\n{:<14} {:<9} {:<22} {:<8}",
            "issuer", "form", "suite", "key"
        );
        for verifier in &self.verifiers {
            print!(" {verifier:<16}");
        }
        for (issuer, line, cells) in &self.rows {
            let form = format!("{:?}", line.form);
            print!(
                "\n{issuer:<14} {form:<9} {:<22} {:<8}",
                line.suite, line.source
            );
            for cell in cells {
                print!(" {cell:<16}");
            }
        }
        println!();
    }
}
