//! Other implementations verify what lists award.

use issuer::app::App;
use issuer::awarding::table::Form;
use issuer::awarding::{self, list};
use issuer::id::OrganisationId;
use issuer::organisation::Role;
use issuer::random::Random;
use serde_json::Value;

use super::awarding_lists::table;
use super::peers_service::{machine_clock, published, request, write};
use crate::app::{self, TestApp};
use crate::peer::{Peer, peers_wanted};

/// `ASSAY_LARGE=1` awards 5,000 rows, of which 200 are verified; without it, 60 and 6.
#[test]
fn two_peers_verify_a_sample_of_what_a_list_awarded() {
    if !peers_wanted("two_peers_verify_a_sample_of_what_a_list_awarded") {
        return;
    }
    let is_large = std::env::var_os("ASSAY_LARGE").is_some_and(|value| value == "1");
    let (rows, bad, sample) = if is_large {
        (5_000, 50, 200)
    } else {
        (60, 6, 6)
    };
    let home = tempfile::tempdir().expect("a folder");
    let random = Random::seeded([42; 32]);
    let mut test = TestApp::in_folder(home.path(), app::keyring(), random, App::log_step);
    // The peers read the machine's clock.
    test.now = machine_clock();
    let officer = test.person("olga", &[Role::IssuingOfficer]);
    let new = list::NewList {
        bytes: table(rows, bad).into_bytes(),
        form: Form::Csv,
        name: None,
        micro_credential: None,
        reason: "The spring course.".parse().expect("a text"),
    };
    let host = OrganisationId::host();
    list::send(&test.app, officer.id, &host, new, test.now).expect("a list");
    while awarding::work_off(&test.app, test.now)
        .expect("the store")
        .rows
        > 0
    {}
    assert_eq!(test.log().len(), rows - bad);

    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut peers = ["digitalbazaar", "openvc"].map(|name| (name, Peer::start(name)));
    let every = rows / bad;
    let good = (0..rows).filter(|at| at % every != every / 2);
    let mut verified = 0;
    for at in good.step_by((rows - bad) / sample).take(sample) {
        let [badge] = test
            .badges_of(&format!("earner{at}"))
            .try_into()
            .expect("one badge");
        let issued = test.app.store.issued(badge.id, 1).expect("the store");
        let issued = issued.expect("an edition");
        let entry = published(&test, issued.json(), folder);
        write(folder, "badge.json", issued.json());
        for (name, peer) in &mut peers {
            let asked = request(&entry, folder, "json", "badge.json", Some("list.json"));
            let answer = peer.ask(&asked);
            assert_eq!(answer["verified"], true, "{name}, earner{at}: {answer}");
            assert_eq!(
                answer["status"],
                Value::from("clear"),
                "{name}, earner{at}: {answer}"
            );
        }
        verified += 1;
    }
    println!("{verified} of {} badges verified by two peers", rows - bad);
    assert_eq!(verified, sample);
}
