//! Files sent bit by bit (tus 1.0): gone on with wherever the line was cut, whole in the end or gone.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use issuer::digest::Sha256Digest;
use issuer::upload::UploadLimits;
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::served::{Caller, LIMITS, header, problem};
use crate::uploading::{Uploading, metadata, video};

#[tokio::test]
async fn the_service_says_which_parts_of_tus_it_speaks() {
    let service = Uploading::new().await;
    let answer = service
        .served
        .request(Method::OPTIONS, "/api/v1/uploads")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 204);
    assert_eq!(header(&answer, "tus-version"), "1.0.0");
    assert_eq!(header(&answer, "tus-max-size"), "50000000");
    assert_eq!(header(&answer, "tus-checksum-algorithm"), "sha1,sha256");
    let extensions: BTreeSet<_> = header(&answer, "tus-extension").split(',').collect();
    for extension in [
        "creation",
        "creation-with-upload",
        "expiration",
        "termination",
        "checksum",
    ] {
        assert!(extensions.contains(extension), "{extension}");
    }
}

#[tokio::test]
async fn a_file_sent_in_many_requests_becomes_evidence_with_the_last() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let content = video(20_000_001);
    let upload = ada
        .uploads_to(&submission, "Leçon \"one\".mp4", content.len())
        .await;
    assert_eq!(ada.offset(&upload).await, 0);

    // Sizes that fill pieces, that cross their borders, and that are far smaller.
    let mut at = 0;
    for bytes in [1, 7, 9_000_000, 1, 100_000, 7_000_000, 3, 3_000_000] {
        let sent = ada.sends(&upload, at, &content[at..at + bytes]).await;
        assert_eq!(sent.status(), 204, "at {at}");
        at += bytes;
        assert_eq!(header(&sent, "upload-offset"), at.to_string());
        assert_eq!(header(&sent, "content-location"), "");
        assert_eq!(
            header(&sent, "upload-expires"),
            "Tue, 24 Nov 2026 12:00:00 GMT"
        );
        assert_eq!(ada.offset(&upload).await, at);
    }
    let last = ada.sends(&upload, at, &content[at..]).await;
    assert_eq!(last.status(), 204);
    let evidence = header(&last, "content-location").to_owned();
    assert!(evidence.starts_with(&submission), "{evidence}");

    let told: Value = ada.get(&upload).await.json().await.expect("an upload");
    assert_eq!(told["offset"], content.len());
    assert!(evidence.ends_with(told["evidence"].as_str().expect("its evidence")));
    let listed: Value = ada
        .get(&submission)
        .await
        .json()
        .await
        .expect("a submission");
    assert_eq!(listed["evidence"][0]["id"], told["evidence"]);

    let download = ada.get(&evidence).await;
    assert_eq!(header(&download, "content-type"), "video/webm");
    assert_eq!(
        header(&download, "content-disposition"),
        "inline; filename*=UTF-8''Le%C3%A7on%20%22one%22.mp4"
    );
    assert_eq!(
        header(&download, "content-length"),
        content.len().to_string()
    );
    assert_eq!(
        header(&download, "etag"),
        format!("\"{}\"", Sha256Digest::of(&content))
    );
    let received = download.bytes().await.expect("a body");
    assert!(received == content, "what came back is not what was sent");
    // Two full pieces and what came last, and nothing of the parts that were joined.
    assert_eq!(service.on_disk().len(), 4);
}

