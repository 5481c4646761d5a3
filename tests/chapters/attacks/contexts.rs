//! Group L: the contexts by which a document is read, through every form.

use std::fs;
use std::net::TcpListener;

use schemas::contexts;
use serde_json::{Value, json};
use verifier::Policy;

use super::statements::{code, good, put};
use crate::forge::{CREDENTIALS, Key, OPEN_BADGES, badge, header, payload, token, with};
use crate::forms::{Case, hold};
use crate::program;
use crate::web::{self, files, fixtures, now, presented};

/// No context is fetched: the listener that one lies at sees nobody.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_02_a_context_of_somebody_else_is_neither_fetched_nor_believed() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a listener");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    let mut all = Case::fixtures(&["refused/ld.context_not_allowed/unknown.json"]);
    for url in [
        format!("{origin}/context.json"),
        "https://evil.example/context.json".to_owned(),
        "https://www.w3.org/ns/credentials/v2/".to_owned(),
        "https://www.w3.org/ns/credentials/v2#".to_owned(),
        "http://www.w3.org/ns/credentials/v2".to_owned(),
        "https://www.w3.org/ns/credentials/V2".to_owned(),
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.4.json".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        for pointer in [
            "",
            "/credentialSubject",
            "/credentialSubject/achievement",
            "/proof",
        ] {
            let context = json!([CREDENTIALS, OPEN_BADGES, url]);
            let changed = put(&good(), pointer, "@context", context);
            // A proof has the contexts of its document, and no others.
            let told = match pointer {
                "/proof" => "refused/ld.context_order",
                _ => "refused/ld.context_not_allowed",
            };
            all.push(Case::new(
                format!("{pointer} {url}"),
                changed.to_string(),
                told,
            ));
        }
    }
    for case in &all {
        assert_eq!(
            case.web
                .verify_at(&case.presented, &Policy::default(), now())
                .1,
            [],
            "{}",
            case.name
        );
    }
    hold("L-02", &all).await;

    let folder = tempfile::tempdir().expect("a folder");
    for (number, case) in all.iter().enumerate() {
        fs::write(
            folder.path().join(format!("{number}.json")),
            &case.presented,
        )
        .expect("a file");
    }
    let run = program::command()
        .args(["verify", "--json", "--development", &origin])
        .arg(folder.path())
        .output()
        .expect("the program");
    assert_eq!(run.status.code(), Some(1));
    let called = listener.accept();
    assert!(called.is_err(), "{called:?}");
}

/// Contexts in the document that give its words another meaning, also those of the attacks published in 2024.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_03_a_document_does_not_bring_its_own_words() {
    // Some are seen for something else before anybody asks what they mean.
    let refused = |context: &Value| match context {
        context if !context["proof"].is_null() => "refused/proof.misplaced",
        Value::Number(_) => "refused/schema.type",
        _ => "refused/ld.context_not_allowed",
    };
    let mut all = Case::fixtures(&["refused/ld.context_not_allowed/inline.json"]);
    let ob = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#";
    for context in [
        json!({"name": "https://schema.org/description", "description": "https://schema.org/name"}),
        json!({"achievement": format!("{ob}creator"), "creator": format!("{ob}achievement")}),
        json!({"proof": "https://evil.example/ignored"}),
        json!({"proof": {"@id": "https://w3id.org/security#proof", "@type": "@json"}}),
        json!({"id": "https://evil.example/id", "sub": "@id"}),
        json!({"type": "https://evil.example/type", "kind": "@type"}),
        json!({"OpenBadgeCredential": "https://evil.example/other"}),
        json!({"@vocab": "https://evil.example/"}),
        json!({"@base": "https://evil.example/"}),
        json!({"@language": "en"}),
        json!({"ex": "https://evil.example/", "ex:x": {"@reverse": "ex:y"}}),
        json!({}),
        json!(7),
    ] {
        for (place, pointer) in [
            ("last", ""),
            ("in the subject", "/credentialSubject"),
            ("in the proof", "/proof"),
        ] {
            let list = match pointer {
                "/proof" | "/credentialSubject" => json!([context]),
                _ => json!([CREDENTIALS, OPEN_BADGES, context]),
            };
            let changed = put(&good(), pointer, "@context", list);
            let told = match pointer {
                "/proof" => "refused/ld.context_order",
                "/credentialSubject" if context == 7 => "refused/ld.context_not_allowed",
                _ => refused(&context),
            };
            all.push(Case::new(
                format!("{context} {place}"),
                changed.to_string(),
                told,
            ));
        }
        let key = Key::School;
        let mut body = payload(&badge(&key.did()));
        body["@context"] = json!([CREDENTIALS, OPEN_BADGES, context]);
        let token = token(&header(key, &key.method()), &body, key);
        all.push(Case::new(
            format!("{context} in a token"),
            token,
            refused(&context),
        ));
    }
    hold("L-03", &all).await;
}

