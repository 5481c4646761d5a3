//! Other implementations verify an endorsement alone, a badge that carries one, and see one withdrawn.

use std::path::Path;

use issuer::app::App;
use issuer::endorsement::{Showing, withdrawing};
use issuer::random::Random;
use serde_json::{Value, json};

use super::{credential, found_wayne, of_wait_time, offered, shows};
use crate::app::{self, TestApp};
use crate::chapters::organisations::wayne;
use crate::chapters::peers_service::{machine_clock, write};
use crate::peer::{Peer, peers_wanted};

/// Everything that the service publishes beside what it signs: both signers and both lists.
fn documents(test: &TestApp, folder: &Path) -> Value {
    let keyring = test.app.issuers.keyring(&wayne()).expect("keys");
    let mut documents = json!({
        "https://badges.example.org/.well-known/did.json":
            write(folder, "did.json", test.app.issuers.host().did_document().to_string()),
        "https://badges.example.org/organisations/wayne-county/did.json":
            write(folder, "wayne.json", keyring.did_document().to_string()),
    });
    for number in [1, 2] {
        let number = number.to_string().parse().expect("a number");
        if let Ok(list) = issuer::status::list(&test.app, number) {
            let address = test.app.site.status_list(number);
            documents[address] = json!(write(folder, &format!("list-{number}.json"), list.json));
        }
    }
    documents
}

#[test]
fn peers_verify_an_endorsement_and_a_badge_that_carries_it_and_see_it_withdrawn() {
    if !peers_wanted("peers_verify_an_endorsement_and_a_badge_that_carries_it_and_see_it_withdrawn")
    {
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    let random = Random::seeded([42; 32]);
    let mut test = TestApp::in_folder(home.path(), app::keyring(), random, App::log_step);
    // The peers read the machine's clock.
    test.now = machine_clock();
    found_wayne(&test);
    let endorsement = offered(&test, &of_wait_time());
    shows(&test, &endorsement, Showing::InEveryBadge);
    let issued = test.issued();
    assert!(issued.json().contains("EndorsementCredential"));
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let said = credential(&test, endorsement.id);
    let badge = write(folder, "badge.json", issued.json());
    let token = write(folder, "badge.jwt", issued.jwt());
    let alone = write(folder, "endorsement.json", said.json());
    let ask = |name: &'static str, (form, path): (&str, &Path), test: &TestApp, status: Value| {
        let documents = documents(test, folder);
        let asked = json!({ "do": "verify", "form": form, "path": path, "documents": documents });
        let answer = Peer::start(name).ask(&asked);
        assert_eq!(
            answer["status"],
            status,
            "{name}, {}: {answer}",
            path.display()
        );
        if status != "set" {
            assert_eq!(
                answer["verified"],
                true,
                "{name}, {}: {answer}",
                path.display()
            );
        }
        println!("{name}: {} is {status}", path.display());
    };
    for name in ["digitalbazaar", "openvc"] {
        ask(name, ("json", &alone), &test, json!("clear"));
    }
    // openvc takes no document within which another has a context of its own (`docs/endorsements.md`).
    for name in ["digitalbazaar", "verifier-core"] {
        ask(name, ("json", &badge), &test, json!("clear"));
    }
    ask("jose", ("jwt", &token), &test, Value::Null);
    let otto = test.person("otto", &[]);
    let reason = "The course has ended.".parse().expect("a text");
    let whose = (&wayne(), endorsement.id);
    withdrawing::withdraw(&test.app, otto.id, whose, &reason, test.now).expect("its end");
    for name in ["digitalbazaar", "openvc"] {
        ask(name, ("json", &alone), &test, json!("set"));
    }
}