#[tokio::test]
async fn what_arrived_before_the_line_was_cut_is_kept() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let content = video(12_000_000);
    let upload = ada
        .uploads_to(&submission, "lesson.webm", content.len())
        .await;
    let mut at = 0;
    for stop in [500_000, 9_500_000, 11_999_999] {
        let token = ada.token();
        let head = format!(
            "PATCH {upload} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ntus-resumable: 1.0.0\r\n\
             content-type: application/offset+octet-stream\r\nupload-offset: {at}\r\ncontent-length: {}\r\n\r\n",
            content.len() - at
        );
        let mut line = TcpStream::connect(service.served.address)
            .await
            .expect("a line");
        line.write_all(head.as_bytes()).await.expect("a head");
        line.write_all(&content[at..stop]).await.expect("a part");
        drop(line);
        // The service notes what came once it has seen that no more comes.
        let before = at;
        for _ in 0..500 {
            at = ada.offset(&upload).await;
            if at == stop {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(at, stop, "after {before}");
    }
    let last = ada.sends(&upload, at, &content[at..]).await;
    assert_eq!(last.status(), 204);
    let download = ada.get(header(&last, "content-location")).await;
    assert!(download.bytes().await.expect("a body") == content);
}

#[tokio::test]
async fn what_is_sent_wrongly_is_refused_and_says_why() {
    let service = Uploading::new().await;
    let (ada, eve) = (
        service.served.caller("ada", &[]),
        service.served.caller("eve", &[]),
    );
    let submission = ada.begins().await;
    let content = video(1_000);

    let answer = async |request: reqwest::RequestBuilder| {
        problem(request.send().await.expect("an answer")).await
    };
    let begin = |length: &str, told: String| {
        let request = ada.tus(Method::POST, "/api/v1/uploads");
        let request = request.header("upload-length", length);
        request.header("upload-metadata", told)
    };
    let good = metadata(&submission, "lesson", "a.webm");
    let elsewhere = metadata("/1111111111111111", "lesson", "a.webm");
    for (request, expected) in [
        (begin("50000001", good.clone()), (413, "upload.too_large")),
        (begin("-1", good.clone()), (400, "http.header")),
        (begin("", good.clone()), (400, "http.header")),
        (begin("10", String::new()), (400, "http.header")),
        (begin("10", "filename".to_owned()), (400, "http.header")),
        (
            begin("10", metadata(&submission, "nothing", "a.webm")),
            (422, "input.invalid"),
        ),
        (begin("10", elsewhere), (404, "auth.not_found")),
        (begin("0", good.clone()), (415, "upload.type")),
    ] {
        let (status, code) = answer(request).await;
        assert_eq!((status, code.as_str()), expected);
    }
    let not_hers = eve.begins_upload(&submission, "a.webm", 10).await;
    assert_eq!(problem(not_hers).await, (404, "auth.not_found".to_owned()));

    let upload = ada.uploads_to(&submission, "a.webm", content.len()).await;
    let request = ada
        .request(Method::PATCH, &upload)
        .header("upload-offset", "0");
    let answered = request.send().await.expect("an answer");
    assert_eq!(header(&answered, "tus-version"), "1.0.0");
    assert_eq!(problem(answered).await, (412, "upload.version".to_owned()));
    let request = ada.request(Method::PATCH, &upload);
    let request = request.header("tus-resumable", "1.0.0");
    assert_eq!(
        answer(request.header("upload-offset", "0").body("x")).await,
        (415, "http.media_type".to_owned())
    );
    let sent = async |by: &Caller<'_>, at: usize, bytes: &[u8]| {
        problem(by.sends(&upload, at, bytes).await).await
    };
    assert_eq!(
        sent(&ada, 1, &content).await,
        (409, "upload.offset".to_owned())
    );
    assert_eq!(
        sent(&eve, 0, &content).await,
        (404, "auth.not_found".to_owned())
    );
    let longer = [content.as_slice(), b"x"].concat();
    assert_eq!(
        sent(&ada, 0, &longer).await,
        (413, "upload.too_large".to_owned())
    );
    assert_eq!(eve.get(&upload).await.status(), 404);
    assert_eq!(ada.offset(&upload).await, 0);
    assert!(service.is_empty().await);
    assert_eq!(ada.sends(&upload, 0, &content).await.status(), 204);
    // What is whole takes no more.
    assert_eq!(
        sent(&ada, 1_000, b"x").await,
        (413, "upload.too_large".to_owned())
    );
}

