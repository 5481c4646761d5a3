//! Who is offered whose work: nobody that of their own school.

use super::reviewing_together::{both, code, handed_in, offered};
use crate::app::TestApp;
use crate::catalogue::content;
use issuer::event::Actor;
use issuer::id::{MicroCredentialId, OrganisationId};
use issuer::micro_credential;
use issuer::organisation::{self, NewOrganisation, OrganisationKind, OrganisationProfile, Role};
use issuer::review;

fn found(test: &TestApp, id: &str, kind: OrganisationKind, parent: &str) -> OrganisationId {
    let id: OrganisationId = id.parse().expect("a slug");
    let new = NewOrganisation {
        id: id.clone(),
        kind,
        parent: Some(parent.parse().expect("a slug")),
        profile: OrganisationProfile::named(id.to_string().parse().expect("a name")),
    };
    organisation::found(&test.app, Actor::Service, new, test.now).expect("an organisation");
    id
}

#[test]
fn nobody_is_offered_the_work_of_somebody_of_their_own_school_or_district() {
    use OrganisationKind::{District, Publisher, State};
    let test = TestApp::new();
    let county = found(&test, "knox-county", District, "host");
    let school = found(&test, "halls-elementary", District, "knox-county");
    let other = found(&test, "powell-middle", District, "knox-county");
    let far = found(&test, "wayne-county", District, "host");
    let state = found(&test, "next-state", State, "host");
    let there = found(&test, "next-county", District, "next-state");
    let club = found(&test, "teachers-club", Publisher, "host");
    // The earner's organisation, the reviewer's, and whether the reviewer is offered the work.
    let table = [
        (None, None, true),
        (Some(&school), Some(&far), true),
        (Some(&school), Some(&school), false),
        (Some(&school), Some(&county), false),
        (Some(&county), Some(&school), false),
        (Some(&school), Some(&other), false),
        (Some(&club), Some(&club), false),
        // Of one state, in two districts; but both at the state itself are colleagues.
        (Some(&state), Some(&there), true),
        (Some(&state), Some(&state), false),
    ];
    for (number, (earners, reviewers, may)) in table.into_iter().enumerate() {
        let name = format!("learner-{number}");
        let id = test.learner(&name).submits();
        let reviewer = test.reviewer(&format!("reviewer-{number}"));
        if let Some(organisation) = earners {
            test.join(&test.person(&name, &[]), organisation, &[]);
        }
        if let Some(organisation) = reviewers {
            test.join(&reviewer.person, organisation, &[]);
        }
        let is_offered = offered(&test, &reviewer.person, test.now).contains(&id);
        assert_eq!(is_offered, may, "row {number}");
        let opened = review::open(&test.app, &reviewer.person, id, test.now);
        assert_eq!(opened.is_ok(), may, "row {number}");
        match may {
            true => drop(reviewer.claims(id).expect("a claim")),
            false => assert_eq!(
                code(reviewer.claims(id)),
                "review.ineligible",
                "row {number}"
            ),
        }
    }

    // Whoever moves to the earner's school between claim and finish does not finish.
    let (id, grace) = (test.learner("ada").submits(), test.reviewer("grace"));
    grace.claims(id).expect("a claim");
    for person in [&grace.person, &test.person("ada", &[])] {
        test.join(person, &school, &[]);
    }
    assert_eq!(
        code(grace.finishes(id, &both("consistent"))),
        "review.ineligible"
    );
    assert_eq!(
        code(review::open(&test.app, &grace.person, id, test.now)),
        "review.ineligible"
    );
    assert_eq!(test.records(b"award/"), 0);
}

#[test]
fn where_a_district_reviews_its_own_teachers_only_their_own_schools_are_left_out() {
    let test = TestApp::new();
    let county = found(&test, "knox-county", OrganisationKind::District, "host");
    let school = found(
        &test,
        "halls-elementary",
        OrganisationKind::District,
        "knox-county",
    );
    let other = found(
        &test,
        "powell-middle",
        OrganisationKind::District,
        "knox-county",
    );
    let donna = test.person("donna", &[Role::Author]);
    test.join(&donna, &county, &[Role::Author]);
    let id: MicroCredentialId = "of-the-county".parse().expect("a slug");
    micro_credential::write(&test.app, &donna, county.clone(), id.clone(), content())
        .expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
    let ada = test.person("ada", &[]);
    test.join(&ada, &county, &[]);
    test.join(&ada, &school, &[]);
    let submission = handed_in(&test, "ada", &id);
    let (near, far) = (test.reviewer("near"), test.reviewer("far"));
    for (reviewer, of) in [(&near, &school), (&far, &other)] {
        test.join(&reviewer.person, &county, &[Role::Reviewer]);
        test.join(&reviewer.person, of, &[]);
    }
    assert_eq!(code(near.claims(submission)), "review.ineligible");
    far.claims(submission).expect("a claim");
}
