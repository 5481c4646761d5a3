//! What happens in a cohort at the same moment, page by page, and when two accounts become one.

use std::sync::Barrier;
use std::thread;

use issuer::cohort::help::{self, Question};
use issuer::cohort::people::{self, Choices, Part, Words};
use issuer::cohort::{self, About, Cohort, posts};
use issuer::error::Error;
use issuer::id::OrganisationId;
use issuer::organisation::Role;
use issuer::page::{PageLimit, PageRequest};
use issuer::person::Person;
use issuer::{link, merge};

use crate::app::TestApp;
use crate::mailbox;

#[test]
fn what_was_said_is_read_page_by_page_the_last_first() {
    let test = TestApp::new();
    let (made, ada, _) = small(&test);
    for number in 0..7 {
        let text = format!("Number {number}").parse().expect("a text");
        let now = test.now.plus_seconds(number * 60);
        posts::say(&test.app, &ada, made.id, text, now).expect("a post");
    }
    let mut asked = PageRequest {
        limit: PageLimit::new(3).expect("a limit"),
        cursor: None,
    };
    let mut read = Vec::new();
    loop {
        let page = posts::wall(&test.app, &ada, made.id, &asked).expect("a page");
        read.extend(
            page.items
                .into_iter()
                .map(|one| one.text.expect("a text").to_string()),
        );
        match page.next {
            Some(next) => asked.cursor = Some(next),
            None => break,
        }
    }
    let expected: Vec<_> = (0..7)
        .rev()
        .map(|number| format!("Number {number}"))
        .collect();
    assert_eq!(read, expected);
}

/// A cohort of the host's that Ada and Bob are in.
fn small(test: &TestApp) -> (Cohort, Person, Person) {
    let about = About {
        name: "Small".parse().expect("a name"),
        goal: "To be small.".parse().expect("a goal"),
        lines: Vec::new(),
        office_hours: None,
        office_link: None,
    };
    let by = test.person("cora", &[Role::Coordinator]);
    let made = cohort::make(&test.app, by.id, &OrganisationId::host(), about, test.now);
    let made = made.expect("a cohort");
    let (ada, bob) = (test.person("ada", &[]), test.person("bob", &[]));
    for one in [&ada, &bob] {
        join(test, &made, one).expect("a member");
    }
    (made, ada, bob)
}

fn join(test: &TestApp, made: &Cohort, person: &Person) -> Result<people::Participant, Error> {
    let code = made.code.to_string();
    people::join(&test.app, person, &code, Choices::default(), test.now)
}

fn at_once<T: Send, U: Send>(
    one: impl FnOnce() -> T + Send,
    other: impl FnOnce() -> U + Send,
) -> (T, U) {
    let start = Barrier::new(2);
    thread::scope(|scope| {
        let first = scope.spawn(|| {
            start.wait();
            one()
        });
        start.wait();
        let second = other();
        (first.join().expect("no panic"), second)
    })
}

#[test]
fn of_two_who_join_at_once_one_takes_the_last_place() {
    let test = TestApp::new();
    let (made, ..) = small(&test);
    for number in 2..199 {
        let one = test.person(&format!("member-{number}"), &[]);
        join(&test, &made, &one).expect("there is room");
    }
    let (yan, zoe) = (test.person("yan", &[]), test.person("zoe", &[]));
    let (one, other) = at_once(|| join(&test, &made, &yan), || join(&test, &made, &zoe));
    let joined = [&one, &other]
        .iter()
        .filter(|joined| joined.is_ok())
        .count();
    assert_eq!(joined, 1, "{one:?} {other:?}");
    assert_eq!(
        people::people(&test.app, made.id).expect("the store").len(),
        200
    );
}

