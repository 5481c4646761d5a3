//! Whether the caller knows the issuer: told, and never mixed with validity.

use serde_json::{Value, json};
use verifier::{Outcome, Policy, Reason, Report, Standing, StepName, TrustList, Verdict};

use crate::forge::{Key, endorsement, school_badge, signed, with};
use crate::web::{Web, presented};

fn verified_with(list: &Value, badge: &[u8]) -> Report {
    let mut policy = Policy::default();
    policy.trust = Some(TrustList::read(list.to_string().as_bytes()).expect("a good list"));
    Web::read().verify(badge, &policy)
}

fn trust_code(report: &Report) -> Option<&'static str> {
    let step = report
        .steps()
        .iter()
        .find(|step| step.name == StepName::Trust);
    match step.map(|step| &step.outcome) {
        Some(Outcome::Unknown(reason)) => Some(reason.code()),
        _ => None,
    }
}

/// VER-19: whether the issuer is known changes nothing in the verdict, for good badges and bad.
#[test]
fn a_known_issuer_and_an_unknown_one_get_the_same_verdict() {
    let good = presented("verified/did-key.json");
    let school = json!({"issuers": [{"id": Key::School.did(), "name": "The School"}]});
    let known = verified_with(&school, &good);
    assert_eq!(known.verdict(), Verdict::Verified);
    let name = Some("The School".to_owned());
    assert_eq!(known.trust(), Some(&Standing::Known { name }));

    let nobody = verified_with(&json!({"issuers": []}), &good);
    assert_eq!(nobody.verdict(), Verdict::Verified);
    assert_eq!(nobody.trust(), Some(&Standing::NotListed));
    assert_eq!(trust_code(&nobody), Some("trust.unknown_issuer"));

    let expired = presented("refused/time.expired/last-year.json");
    assert_eq!(verified_with(&school, &expired).verdict(), Verdict::Refused);
    let without_list = Web::read().verify(&good, &Policy::default());
    assert_eq!(without_list.trust(), None);
}

#[test]
fn attack_p_14_a_list_knows_issuers_by_their_id_and_never_by_their_name() {
    let list =
        json!({"issuers": [{"id": "did:web:real.example", "name": "Example School District"}]});
    let report = verified_with(&list, &presented("verified/did-key.json"));
    assert_eq!(report.trust(), Some(&Standing::NotListed));
}

#[test]
fn a_list_covers_badges_since_a_day_and_for_achievements() {
    let good = presented("verified/did-key.json");
    let id = Key::School.did();
    let since = |day: &str| json!({"issuers": [{"id": id, "since": day}]});
    assert_eq!(
        trust_code(&verified_with(&since("2026-10-01"), &good)),
        None
    );
    assert_eq!(
        trust_code(&verified_with(&since("2026-10-02"), &good)),
        Some("trust.too_early")
    );
    let covers = |one: &str| json!({"issuers": [{"id": id, "achievements": [one]}]});
    let own = "https://badges.example/achievements/wait-time";
    assert_eq!(trust_code(&verified_with(&covers(own), &good)), None);
    assert_eq!(
        trust_code(&verified_with(&covers("urn:example:other"), &good)),
        Some("trust.other_achievement")
    );
    // One line that covers the badge is enough.
    let both = json!({"issuers": [
        {"id": id, "achievements": ["urn:example:other"]},
        {"id": id, "achievements": [own]},
    ]});
    assert_eq!(trust_code(&verified_with(&both, &good)), None);
}

#[test]
fn a_list_with_a_slip_is_refused_as_a_whole() {
    for list in [
        json!([]),
        json!({"issuers": [{"name": "No id"}]}),
        json!({"issuers": [{"id": "not an address"}]}),
        json!({"issuers": [{"id": "did:web:a.example", "since": "soon"}]}),
        json!({"issuers": [{"id": "did:web:a.example", "sinse": "2026-01-01"}]}),
    ] {
        assert!(
            TrustList::read(list.to_string().as_bytes()).is_err(),
            "{list}"
        );
    }
    assert!(TrustList::read(b"{\"issuers\": [], \"issuers\": []}").is_err());
}

/// VER-20, VER-22: a creator other than the issuer is told as a claim, until the creator itself endorses
/// the achievement by its id.
#[test]
fn another_creator_is_a_claim_until_the_creator_says_so() {
    let creator = Key::Stranger;
    let profile = |id: &str| json!({"id": id, "type": ["Profile"], "name": "Example University"});
    let codes = |badge: &Value| {
        let report = Web::read().verify(badge.to_string().as_bytes(), &Policy::default());
        assert_eq!(report.verdict(), Verdict::Verified);
        report
            .warnings()
            .iter()
            .map(Reason::code)
            .collect::<Vec<_>>()
    };
    let place = "/credentialSubject/achievement/creator";
    let own = school_badge(place, profile(&Key::School.did()));
    assert_eq!(codes(&own), Vec::<&str>::new());
    let claimed = school_badge(place, profile(&creator.did()));
    assert_eq!(codes(&claimed), ["trust.creator_unverified"]);

    let endorsed = |issuer: Key| {
        let endorsement = signed(&endorsement(&issuer.did()), &issuer.method(), issuer);
        let badge = with(
            &claimed,
            "/credentialSubject/achievement/endorsement",
            json!([endorsement]),
        );
        signed(&badge, &Key::School.method(), Key::School)
    };
    assert_eq!(codes(&endorsed(creator)), Vec::<&str>::new());
    assert_eq!(
        codes(&endorsed(Key::District)),
        ["trust.creator_unverified"]
    );
}
