//! Statuses in the VC-API: the service gives its own, and looks up whatever a credential has.

use serde_json::json;

use crate::vc_api::{Offered, VcApi, code, credential};

/// REV-2, REV-6, REV-7, REV-9: the service gives a status of its own, and one that is set takes the credential away.
#[tokio::test]
async fn a_status_is_added_where_it_is_asked_for_and_can_be_set() {
    let api = VcApi::start().await;
    for offered in api.offered().await {
        if offered.suite == "ecdsa-sd-2023" {
            // The status has to be mandatory there, which the next test shows.
            continue;
        }
        let wish = json!({ "credentialStatus": [
            { "type": "BitstringStatusListEntry", "statusPurpose": "revocation" },
            { "type": "BitstringStatusListEntry", "statusPurpose": "suspension" },
        ] });
        let issued = api.issued(&offered, &credential(&offered.id), wish).await;
        let entry = &issued["credentialStatus"][0];
        assert_eq!(entry["type"], "BitstringStatusListEntry");
        assert_eq!(entry["statusPurpose"], "revocation");
        assert!(entry["statusListIndex"].is_string(), "{entry}");
        assert_eq!(issued["credentialStatus"][1]["statusPurpose"], "suspension");

        let (status, list) = api
            .get(entry["statusListCredential"].as_str().expect("an address"))
            .await;
        assert_eq!(status, 200);
        assert_eq!(list["credentialSubject"]["type"], "BitstringStatusList");
        let encoded = list["credentialSubject"]["encodedList"]
            .as_str()
            .expect("a list");
        assert!(
            encoded.starts_with("uH4sI"),
            "not multibase of gzip: {encoded}"
        );
        assert_eq!(api.verify(&offered, &list).await.0, 200, "the list itself");

        let (status, answer) = api.verify(&offered, &issued).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(
            answer["checks"],
            json!(["credential", "credentialStatus", "proof", "validity"])
        );
        for (purpose, expected) in [
            ("suspension", "status.suspended"),
            ("revocation", "status.revoked"),
        ] {
            set(&api, &offered, purpose, true).await;
            let (status, answer) = api.verify(&offered, &issued).await;
            assert_eq!((status, code(&answer)), (400, expected));
            let kind = answer["errors"][0]["type"].as_str().expect("a type");
            assert!(
                kind.starts_with("https://www.w3.org/ns/credentials/status-list#"),
                "{kind}"
            );
            // Whoever asks for the proof alone is told of the proof alone.
            let body =
                json!({ "verifiableCredential": issued, "options": { "checks": ["proof"] } });
            let path = format!("{}/credentials/verify", offered.path);
            assert_eq!(api.post(&path, &body).await.0, 200);
            if purpose == "suspension" {
                set(&api, &offered, purpose, false).await;
                assert_eq!(api.verify(&offered, &issued).await.0, 200);
            }
        }
    }
}

#[tokio::test]
async fn a_status_is_looked_up_and_never_guessed() {
    let api = VcApi::start().await;
    let offered = api.suite("ecdsa-sd-2023").await;
    let options =
        json!({ "statusPurpose": "revocation", "mandatoryPointers": ["/credentialStatus"] });
    let issued = api
        .issued(&offered, &credential(&offered.id), options)
        .await;
    assert_eq!(api.verify(&offered, &issued).await.0, 200);
    set(&api, &offered, "revocation", true).await;
    let (status, answer) = api.verify(&offered, &issued).await;
    assert_eq!((status, code(&answer)), (400, "status.revoked"));

    // A list that cannot be had leaves open whether the credential still stands.
    let offered = api.suite("ecdsa-rdfc-2019").await;
    let mut document = credential(&offered.id);
    document["credentialStatus"] = json!({
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": "https://example.org/status/3",
    });
    let issued = api.issued(&offered, &document, json!({})).await;
    let (status, answer) = api.verify(&offered, &issued).await;
    assert_eq!((status, code(&answer)), (400, "status.unreachable"));
    assert_eq!(answer["verified"], false);

    for (options, pointer) in [
        (json!({ "statusPurpose": "praise" }), "/options"),
        (
            json!({ "credentialStatus": { "type": "StatusList2021Entry" } }),
            "/options/credentialStatus/type",
        ),
    ] {
        let body = json!({ "credential": document, "options": options });
        let path = format!("{}/credentials/issue", offered.path);
        let (status, answer) = api.post(&path, &body).await;
        assert_eq!((status, code(&answer)), (422, "status.unknown"));
        assert_eq!(answer["errors"][0]["pointer"], pointer);
    }
    let body = json!({
        "credentialId": "urn:example:unknown",
        "credentialStatus": { "statusPurpose": "revocation" },
    });
    let path = format!("{}/credentials/status", offered.path);
    assert_eq!(api.post(&path, &body).await.0, 422);
    let body = json!({
        "credentialId": credential("did:example:any")["id"],
        "credentialStatus": { "statusPurpose": "revocation" },
        "status": false,
    });
    let (status, answer) = api.post(&path, &body).await;
    assert_eq!((status, code(&answer)), (422, "status.revoked"));
    let publish = format!("{}/status/revocation/publish", offered.path);
    assert_eq!(api.post(&publish, &json!({})).await.0, 204);
    let unknown = format!("{}/status/praise", offered.path);
    assert_eq!(api.get(&unknown).await.0, 404);
}

async fn set(api: &VcApi, offered: &Offered, purpose: &str, status: bool) {
    let body = json!({
        "credentialId": credential("did:example:any")["id"],
        "credentialStatus": { "type": "BitstringStatusListEntry", "statusPurpose": purpose },
        "status": status,
    });
    let path = format!("{}/credentials/status", offered.path);
    let (status, answer) = api.post(&path, &body).await;
    assert_eq!(status, 200, "{answer}");
}