#[tokio::test]
async fn what_does_not_have_its_checksum_is_not_kept() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let content = video(9_000_000);
    let upload = ada.uploads_to(&submission, "a.webm", content.len()).await;
    let send = async |at: usize, bytes: &[u8], checksum: String| {
        let request = ada.tus(Method::PATCH, &upload).header("upload-offset", at);
        let request = request
            .header("upload-checksum", checksum)
            .body(bytes.to_vec());
        request.send().await.expect("an answer")
    };
    let sha256 = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));
    let first = &content[..8_999_990];
    let wrong = send(0, first, sha256(&content)).await;
    assert_eq!(problem(wrong).await, (460, "upload.checksum".to_owned()));
    assert_eq!(ada.offset(&upload).await, 0);
    assert!(service.is_empty().await);
    for unread in ["md5 AAAA", "sha256 AAAA", "sha1", ""] {
        let answer = send(0, first, unread.to_owned()).await;
        assert_eq!(problem(answer).await, (400, "http.header".to_owned()));
    }
    assert_eq!(send(0, first, sha256(first)).await.status(), 204);
    assert_eq!(ada.offset(&upload).await, first.len());
    let rest = &content[first.len()..];
    assert_eq!(send(first.len(), rest, sha256(rest)).await.status(), 204);

    // FIPS 180-4: the digests of "abc" and of nothing.
    let text = ada.uploads_to(&submission, "abc.txt", 3).await;
    let send = async |checksum: &str| {
        let request = ada.tus(Method::PATCH, &text).header("upload-offset", "0");
        let request = request.header("upload-checksum", checksum).body("abc");
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(send("sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=").await, 460);
    assert_eq!(send("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=").await, 204);
}

#[tokio::test]
async fn the_first_bytes_may_come_with_the_beginning() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let content = video(5_000);
    let begin = async |part: &[u8]| {
        let request = ada.tus(Method::POST, "/api/v1/uploads");
        let request = request
            .header("upload-length", content.len())
            .header("upload-metadata", metadata(&submission, "lesson", "a.webm"))
            .header("content-type", "application/offset+octet-stream");
        request.body(part.to_vec()).send().await.expect("an answer")
    };
    let begun = begin(&content[..3_000]).await;
    assert_eq!(
        (begun.status().as_u16(), header(&begun, "upload-offset")),
        (201, "3000")
    );
    let upload = header(&begun, "location").to_owned();
    let last = ada.sends(&upload, 3_000, &content[3_000..]).await;
    assert_ne!(header(&last, "content-location"), "");
    let whole = begin(&content).await;
    assert_eq!(whole.status(), 201);
    assert_ne!(header(&whole, "content-location"), "");
}

#[tokio::test]
async fn very_small_parts_are_joined_and_stay_few() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let content = video(2_000);
    let upload = ada.uploads_to(&submission, "a.webm", content.len()).await;
    let mut most = 0;
    for at in (0..1_990).step_by(10) {
        assert_eq!(
            ada.sends(&upload, at, &content[at..at + 10]).await.status(),
            204
        );
        most = most.max(service.on_disk().len());
    }
    assert!((10..=34).contains(&most), "{most}");
    let last = ada.sends(&upload, 1_990, &content[1_990..]).await;
    let download = ada.get(header(&last, "content-location")).await;
    assert!(download.bytes().await.expect("a body") == content);
}

#[tokio::test]
async fn a_file_may_end_where_a_piece_ends() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    for pieces in [1, 2] {
        let content = video(pieces * (8 << 20));
        let upload = ada.uploads_to(&submission, "a.webm", content.len()).await;
        let last = ada.sends(&upload, 0, &content).await;
        assert_eq!(last.status(), 204);
        assert_eq!(ada.offset(&upload).await, content.len());
        let download = ada.get(header(&last, "content-location")).await;
        assert!(download.bytes().await.expect("a body") == content);
    }
}

#[tokio::test]
async fn of_two_requests_at_one_place_one_wins() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    for round in 0..10 {
        let content = video(300_000 + round);
        let upload = ada.uploads_to(&submission, "a.webm", content.len()).await;
        let (one, other) = tokio::join!(
            ada.sends(&upload, 0, &content),
            ada.sends(&upload, 0, &content)
        );
        let (winner, loser) = match one.status() == 204 {
            true => (one, other),
            false => (other, one),
        };
        assert_eq!(winner.status(), 204);
        // Too late by a little or by much: the record changed, the place did, or all is over.
        assert!(
            [404, 409, 423].contains(&loser.status().as_u16()),
            "{}",
            loser.status()
        );
        let evidence = header(&winner, "content-location");
        let download = ada.get(evidence).await;
        assert!(download.bytes().await.expect("a body") == content);
        let removed = ada.request(Method::DELETE, evidence).send().await;
        assert_eq!(removed.expect("an answer").status(), 200);
        assert!(service.is_empty().await, "the loser left something");
    }
}