/// Every other order, and every entry dropped, doubled or replaced.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_04_the_contexts_are_those_of_the_standard_in_its_order() {
    let mut all = Case::fixtures(&["refused/ld.context_order"]);
    let extensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
    let order = "refused/ld.context_order";
    for (contexts, told) in [
        (json!([OPEN_BADGES, CREDENTIALS]), order),
        (json!([CREDENTIALS]), order),
        (json!([OPEN_BADGES]), order),
        (json!([]), order),
        (json!(null), order),
        (json!([CREDENTIALS, CREDENTIALS, OPEN_BADGES]), order),
        (json!([CREDENTIALS, extensions, OPEN_BADGES]), order),
        (json!([extensions, CREDENTIALS, OPEN_BADGES]), order),
        (
            json!([
                CREDENTIALS,
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
            ]),
            order,
        ),
        (
            // By it the document says that it is of the older model, which asks for other members.
            json!(["https://www.w3.org/2018/credentials/v1", OPEN_BADGES]),
            "refused/schema.required",
        ),
        (
            json!([
                CREDENTIALS,
                OPEN_BADGES,
                "https://www.w3.org/2018/credentials/v1"
            ]),
            "refused/ld.protected_term",
        ),
        (
            json!([CREDENTIALS, OPEN_BADGES, "https://evil.example/c"]),
            "refused/ld.context_not_allowed",
        ),
        (json!([[CREDENTIALS, OPEN_BADGES]]), order),
        // Added after signing it defines nothing that is used, and every statement stays as it was signed.
        (json!([CREDENTIALS, OPEN_BADGES, extensions]), "verified"),
    ] {
        let changed = with(&good(), "/@context", contexts.clone());
        all.push(Case::new(contexts.to_string(), changed.to_string(), told));
    }
    // What only the added context defines was not signed.
    let mut meant = with(
        &good(),
        "/@context",
        json!([CREDENTIALS, OPEN_BADGES, extensions]),
    );
    meant["refreshService"] =
        json!({"id": "https://badges.example/r", "type": "1EdTechCredentialRefresh"});
    all.push(Case::new(
        "used",
        meant.to_string(),
        "refused/signature.invalid",
    ));
    hold("L-04", &all).await;
}

/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_05_no_protected_term_is_defined_anew() {
    let mut all = Case::fixtures(&["refused/ld.protected_term"]);
    let not_allowed = "refused/ld.context_not_allowed";
    for (name, context) in [
        (
            "a protected term",
            json!({"name": "https://schema.org/alternateName"}),
        ),
        (
            "protected again",
            json!({"@protected": true, "name": "https://schema.org/alternateName"}),
        ),
        (
            "scoped",
            json!({"achievement": {"@id": "https://x.example/a", "@context": {"name": "https://x.example/n"}}}),
        ),
        (
            "propagated",
            json!({"@propagate": false, "name": "https://x.example/n"}),
        ),
        ("imported", json!({"@version": 1.1, "@import": CREDENTIALS})),
        ("without a version", json!({"@vocab": "https://x.example/"})),
        ("nothing", json!(null)),
    ] {
        for pointer in ["", "/credentialSubject", "/credentialSubject/achievement"] {
            let list = match pointer {
                "" => json!([CREDENTIALS, OPEN_BADGES, context]),
                _ => context.clone(),
            };
            // To forget all contexts is to forget what they protect.
            let told = match (context.is_null(), pointer) {
                (true, "") => "refused/schema.type",
                (true, _) => "refused/ld.protected_term",
                (false, _) => not_allowed,
            };
            let changed = put(&good(), pointer, "@context", list);
            all.push(Case::new(
                format!("{name} {pointer}"),
                changed.to_string(),
                told,
            ));
        }
    }
    hold("L-05", &all).await;
}

/// Badges of every edition of the contexts, each read with the text that it was signed with.
/// Forms: library, command line, HTTP.
#[tokio::test]
async fn attack_l_11_old_badges_are_read_with_the_contexts_they_were_signed_with() {
    let mut all = Vec::new();
    for path in files(&fixtures().join("presented/verified")) {
        let name = web::name(&path);
        if name.contains("context") || name.contains("older-model") || name.contains("did-key") {
            all.extend(Case::fixtures(&[&name]));
        }
    }
    let named: String = all
        .iter()
        .map(|case| String::from_utf8_lossy(&case.presented))
        .collect();
    let editions = contexts::all()
        .iter()
        .filter(|context| context.url.contains("/spec/ob/v3p0/context"));
    let mut seen = 0;
    for context in editions {
        assert!(
            named.contains(context.url),
            "no badge names {}",
            context.url
        );
        seen += 1;
    }
    assert!(seen >= 4, "{seen}");
    // What an edition was, it stays: another text in its place is another context, and nothing is fetched.
    for case in &all {
        let (_, asked) = case
            .web
            .verify_at(&case.presented, &Policy::default(), now());
        assert!(
            asked.iter().all(|url| !url.path().contains("context")),
            "{asked:?}"
        );
    }
    assert_eq!(code(&presented("verified/context-3.0.2.json")), "verified");
    hold("L-11", &all).await;
}
