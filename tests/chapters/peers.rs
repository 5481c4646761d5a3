//! Other implementations verify what Assay issues, Assay verifies what they issue, and a badge with
//! one changed character is refused by all.

mod assay;
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use self::Form::{Json, Jwt, PngOfJson, PngOfJwt};
use self::world::{Edition, Identity, Web};
use crate::peer::{Peer, peers_wanted};

/// How a badge is secured and carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Json,
    Jwt,
    PngOfJson,
    PngOfJwt,
}

/// A row of the table without its issuer: a form and in whose name.
struct Line {
    form: Form,
    title: &'static str,
    identity: fn(&Identities) -> &Identity,
}

struct Identities {
    did_key: Identity,
    did_web_p256: Identity,
    did_web_rsa: Identity,
}

const LINES: &[Line] = &[
    Line {
        form: Form::Json,
        title: "JSON, did:key",
        identity: |all| &all.did_key,
    },
    Line {
        form: Form::Json,
        title: "JSON, did:web",
        identity: |all| &all.did_web_p256,
    },
    Line {
        form: Form::Jwt,
        title: "JWT EdDSA, did:key",
        identity: |all| &all.did_key,
    },
    Line {
        form: Form::Jwt,
        title: "JWT ES256, did:web",
        identity: |all| &all.did_web_p256,
    },
    Line {
        form: Form::Jwt,
        title: "JWT RS256, did:web",
        identity: |all| &all.did_web_rsa,
    },
    Line {
        form: Form::PngOfJson,
        title: "PNG of JSON, did:key",
        identity: |all| &all.did_key,
    },
    Line {
        form: Form::PngOfJwt,
        title: "PNG of JWT ES256",
        identity: |all| &all.did_web_p256,
    },
];