#[test]
fn somebody_who_joins_twice_at_once_is_in_it_once() {
    let test = TestApp::new();
    let (made, ..) = small(&test);
    let zoe = test.person("zoe", &[]);
    let (one, other) = at_once(|| join(&test, &made, &zoe), || join(&test, &made, &zoe));
    assert_eq!(one.expect("a member"), other.expect("a member"));
    assert_eq!(
        people::people(&test.app, made.id).expect("the store").len(),
        3
    );
}

#[test]
fn what_is_hidden_taken_back_and_replied_to_at_once_ends_in_one_way() {
    let test = TestApp::new();
    let (made, ada, bob) = small(&test);
    let (app, id) = (&test.app, made.id);
    let text = || "Wait.".parse().expect("a text");
    for round in 0..12_i64 {
        let now = test.now.plus_seconds(round * 40 * 60);
        let post = posts::say(app, &ada, id, text(), now).expect("a post").id;
        let reason = "No.".parse().expect("a reason");
        let (hidden, taken_back) = at_once(
            || posts::hide(app, &bob, id, post, reason),
            || posts::take_back(app, &ada, id, post),
        );
        taken_back.expect("it is hers to take back");
        assert!(matches!(hidden, Ok(_) | Err(Error::NotFound)), "{hidden:?}");
        assert!(matches!(
            posts::one(app, &ada, id, post),
            Err(Error::NotFound)
        ));

        let post = posts::say(app, &ada, id, text(), now).expect("a post").id;
        let (replied, taken_back) = at_once(
            || posts::reply(app, &bob, id, post, text(), now),
            || posts::take_back(app, &ada, id, post),
        );
        taken_back.expect("it is hers to take back");
        let left = posts::one(app, &bob, id, post);
        match replied {
            // The place stays above the reply, and goes with it.
            Ok(reply) => {
                let left = left.expect("an empty place");
                assert_eq!((left.text, left.replies), (None, 1));
                posts::take_back(app, &bob, id, reply.id).expect("his reply");
            }
            Err(Error::NotFound | Error::Invalid { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
        assert!(matches!(
            posts::one(app, &bob, id, post),
            Err(Error::NotFound)
        ));
    }
    let wall = posts::wall(app, &bob, id, &PageRequest::most()).expect("a page");
    assert!(wall.items.is_empty(), "{:?}", wall.items);
}

#[test]
fn joined_accounts_keep_their_cohorts_their_words_and_their_requests() {
    let test = TestApp::new();
    let (made, ada, _) = small(&test);
    let (app, now) = (&test.app, test.now);
    let text = || "Wait.".parse().expect("a text");
    let post = posts::say(app, &ada, made.id, text(), now)
        .expect("a post")
        .id;
    let question = Question {
        submission: test.learner("ada").prepares().id,
        stuck: None,
        text: text(),
    };
    let asked = help::ask(app, &ada, made.id, question, now)
        .expect("a request")
        .id;
    let home = test.person("ada-at-home", &[]);
    mailbox::empty(&test);
    link::send_proof(app, &home, ada.primary(), now).expect("a link");
    let path = mailbox::link_to(&test, ada.primary().as_str());
    let secret = path["/link/".len()..].parse().expect("a secret");
    let home = merge::merge(app, &home, &secret, now).expect("one account");

    let part = people::part_of(app, made.id, home.id).expect("the store");
    assert_eq!(part, Some(Part::Member));
    assert_eq!(people::people(app, made.id).expect("the store").len(), 2);
    let seen = posts::one(app, &home, made.id, post).expect("her post");
    assert!(seen.is_own && seen.by.expect("a name").1.as_str() == "ada-at-home");
    let own = help::own(app, &home, made.id).expect("the store");
    assert_eq!((own.len(), own[0].request.id), (1, asked));
    people::leave(app, &home, made.id, Words::GoToo).expect("she leaves");
    let bob = test.person("bob", &[]);
    assert!(matches!(
        posts::one(app, &bob, made.id, post),
        Err(Error::NotFound)
    ));
    let waiting = help::waiting(app, made.id, &PageRequest::most()).expect("the store");
    assert!(waiting.items.is_empty());
}
