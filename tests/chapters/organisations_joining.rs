//! Joining organisations: codes, requests, lists of people, links; and who looks after them.

use issuer::event::Actor;
use issuer::id::{OrganisationId, PersonId};
use issuer::organisation::invitation::{self, LASTS};
use issuer::organisation::joining::{self, JoinCode, NewCode};
use issuer::organisation::{self, Membership, OrganisationKind, Role, membership, roster};
use issuer::person::Person;
use std::sync::Barrier;
use std::thread;

use super::organisations::{district, wayne};
use crate::app::TestApp;
use crate::served::Served;

/// The service with Wayne County, which Wendy looks after.
fn wayne_county() -> (TestApp, Person) {
    let test = TestApp::new();
    let wendy = of_wayne(&test);
    (test, wendy)
}

fn of_wayne(test: &TestApp) -> Person {
    organisation::found(
        &test.app,
        Actor::Service,
        district(&wayne(), "Wayne County"),
        test.now,
    )
    .expect("founded");
    let wendy = test.person("wendy", &[]);
    test.join(&wendy, &wayne(), &[Role::Administrator]);
    wendy
}

fn code_for(test: &TestApp, by: &Person, limit: u32) -> JoinCode {
    let wanted = NewCode {
        label: None,
        expires: test.now.plus_seconds(86_400),
        limit,
    };
    joining::make_code(&test.app, by.id, &wayne(), wanted, test.now).expect("a code")
}

fn membership_of(test: &TestApp, person: PersonId) -> Option<Membership> {
    test.app
        .store
        .membership(&wayne(), person)
        .expect("the store")
}

#[test]
fn the_last_administrator_can_neither_leave_nor_lose_the_role() {
    let (test, wendy) = wayne_county();
    let role = |role| [role].into();
    let author = membership::set_roles(
        &test.app,
        Actor::Service,
        &wayne(),
        wendy.id,
        role(Role::Author),
        test.now,
    );
    assert_eq!(
        author.expect_err("she is the last").code(),
        "organisation.last_administrator"
    );
    let gone = membership::end(&test.app, Actor::Service, &wayne(), wendy.id, test.now);
    assert_eq!(
        gone.expect_err("she is the last").code(),
        "organisation.last_administrator"
    );

    let amos = test.person("amos", &[]);
    test.join(&amos, &wayne(), &[Role::Administrator]);
    membership::end(&test.app, Actor::Service, &wayne(), wendy.id, test.now)
        .expect("there is another one");
    assert_eq!(membership_of(&test, wendy.id), None);
    assert!(
        test.app
            .store
            .memberships_of(wendy.id, 10)
            .expect("the store")
            .is_empty()
    );
    let gone = membership::end(&test.app, Actor::Service, &wayne(), amos.id, test.now);
    assert_eq!(
        gone.expect_err("now he is the last").code(),
        "organisation.last_administrator"
    );
}

#[test]
fn of_two_administrators_who_go_at_once_one_stays() {
    for _ in 0..10 {
        let (test, wendy) = wayne_county();
        let amos = test.person("amos", &[]);
        test.join(&amos, &wayne(), &[Role::Administrator]);
        let both = Barrier::new(2);
        let go = |person: PersonId| {
            both.wait();
            membership::end(&test.app, Actor::Service, &wayne(), person, test.now)
        };
        let outcomes = thread::scope(|scope| {
            let first = scope.spawn(|| go(wendy.id));
            let second = scope.spawn(|| go(amos.id));
            [
                first.join().expect("a thread"),
                second.join().expect("a thread"),
            ]
        });
        let gone = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(gone, 1, "{outcomes:?}");
        let left = [wendy.id, amos.id].map(|person| membership_of(&test, person));
        assert_eq!(left.iter().flatten().count(), 1);
    }
}

