//! The catalogue: what is published stays as it is, and can be reviewed against.

use crate::app::TestApp;
use crate::catalogue::{content, criterion, wait_time};
use issuer::event::Actor;
use issuer::micro_credential::{self, Basis};
use issuer::organisation::Role;
use issuer::rubric::Rubric;

const UNMET: &str = "absent";

#[test]
fn publishing_freezes_a_micro_credential_and_a_change_makes_a_new_version() {
    let test = TestApp::new();
    let donna = test.person("donna", &[Role::Author]);
    let app = &test.app;
    let rewritten = micro_credential::rewrite(app, &wait_time(), content(), Basis::Whatever);
    assert_eq!(
        rewritten.expect_err("it is published").code(),
        "state.conflict"
    );

    let begun = test.learner("ada").prepares();
    let second = "wait-time-2".parse().expect("a slug");
    micro_credential::revise(app, &donna, &wait_time(), Some(second)).expect("a revision");
    let second = "wait-time-2".parse().expect("a slug");
    assert_eq!(
        micro_credential::published(app, &second)
            .expect_err("a draft")
            .code(),
        "auth.not_found"
    );
    let mut changed = content();
    changed.rubric = Rubric::new(vec![criterion("waiting", "Waiting longer")]).expect("a rubric");
    micro_credential::rewrite(app, &second, changed, Basis::Whatever).expect("a draft may change");
    let revision =
        micro_credential::publish(app, Actor::Service, &second, test.now).expect("its publication");
    assert_eq!((revision.version, revision.revises), (2, Some(wait_time())));

    test.learner("ada")
        .hands_in(begun.id)
        .expect("a complete submission");
    let reading = test.reviewer("grace").opens(begun.id);
    assert_eq!(reading.micro_credential.id, wait_time());
    assert_eq!(reading.rubric_sha256, content().rubric.sha256());
    assert_ne!(reading.rubric_sha256, revision.content.rubric.sha256());
}

#[test]
fn a_rubric_nobody_could_be_held_against_is_refused() {
    let good = criterion("waiting", "Waiting");
    let mut no_such_level = good.clone();
    no_such_level.required_level = "superb".parse().expect("a slug");
    let mut lowest_required = good.clone();
    lowest_required.required_level = UNMET.parse().expect("a slug");
    let mut unordered = good.clone();
    unordered.levels.swap(0, 1);
    let mut one_level = good.clone();
    one_level.levels.truncate(1);
    let cases = [
        (vec![], "/rubric/criteria"),
        (vec![good.clone(), good.clone()], "/rubric/criteria/1/id"),
        (vec![no_such_level], "/rubric/criteria/0/required_level"),
        (vec![lowest_required], "/rubric/criteria/0/required_level"),
        (vec![unordered], "/rubric/criteria/0/levels/1/points"),
        (vec![one_level], "/rubric/criteria/0/levels"),
    ];
    for (criteria, pointer) in cases {
        let refused = Rubric::new(criteria).expect_err("a faulty rubric");
        assert_eq!(
            (refused.code(), refused.pointer()),
            ("input.invalid", Some(pointer))
        );
    }
}