#[tokio::test]
async fn what_is_given_up_or_never_ended_leaves_nothing_behind() {
    let limits = UploadLimits {
        person_bytes: 1_000,
        ..LIMITS.uploads
    };
    let service = Uploading::within(limits).await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let content = video(1_000);

    let given_up = ada.uploads_to(&submission, "a.webm", 1_000).await;
    ada.sends(&given_up, 0, &content[..500]).await;
    assert_eq!(service.on_disk().len(), 1);
    let full = ada.begins_upload(&submission, "b.webm", 1).await;
    assert_eq!(problem(full).await, (413, "upload.quota".to_owned()));
    let gone = ada.tus(Method::DELETE, &given_up).send().await;
    assert_eq!(gone.expect("an answer").status(), 204);
    assert_eq!(ada.get(&given_up).await.status(), 404);
    assert!(service.is_empty().await);

    let forgotten = ada.uploads_to(&submission, "a.webm", 1_000).await;
    ada.sends(&forgotten, 0, &content[..500]).await;
    let now = service.served.test.now;
    service.look_after(now.plus_seconds(47 * 3_600)).await;
    assert_eq!(ada.offset(&forgotten).await, 500);
    service.look_after(now.plus_seconds(49 * 3_600)).await;
    assert_eq!(ada.get(&forgotten).await.status(), 404);
    assert!(service.is_empty().await);

    // The room is free again each time; what became evidence keeps its room until it is removed.
    let kept = ada.uploads_to(&submission, "a.webm", 1_000).await;
    let last = ada.sends(&kept, 0, &content).await;
    let evidence = header(&last, "content-location").to_owned();
    service.look_after(now.plus_seconds(49 * 3_600)).await;
    assert_eq!(
        ada.get(&kept).await.status(),
        404,
        "the upload is forgotten"
    );
    assert_eq!(
        ada.get(&evidence).await.status(),
        200,
        "the evidence is not"
    );
    let full = ada.begins_upload(&submission, "b.webm", 1).await;
    assert_eq!(problem(full).await, (413, "upload.quota".to_owned()));
    let removed = ada.request(Method::DELETE, &evidence).send().await;
    assert_eq!(removed.expect("an answer").status(), 200);
    ada.uploads_to(&submission, "b.webm", 1_000).await;
}

#[tokio::test]
async fn an_organisation_has_so_much_room_and_not_more_whoever_takes_it() {
    let limits = UploadLimits {
        organisation_bytes: 10_000,
        ..LIMITS.uploads
    };
    let service = Uploading::within(limits).await;
    let names: Vec<String> = (0..8).map(|n| format!("learner-{n}")).collect();
    let learners: Vec<_> = names
        .iter()
        .map(|name| service.served.caller(name, &[]))
        .collect();
    // All at once: the room of one organisation is counted by all its members' requests.
    let tries = learners.iter().map(async |learner| {
        let submission = learner.begins().await;
        let mut statuses = Vec::new();
        for _ in 0..5 {
            let begun = learner.begins_upload(&submission, "a.webm", 500).await;
            statuses.push(begun.status().as_u16());
        }
        statuses
    });
    let statuses = futures_util::future::join_all(tries).await.concat();
    let begun = statuses.iter().filter(|status| **status == 201).count();
    let full = statuses.iter().filter(|status| **status == 413).count();
    assert_eq!((begun, full), (20, 20), "{statuses:?}");
}

#[tokio::test]
async fn nobody_begins_uploads_without_end() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    for _ in 0..50 {
        ada.uploads_to(&submission, "a.webm", 10).await;
    }
    let refused = ada.begins_upload(&submission, "a.webm", 10).await;
    assert_eq!(problem(refused).await, (409, "upload.too_many".to_owned()));
}