#[test]
fn a_code_lets_in_as_many_as_it_is_for_and_nobody_later() {
    let (mut test, wendy) = wayne_county();
    let code = code_for(&test, &wendy, 2);
    let typed = code.code.to_string();
    let join = |test: &TestApp, name: &str, typed: &str| {
        let person = test.person(name, &[]);
        joining::join(&test.app, &person, typed, test.now)
    };
    for name in ["ada", "mary"] {
        let member = join(&test, name, &typed).expect("a member");
        assert!(member.roles.is_empty());
    }
    // Who is a member already uses nothing up, and is told so by being one.
    join(&test, "ada", &typed).expect("still a member");
    let refused = |outcome: Result<Membership, issuer::error::Error>| match outcome {
        Err(error) => error.code(),
        Ok(member) => panic!("{member:?}"),
    };
    assert_eq!(
        refused(join(&test, "emmy", &typed)),
        "organisation.join_code_over"
    );
    for unknown in ["", "BCDFG-BCDFG", "nonsense"] {
        assert_eq!(
            refused(join(&test, "emmy", unknown)),
            "organisation.join_code_unknown"
        );
    }

    let revoked = code_for(&test, &wendy, 5);
    joining::revoke_code(&test.app, &wayne(), &revoked.code, test.now).expect("its end");
    let typed = revoked.code.to_string();
    assert_eq!(
        refused(join(&test, "emmy", &typed)),
        "organisation.join_code_over"
    );
    let late = code_for(&test, &wendy, 5);
    test.now = late.expires;
    let typed = late.code.to_string();
    assert_eq!(
        refused(join(&test, "lise", &typed)),
        "organisation.join_code_over"
    );
    // Another organisation can take back none but its own.
    let other = joining::revoke_code(&test.app, &OrganisationId::host(), &late.code, test.now);
    assert_eq!(
        other.expect_err("it is Wayne County's").code(),
        "auth.not_found"
    );
}

#[test]
fn a_hall_of_people_joins_with_one_code_at_once() {
    let (test, wendy) = wayne_county();
    let code = code_for(&test, &wendy, 12).code.to_string();
    let people: Vec<Person> = (0..16)
        .map(|number| test.person(&format!("teacher-{number}"), &[]))
        .collect();
    let joined = thread::scope(|scope| {
        let join = |person| {
            let (test, code) = (&test, &code);
            scope.spawn(move || joining::join(&test.app, person, code, test.now).is_ok())
        };
        let joining: Vec<_> = people.iter().map(join).collect();
        joining
            .into_iter()
            .filter_map(|one| one.join().ok())
            .filter(|ok| *ok)
            .count()
    });
    assert_eq!(joined, 12);
    let codes = test.app.store.join_codes(&wayne()).expect("the store");
    assert_eq!(codes[0].uses, 12);
}

#[test]
fn whoever_guesses_codes_is_slowed_down() {
    let (mut test, wendy) = wayne_county();
    let code = code_for(&test, &wendy, 5).code.to_string();
    let eve = test.person("eve", &[]);
    for _ in 0..10 {
        joining::join(&test.app, &eve, "BCDFG-BCDFG", test.now).expect_err("no such code");
    }
    let slowed = joining::join(&test.app, &eve, &code, test.now).expect_err("too many tries");
    assert_eq!(slowed.code(), "rate.limited");
    test.now = test.now.plus_seconds(6 * 60);
    joining::join(&test.app, &eve, &code, test.now).expect("a member");
}

