//! People: known by their addresses and by tokens that nobody can read from the store.

use crate::app::TestApp;
use issuer::person;
use issuer::rights::Scope;

#[test]
fn a_bearer_token_is_known_by_its_digest_alone() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let token = person::make_token(&test.app, ada.id, Scope::all(), test.now).expect("a token");
    assert_eq!(
        person::authenticate(&test.app, token.expose())
            .expect("ada")
            .0
            .id,
        ada.id
    );
    let stored = test
        .app
        .store
        .engine()
        .scan(b"", b"", 10_000)
        .expect("the store");
    let secret = token.expose().as_bytes();
    assert!(
        stored
            .iter()
            .all(|(key, value)| [key, value].iter().all(|bytes| !contains(bytes, secret)))
    );

    for wrong in [
        "",
        "assay_",
        "assay_AAAA",
        &token.expose()[1..],
        &format!("{}A", token.expose()),
    ] {
        let refused = person::authenticate(&test.app, wrong).expect_err("not a token");
        assert_eq!(refused.code(), "auth.invalid_token");
    }
    person::discard_token(&test.app, &token).expect("its end");
    assert_eq!(
        person::authenticate(&test.app, token.expose())
            .expect_err("discarded")
            .code(),
        "auth.invalid_token"
    );
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn one_address_belongs_to_one_person() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let twin = person::NewPerson {
        name: "Ada's twin".parse().expect("a name"),
        emails: vec![" ADA@Example.org ".parse().expect("an address")],
        did: None,
        email_in_badges: person::EmailInBadges::Hashed,
    };
    assert_eq!(twin.emails[0], ada.emails[0]);
    let refused = person::register(&test.app, twin, test.now).expect_err("it is Ada's");
    assert_eq!(refused.code(), "person.email_taken");
}
