//! People: known by their addresses and by tokens that nobody can read from the store.

use crate::app::TestApp;
use issuer::person;
use issuer::rights::Scope;
use issuer::token;

#[test]
fn a_bearer_token_is_known_by_its_digest_alone() {
    let test = TestApp::new();
    let ada = test.person("ada", &[]);
    let name = "Nightly export".parse().expect("a name");
    let made = token::make(&test.app, ada.id, name, Scope::all(), test.now);
    let (token, record) = made.expect("a token");
    let authenticate = |text: &str| token::authenticate(&test.app, text, test.now);
    assert_eq!(authenticate(token.expose()).expect("ada").0.id, ada.id);
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
        let refused = authenticate(wrong).expect_err("not a token");
        assert_eq!(refused.code(), "auth.invalid_token");
    }
    token::end(&test.app, ada.id, record.id).expect("its end");
    assert_eq!(
        authenticate(token.expose()).expect_err("discarded").code(),
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