#[test]
fn a_request_is_answered_by_mail_and_may_be_made_again_after_a_week() {
    let (mut test, wendy) = wayne_county();
    let quin = test.person("quin", &[]);
    let ask = |test: &TestApp| {
        let message = Some("I teach in Waynesboro.".parse().expect("a text"));
        joining::ask(&test.app, &quin, &wayne(), message, test.now)
    };
    let mails_to = |test: &TestApp, said: &str| {
        let mails = test.app.store.outbox(100).expect("the store");
        let mine = mails.iter().filter(|mail| mail.to == *quin.primary());
        mine.filter(|mail| mail.text.contains(said)).count()
    };
    ask(&test).expect("a request");
    assert_eq!(
        ask(&test).expect_err("she has asked").code(),
        "state.conflict"
    );
    let reason = Some("We do not know you yet.".parse().expect("a text"));
    joining::decline(&test.app, wendy.id, &wayne(), quin.id, reason, test.now).expect("an answer");
    assert_eq!(mails_to(&test, "We do not know you yet."), 1);
    let twice = joining::approve(&test.app, wendy.id, &wayne(), quin.id, test.now);
    assert_eq!(twice.expect_err("it was answered").code(), "auth.not_found");
    assert_eq!(ask(&test).expect_err("too soon").code(), "state.conflict");

    test.now = test.now.plus_seconds(7 * 86_400);
    ask(&test).expect("a second request");
    let waiting = joining::waiting(&test.app, &wayne(), &Default::default()).expect("the store");
    assert_eq!(waiting.items.len(), 1);
    joining::approve(&test.app, wendy.id, &wayne(), quin.id, test.now).expect("an answer");
    assert_eq!(mails_to(&test, "was approved"), 1);
    assert!(membership_of(&test, quin.id).is_some());
    let waiting = joining::waiting(&test.app, &wayne(), &Default::default()).expect("the store");
    assert!(waiting.items.is_empty());
    assert_eq!(ask(&test).expect_err("a member").code(), "state.conflict");
}

fn send(test: &TestApp, by: &Person, roster: &str) -> Result<roster::Sent, issuer::error::Error> {
    roster::send(&test.app, by.id, &wayne(), roster.as_bytes(), test.now)
}

#[test]
fn a_list_sent_again_invites_nobody_twice() {
    let (test, wendy) = wayne_county();
    let list = "name;email\r\nAda;ADA@example.org\r\n;;\r\n\"Curie, Marie\";marie@example.org\r\n";
    let first = send(&test, &wendy, list).expect("a good list");
    assert_eq!((first.invited, first.problems.len()), (2, 0), "{first:?}");
    let again = send(&test, &wendy, list).expect("a good list");
    assert_eq!((again.invited, again.invited_before), (0, 2));
    assert_eq!(test.records(b"mail/"), 2);
    let more = send(&test, &wendy, "email,roles\nada@example.org,author\n").expect("a good list");
    assert_eq!((more.invited, more.changed), (0, 1));
    let secret = mailed(&test, "ada@example.org").parse().expect("a secret");
    let member = invitation::accept(&test.app, &secret, None, test.now).expect("a member");
    assert_eq!(member.roles, [Role::Author].into());
    let third = send(&test, &wendy, list).expect("a good list");
    assert_eq!((third.members, third.invited_before), (1, 1));
}

#[test]
fn rows_are_named_by_the_line_that_an_editor_shows() {
    let rows = [
        "email,name",
        "ada@example.org,Ada",
        "",
        "nobody,\"two",
        "lines\"",
        "ada@example.org,Ada",
    ];
    // The second is what browsers send of a text field, and what spreadsheets write.
    for end in ["\n", "\r\n"] {
        let (test, wendy) = wayne_county();
        let sent = send(&test, &wendy, &rows.join(end)).expect("a list");
        let lines: Vec<_> = sent.problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [4, 6], "{end:?}");
        let twice = &sent.problems[1].message;
        assert!(twice.contains("line 2 "), "{end:?}: {twice}");
    }
}

#[test]
fn roles_are_for_administrators_to_give() {
    let (test, wendy) = wayne_county();
    let cora = test.person("cora", &[]);
    test.join(&cora, &wayne(), &[Role::Coordinator]);
    send(&test, &wendy, "email,roles\nada@example.org,reviewer\n").expect("a good list");
    let list = "email,roles\nada@example.org,\nmary@example.org,administrator\n";
    let sent = send(&test, &cora, list).expect("a list");
    let codes: Vec<_> = sent.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(
        (codes, sent.invited_before),
        (vec!["roster.roles_not_yours"], 1)
    );
}

