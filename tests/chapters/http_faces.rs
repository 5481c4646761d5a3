//! What strangers see over HTTP: a badge in all its faces, the issuer, and the log.

use issuer::revocation;
use reqwest::Method;
use serde_json::{Value, json};

use crate::served::{BROWSER, Served, header, media_type, path_of, problem, raw};

#[tokio::test]
async fn a_published_badge_is_checked_by_a_stranger() {
    let served = Served::new().await;
    let id = served.published_badge();
    served.check_badge(id).await;
}

#[tokio::test]
async fn a_badge_has_one_address_and_four_faces() {
    let served = Served::new().await;
    let address = served.test.app.site.badge(served.published_badge());
    let page = "text/html; charset=utf-8";
    let (json, jwt, png) = (
        "application/vc+ld+json",
        "text/plain; charset=utf-8",
        "image/png",
    );
    let by_accept = [
        (BROWSER, page),
        ("*/*", page),
        ("text/*", page),
        ("application/json", json),
        ("application/ld+json", json),
        ("application/vc+ld+json, */*;q=0.1", json),
        ("application/vc", json),
        ("application/*", json),
        ("text/plain", jwt),
        ("text/plain, text/html;q=0.5", jwt),
        ("application/vc+jwt", jwt),
        ("image/png", png),
        ("image/*;q=0.9, text/html;q=0.8", png),
        ("text/html;q=0, application/json", json),
    ];
    for (accept, expected) in by_accept {
        let answer = served
            .request(Method::GET, &address)
            .header("accept", accept)
            .send()
            .await
            .expect("an answer");
        assert_eq!(
            (answer.status().as_u16(), media_type(&answer)),
            (200, expected),
            "{accept}"
        );
    }
    let none = served
        .request(Method::GET, &address)
        .header("accept", "video/mp4")
        .send()
        .await
        .expect("an answer");
    assert_eq!(problem(none).await, (406, "http.not_acceptable".to_owned()));
    for (extension, expected) in [
        ("json", json),
        ("jwt", jwt),
        ("jws", jwt),
        ("png", png),
        ("html", page),
    ] {
        let answer = served.get(&format!("{address}.{extension}")).await;
        assert_eq!(
            (answer.status().as_u16(), media_type(&answer)),
            (200, expected),
            "{extension}"
        );
    }
    // A program that says nothing gets JSON (Open Badges 3.0, implementation guide).
    let raw = raw(
        &served,
        &format!("GET {} HTTP/1.0\r\n\r\n", path_of(&address)),
    )
    .await;
    assert!(
        raw.to_lowercase()
            .contains("content-type: application/vc+ld+json"),
        "{raw}"
    );
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_w_08_a_private_badge_does_not_exist_for_strangers() {
    let served = Served::new().await;
    let id = served.badge();
    let address = served.test.app.site.badge(id);
    let unknown = served
        .test
        .app
        .site
        .badge(issuer::id::BadgeId::draw(&served.test.app.random));
    let (ada, grace) = (served.caller("ada", &[]), served.caller("grace", &[]));
    for face in ["", ".json", ".jwt", ".png", ".html"] {
        let hidden = served.page(&format!("{address}{face}")).await;
        let absent = served.page(&format!("{unknown}{face}")).await;
        assert_eq!(
            (hidden.status(), absent.status()),
            (
                404.try_into().expect("a status"),
                404.try_into().expect("a status")
            )
        );
        assert_eq!(
            hidden.text().await.expect("a page"),
            absent.text().await.expect("a page"),
            "both sound the same"
        );
        assert_eq!(grace.get(&format!("{address}{face}")).await.status(), 404);
        let own = ada.get(&format!("{address}{face}")).await;
        assert_eq!(own.status(), 200);
        assert_eq!(header(&own, "cache-control"), "private, no-store");
        assert_eq!(header(&own, "x-robots-tag"), "noindex, nofollow");
    }
    assert_eq!(
        grace.get(&format!("/api/v1/badges/{id}")).await.status(),
        404
    );

    let visibility = format!("/api/v1/badges/{id}/visibility");
    let stolen = grace
        .put(&visibility, json!({ "visibility": "public" }))
        .await;
    assert_eq!(problem(stolen).await, (404, "auth.not_found".to_owned()));
    assert_eq!(
        ada.put(&visibility, json!({ "visibility": "link" }))
            .await
            .status(),
        200
    );
    let by_link = served.page(&address).await;
    assert_eq!(
        (by_link.status().as_u16(), header(&by_link, "x-robots-tag")),
        (200, "noindex, nofollow")
    );
    assert!(
        by_link
            .text()
            .await
            .expect("a page")
            .contains(r#"<meta name="robots" content="noindex">"#)
    );

    assert_eq!(
        ada.put(&visibility, json!({ "visibility": "public" }))
            .await
            .status(),
        200
    );
    let public = served.page(&address).await;
    assert!(public.headers().get("x-robots-tag").is_none());
    // No address lists badges for anybody but their earner.
    let own: Value = grace
        .get("/api/v1/badges")
        .await
        .json()
        .await
        .expect("a list");
    assert_eq!(own, json!({ "items": [] }));
    assert_eq!(served.get("/badges").await.status(), 404);
}

#[tokio::test]
async fn a_revoked_badge_says_so_before_anything_else() {
    let served = Served::new().await;
    let id = served.published_badge();
    let reason = "It was <b>somebody</b> else's lesson."
        .parse()
        .expect("a reason");
    revocation::revoke(
        &served.test.app,
        &served.test.officer(),
        id,
        reason,
        served.test.now,
    )
    .expect("a revocation");

    let address = served.test.app.site.badge(id);
    let page = served.page(&address).await;
    assert_eq!(header(&page, "cache-control"), "public, max-age=60");
    let page = page.text().await.expect("a page");
    let notice = page.find("This badge has been revoked").expect("a notice");
    assert!(
        notice < page.find("<h1>").expect("a title"),
        "the notice stands first"
    );
    assert!(!page.contains("In force"));
    assert!(
        page.contains("It was &#60;b&#62;somebody&#60;/b&#62; else"),
        "the reason is text"
    );

    for form in ["json", "jwt", "png"] {
        let badge = served
            .get(&format!("{address}.{form}"))
            .await
            .bytes()
            .await
            .expect("a body");
        let request = served.request(Method::POST, "/api/v1/verify").body(badge);
        let report: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("a report");
        assert_eq!(report["verdict"], "refused", "{form}");
        let status = report["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .find(|step| step["name"] == "status");
        assert_eq!(
            status.expect("the step")["code"],
            "status.revoked",
            "{form}"
        );
    }
}

#[tokio::test]
async fn the_issuer_publishes_its_keys_in_every_form_that_verifiers_ask_for() {
    let served = Served::new().await;
    let did: Value = served
        .get("/.well-known/did.json")
        .await
        .json()
        .await
        .expect("a DID document");
    assert_eq!(did["id"], "did:web:badges.example.org");
    let set: Value = served
        .get("/.well-known/jwks.json")
        .await
        .json()
        .await
        .expect("a JWK set");
    for jwk in set["keys"].as_array().expect("keys") {
        assert_eq!(jwk["iss"], "did:web:badges.example.org");
        assert!(jwk.get("d").is_none(), "a secret key is published");
    }
    for jwk in set["keys"].as_array().expect("keys") {
        let kid = jwk["kid"].as_str().expect("a key's address");
        let (_, fragment) = kid.split_once('#').expect("a fragment");
        let alone: Value = served
            .get(&format!("/keys/{fragment}"))
            .await
            .json()
            .await
            .expect("a JWK");
        assert_eq!(alone, *jwk);
        let methods = did["verificationMethod"].as_array().expect("methods");
        assert!(methods.iter().any(|method| method["id"] == kid), "{did}");
    }
    let profile: Value = served.json("/issuer").await;
    assert_eq!(
        (&profile["id"], &profile["verificationMethod"]),
        (&did["id"], &did["verificationMethod"])
    );
    let achievement: Value = served.json("/achievements/wait-time").await;
    assert_eq!(
        achievement["id"],
        "https://badges.example.org/achievements/wait-time"
    );
    assert!(achievement["@context"].is_array());
}

#[tokio::test]
async fn the_log_shows_its_entries_and_that_it_only_grows() {
    let served = Served::new().await;
    let id = served.published_badge();
    let before: Value = served
        .get("/log/entries")
        .await
        .json()
        .await
        .expect("entries");
    revocation::revoke(
        &served.test.app,
        &served.test.officer(),
        id,
        "x".parse().expect("a reason"),
        served.test.now,
    )
    .expect("a revocation");
    let after: Value = served
        .get("/log/entries?from=0&limit=10")
        .await
        .json()
        .await
        .expect("entries");
    let (old, new) = (
        before["size"].as_u64().expect("a size"),
        after["size"].as_u64().expect("a size"),
    );
    assert_eq!(new, old + 1);
    assert_eq!(after["entries"][old as usize]["kind"], "revoke");
    let proof: Value = served
        .get(&format!("/log/consistency?from={old}&to={new}"))
        .await
        .json()
        .await
        .expect("a proof");
    let digest = |value: &Value| {
        value
            .as_str()
            .expect("a digest")
            .parse::<issuer::digest::Sha256Digest>()
            .expect("a digest")
    };
    let head = |size, root: &Value| issuer::merkle::Head {
        size,
        root: digest(root),
    };
    let path: Vec<_> = proof["path"]
        .as_array()
        .expect("a path")
        .iter()
        .map(digest)
        .collect();
    assert!(
        issuer::merkle::verify_consistency(
            &head(old, &proof["from_root"]),
            &head(new, &proof["to_root"]),
            &path
        ),
        "{proof}"
    );
}

#[tokio::test]
async fn old_copies_find_the_current_edition_without_a_token() {
    let served = Served::new().await;
    let issued = served.test.issued();
    let document: Value = serde_json::from_str(issued.json()).expect("the document");
    let refresh = document["refreshService"]["id"]
        .as_str()
        .expect("an address");
    let json = served.get(refresh).await;
    assert_eq!(json.text().await.expect("a body"), issued.json());
    let jwt = served
        .request(Method::GET, refresh)
        .header("accept", "text/plain")
        .send()
        .await
        .expect("an answer");
    assert_eq!(jwt.text().await.expect("a body"), issued.jwt());
}