/// Assay or another implementation: what it issues and verifies, and which status lists it reads.
struct Implementation {
    name: &'static str,
    issues: &'static [Form],
    verifies: &'static [Form],
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
        let new = |name, issues, verifies, status_lists| Implementation {
            name,
            issues,
            verifies,
            status_lists,
            maker: match name {
                "assay" => Maker::Assay,
                peer => Maker::Peer(Peer::start(peer)),
            },
        };
        let baked = &[Json, Jwt, PngOfJson, PngOfJwt];
        vec![
            new("assay", baked, baked, &[Json, Jwt]),
            new("digitalbazaar", &[Json], &[Json], &[Json]),
            new("verifier-core", &[], &[Json], &[Json]),
            new("didkit", &[Json], &[Json], &[]),
            new("openvc", &[Json], &[Json], &[Json]),
            new("openbadgeslib", baked, baked, &[Jwt]),
            new("jose", &[Jwt], &[Jwt], &[]),
        ]
    }

    /// Issues a document in the name of `identity` and returns the file.
    fn issue(&mut self, form: Form, identity: &Identity, document: &Value, out: &Path) {
        match &mut self.maker {
            Maker::Assay => {
                let issued = assay::issue(form, identity, document);
                fs::write(out, issued).expect("a file in the test's folder");
            }
            Maker::Peer(peer) => {
                let folder = out.parent().expect("a file in a folder");
                let picture = world::write(folder, "picture.png", world::picture());
                let document = world::write(folder, "unsigned.json", document.to_string());
                let key = match form {
                    Json | PngOfJson => &identity.proof_key,
                    Jwt | PngOfJwt => &identity.jwt_key,
                };
                peer.ask(&json!({
                    "do": "issue",
                    "form": form.name(),
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

impl Form {
    fn name(self) -> &'static str {
        match self {
            Json => "json",
            Jwt => "jwt",
            PngOfJson | PngOfJwt => "png",
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
        did_web_p256: world::did_web_p256(),
        did_web_rsa: world::did_web_rsa(),
    };
    let mut implementations = Implementation::all();
    let mut table = Table::new(&implementations);
    for issuer in 0..implementations.len() {
        for line in LINES {
            if !implementations[issuer].issues.contains(&line.form) {
                continue;
            }
            let identity = (line.identity)(&identities);
            let folder = folder.join(format!("{issuer}-{}", table.rows.len()));
            fs::create_dir(&folder).expect("a folder of its own");
            let webs = publish(&mut implementations, issuer, identity, &folder);
            let mut badge = |edition| {
                let document = world::badge(identity, edition);
                let out = folder.join(format!("{edition:?}.{}", line.form.name()));
                implementations[issuer].issue(line.form, identity, &document, &out);
                out
            };
            let presented = Presented {
                form: line.form,
                good: badge(Edition::Good),
                revoked: badge(Edition::Revoked),
                webs,
            };
            let cells = implementations
                .iter_mut()
                .map(|verifier| presented.judged_by(verifier));
            let cells = cells.collect();
            table
                .rows
                .push((implementations[issuer].name, line.title, cells));
        }
    }
    table.print();
}

/// Puts the DID document and the status list of an issuer on the web: one web for those who read
/// lists with embedded proofs, one for those who read JWTs. The issuer signs what it can sign.
fn publish(
    implementations: &mut [Implementation],
    issuer: usize,
    identity: &Identity,
    folder: &Path,
) -> BTreeMap<Form, Web> {
    let mut webs = BTreeMap::new();
    for form in [Json, Jwt] {
        let able = |implementation: &Implementation| implementation.issues.contains(&form);
        let signer = match able(&implementations[issuer]) {
            true => issuer,
            false => implementations
                .iter()
                .position(able)
                .expect("somebody issues it"),
        };
        let list = world::status_list_credential(identity);
        let out = folder.join(format!("list.{}", form.name()));
        implementations[signer].issue(form, identity, &list, &out);
        let mut web = world::did_documents(identity, folder);
        web.insert(world::status_list_url(identity), out);
        webs.insert(form, web);
    }
    webs
}

/// A badge in two editions, and the web it is judged in.
struct Presented {
    form: Form,
    good: PathBuf,
    revoked: PathBuf,
    webs: BTreeMap<Form, Web>,
}

impl Presented {
    /// What stands in the table: nothing for a form that the verifier does not read.
    fn judged_by(&self, verifier: &mut Implementation) -> &'static str {
        if !verifier.verifies.contains(&self.form) {
            return "";
        }
        let name = verifier.name;
        let file = self.good.display();
        let lists = verifier.status_lists;
        let web = &self.webs[lists.first().unwrap_or(&Json)];
        let good = verifier.verify(self.form, &self.good, web);
        assert!(good.verified, "{name}, {file}: {}", good.detail);
        for (change, bytes) in world::changed(self.form.name(), &self.good) {
            let path = self.good.with_file_name("changed");
            fs::write(&path, bytes).expect("a file in the test's folder");
            let changed = verifier.verify(self.form, &path, web);
            assert!(
                !changed.verified,
                "{name} takes {file} with {change} changed"
            );
        }
        if lists.is_empty() {
            return "verified";
        }
        for list in lists {
            for (badge, revoked) in [(&self.good, false), (&self.revoked, true)] {
                let verdict = verifier.verify(self.form, badge, &self.webs[list]);
                let place = format!("{name}, {}, list in {list:?}", badge.display());
                assert_eq!(
                    verdict.revoked,
                    Some(revoked),
                    "{place}: {}",
                    verdict.detail
                );
            }
        }
        "verified, status"
    }
}

/// Issuers and forms down, verifiers across.
struct Table {
    verifiers: Vec<&'static str>,
    rows: Vec<(&'static str, &'static str, Vec<&'static str>)>,
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
        print!("\n{:<14} {:<22}", "issuer", "form");
        for verifier in &self.verifiers {
            print!(" {verifier:<16}");
        }
        for (issuer, title, cells) in &self.rows {
            print!("\n{issuer:<14} {title:<22}");
            for cell in cells {
                print!(" {:<16}", if cell.is_empty() { "-" } else { cell });
            }
        }
        println!();
    }
}