#[test]
fn what_concerns_the_whole_list_is_said_once() {
    let (test, wendy) = wayne_county();
    let many = (0..=roster::ROWS).map(|number| format!("t{number}@example.org\n"));
    let many = format!("email\n{}", many.collect::<String>());
    for (list, place) in [
        ("", "/1"),
        ("name\nAda\n", "/1"),
        ("email,email\n", "/1"),
        ("email,shoe size\n", "/1"),
        (many.as_str(), ""),
    ] {
        let refused = send(&test, &wendy, list).expect_err("no list");
        assert_eq!(refused.pointer(), Some(place), "{refused}");
    }
    let latin = roster::send(
        &test.app,
        wendy.id,
        &wayne(),
        b"email,name\na@b,\xe9\n",
        test.now,
    );
    assert!(latin.expect_err("not UTF-8").to_string().contains("UTF-8"));
    assert_eq!(test.records(b"invitation/"), 0);
}

#[test]
fn a_list_of_five_thousand_is_taken_whole() {
    let (test, wendy) = wayne_county();
    let rows = (0..roster::ROWS).map(|number| format!("t{number}@example.org,Teacher {number}\n"));
    let list = format!("email,name\n{}", rows.collect::<String>());
    let sent = send(&test, &wendy, &list).expect("a good list");
    assert_eq!((sent.invited, sent.problems.len()), (roster::ROWS, 0));
    assert_eq!(test.records(b"invitation/"), roster::ROWS);
}

/// The secret of the newest link that was mailed to an address.
fn mailed(test: &TestApp, email: &str) -> String {
    let mails = test.app.store.outbox(1_000).expect("the store");
    let to = mails.iter().filter(|mail| mail.to.as_str() == email);
    let newest = to.max_by_key(|mail| mail.queued).expect("a message");
    let (_, link) = newest.text.split_once("/invitations/").expect("a link");
    link.split_whitespace().next().expect("a secret").to_owned()
}

#[test]
fn a_link_makes_an_account_when_it_is_accepted_and_is_good_once() {
    let (mut test, wendy) = wayne_county();
    send(&test, &wendy, "email,name\nada@example.org,\n").expect("a good list");
    let people = test.records(b"person/");
    let first = mailed(&test, "ada@example.org").parse().expect("a secret");
    invitation::look(&test.app, &first, test.now).expect("looking changes nothing");
    assert_eq!(test.records(b"person/"), people);
    let unnamed = invitation::accept(&test.app, &first, None, test.now);
    assert_eq!(
        unnamed.expect_err("nobody knows her name").pointer(),
        Some("/name")
    );

    // Sent again, the old link leads nowhere.
    let listed = test
        .app
        .store
        .invitations(&wayne(), &Default::default())
        .expect("the store");
    let id = listed.items[0].id;
    let soon = invitation::send_again(&test.app, &wayne(), id, test.now);
    assert_eq!(soon.expect_err("a moment ago").code(), "rate.limited");
    test.now = test.now.plus_seconds(LASTS);
    let late = invitation::look(&test.app, &first, test.now);
    assert_eq!(late.expect_err("30 days later").code(), "link.expired");
    invitation::send_again(&test.app, &wayne(), id, test.now).expect("another link");
    let old = invitation::look(&test.app, &first, test.now);
    assert_eq!(old.expect_err("another was sent").code(), "link.used");

    let second = mailed(&test, "ada@example.org").parse().expect("a secret");
    let name = "Ada".parse().expect("a name");
    let member = invitation::accept(&test.app, &second, Some(&name), test.now).expect("a member");
    let person = test
        .app
        .store
        .person(member.person)
        .expect("the store")
        .expect("Ada");
    assert_eq!(person.primary().as_str(), "ada@example.org");
    let twice = invitation::accept(&test.app, &second, Some(&name), test.now);
    assert_eq!(twice.expect_err("it was used").code(), "link.used");
    let listed = test
        .app
        .store
        .invitations(&wayne(), &Default::default())
        .expect("the store");
    assert!(listed.items.is_empty());
}

#[test]
fn a_withdrawn_invitation_leads_nowhere() {
    let (test, wendy) = wayne_county();
    send(&test, &wendy, "email,name\nada@example.org,Ada\n").expect("a good list");
    let secret = mailed(&test, "ada@example.org").parse().expect("a secret");
    let listed = test
        .app
        .store
        .invitations(&wayne(), &Default::default())
        .expect("the store");
    let id = listed.items[0].id;
    let elsewhere = invitation::withdraw(&test.app, &OrganisationId::host(), id, test.now);
    assert_eq!(elsewhere.expect_err("not theirs").code(), "auth.not_found");
    invitation::withdraw(&test.app, &wayne(), id, test.now).expect("its end");
    let over = invitation::accept(&test.app, &secret, None, test.now);
    assert_eq!(over.expect_err("it was withdrawn").code(), "link.used");
}

#[test]
fn whoever_has_an_account_joins_with_it() {
    let (test, wendy) = wayne_county();
    let mary = test.person("mary", &[]);
    send(
        &test,
        &wendy,
        "email,roles\nmary@example.org,author\nold@example.org,\n",
    )
    .expect("a list");
    let secret = mailed(&test, "mary@example.org").parse().expect("a secret");
    let member = invitation::accept(&test.app, &secret, None, test.now).expect("a member");
    assert_eq!(member.person, mary.id);
    // The link to another address of hers, while she is signed in.
    let secret = mailed(&test, "old@example.org").parse().expect("a secret");
    let member = invitation::accept_as(&test.app, &mary, &secret, test.now).expect("a member");
    assert_eq!(
        (member.person, member.roles),
        (mary.id, [Role::Author].into())
    );
}

#[test]
fn organisations_do_not_belong_to_themselves_in_a_circle() {
    let (test, _) = wayne_county();
    let school: OrganisationId = "river-school".parse().expect("a slug");
    let mut new = district(&school, "River School");
    new.parent = Some(wayne());
    organisation::found(&test.app, Actor::Service, new, test.now).expect("founded");
    let place = |id: &OrganisationId, parent: &OrganisationId| {
        let parent = Some(parent.clone());
        organisation::place(
            &test.app,
            Actor::Service,
            id,
            OrganisationKind::District,
            parent,
            test.now,
        )
    };
    for (id, parent) in [
        (wayne(), school.clone()),
        (wayne(), wayne()),
        (OrganisationId::host(), school),
    ] {
        let refused = place(&id, &parent).expect_err("a circle");
        assert_eq!(refused.pointer(), Some("/parent"));
    }
    let nowhere = place(&wayne(), &"nobody".parse().expect("a slug")).expect_err("nobody");
    assert_eq!(nowhere.pointer(), Some("/parent"));
    for reserved in ["host", "new"] {
        let id = reserved.parse().expect("a slug");
        let refused = organisation::found(&test.app, Actor::Service, district(&id, "X"), test.now);
        assert_eq!(refused.expect_err("reserved").pointer(), Some("/id"));
    }
}

#[tokio::test]
async fn the_sign_of_an_organisation_is_looked_through_and_shown() {
    let served = Served::new().await;
    of_wayne(&served.test);
    let wendy = served.caller("wendy", &[]);
    let put = |bytes: Vec<u8>| {
        let path = "/api/v1/organisations/wayne-county/image";
        wendy.request(reqwest::Method::PUT, path).body(bytes).send()
    };
    let script = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><script>alert(1)</script><rect width='9' height='9'/></svg>";
    let taken = put(script.into()).await.expect("an answer");
    if taken.status() == 200 {
        let shown = served.get("/organisations/wayne-county/image.svg").await;
        assert!(!shown.text().await.expect("a picture").contains("script"));
    }
    let picture = issuer::picture::draw(
        &served
            .test
            .app
            .store
            .micro_credential(&crate::catalogue::wait_time())
            .expect("the store")
            .expect("it"),
    );
    assert_eq!(put(picture.clone()).await.expect("an answer").status(), 200);
    let shown = served.get("/organisations/wayne-county/image.png").await;
    assert_eq!(crate::served::media_type(&shown), "image/png");
    assert_eq!(shown.bytes().await.expect("a picture").to_vec(), picture);
    let profile = served.json("/organisations/wayne-county").await;
    let address = "https://badges.example.org/organisations/wayne-county/image.png";
    assert_eq!(profile["image"]["id"], address);
    for bad in [Vec::new(), b"GIF89a".to_vec(), vec![0; 97_000]] {
        let refused = put(bad).await.expect("an answer").status().as_u16();
        assert!((400..500).contains(&refused), "{refused}");
    }
}
