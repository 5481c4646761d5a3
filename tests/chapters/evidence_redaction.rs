//! Parts of pictures that earners cover: black for everybody but them, in a picture that is made anew.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use issuer::digest::Sha256Digest;
use issuer::organisation::Role;
use issuer::submission::{EvidenceProof, FileDigest};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::chapters::uploads_shown::{jpeg, png};
use crate::chapters::verify_browser::chromium;
use crate::peer::{Peer, peers_wanted};
use crate::served::{Caller, header, problem};
use crate::uploading::Uploading;

async fn body(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a text");
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn upload(who: &Caller<'_>, submission: &str, name: &str, content: &[u8]) -> String {
    let path = format!("{submission}/files?requirement=lesson&name={name}");
    let request = who.request(Method::POST, &path).body(content.to_vec());
    let added = body(request.send().await.expect("an answer")).await;
    format!(
        "{submission}/evidence/{}",
        added["id"].as_str().expect("an id")
    )
}

async fn cover(who: &Caller<'_>, piece: &str, areas: &[[f64; 4]]) -> Response {
    let areas: Vec<_> = areas
        .iter()
        .map(|[left, top, width, height]| {
            json!({ "left": left, "top": top, "width": width, "height": height })
        })
        .collect();
    who.put(&format!("{piece}/redactions"), json!({ "areas": areas }))
        .await
}

async fn bytes(who: &Caller<'_>, path: &str) -> Vec<u8> {
    let answer = who.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.expect("a body").to_vec()
}

async fn hand_in(who: &Caller<'_>, submission: &str) -> Value {
    let text = json!({ "text": "I waited." });
    body(
        who.put(&format!("{submission}/writings/reflection"), text)
            .await,
    )
    .await;
    let confirmed = json!({ "privacy_statement": 1 });
    body(who.post(&format!("{submission}/submit"), confirmed).await).await
}

/// The piece as reviewers are handed it.
fn to_review(piece: &str) -> String {
    piece.replace("/submissions/", "/reviews/")
}

#[tokio::test]
async fn what_is_covered_is_in_no_file_that_anybody_but_its_owner_is_handed() {
    let service = Uploading::new().await;
    let served = &service.served;
    let (ada, grace) = (
        served.caller("ada", &[]),
        served.caller("grace", &[Role::Reviewer]),
    );
    let submission = ada.begins().await;
    let photo = jpeg();
    let piece = upload(&ada, &submission, "ada.jpg", &photo).await;
    let stripped = bytes(&ada, &format!("{piece}/shown")).await;
    let told = body(cover(&ada, &piece, &[[0.0, 0.0, 0.5, 0.5]]).await).await;
    assert_eq!(
        told["areas"],
        json!([{ "left": 0.0, "top": 0.0, "width": 0.5, "height": 0.5 }])
    );
    assert_eq!(
        body(ada.get(&format!("{piece}/redactions")).await).await,
        told
    );
    // Covering it anew takes the place of what was covered before, on the disk as well.
    body(cover(&ada, &piece, &[[0.0, 0.0, 1.0, 0.5]]).await).await;
    assert_eq!(service.on_disk().len(), 2, "the original and one picture");
    assert_eq!(served.test.records(b"evidence-removal/"), 0);

    let receipt = hand_in(&ada, &submission).await;
    let entry = &receipt["manifest"]["evidence"][0];
    assert!(entry["shown_salted_sha256"].is_string(), "{entry}");
    assert_ne!(entry["shown_salted_sha256"], entry["salted_sha256"]);

    let review = submission.replace("/submissions/", "/reviews/");
    body(grace.post(&format!("{review}/claim"), json!({})).await).await;
    let seen = bytes(&grace, &to_review(&piece)).await;
    assert!(seen != photo && seen != stripped);
    assert_eq!(seen, bytes(&ada, &format!("{piece}/shown")).await);
    assert_eq!(
        bytes(&ada, &piece).await,
        photo,
        "hers is as it was handed in"
    );
    let text = String::from_utf8_lossy(&seen);
    assert!(
        !text.contains("Lovelace") && !text.contains("Exif"),
        "{text}"
    );
    // No part of the original, by any range or form of the address.
    for path in [
        piece.clone(),
        format!("{piece}/shown"),
        format!("{piece}/redactions"),
    ] {
        assert_eq!(grace.get(&path).await.status(), 404, "{path}");
        let page = path.replace("/api/v1/", "/my/");
        assert_eq!(grace.get(&page).await.status(), 404, "{page}");
    }
    for page in ["redact", "uncovered", "shown"] {
        let page = format!("{}/{page}", piece.replace("/api/v1/", "/my/"));
        assert_eq!(grace.get(&page).await.status(), 404, "{page}");
        assert_eq!(ada.get(&page).await.status(), 200, "{page}");
    }
    assert_eq!(
        problem(cover(&ada, &piece, &[]).await).await,
        (409, "state.conflict".to_owned()),
        "what was handed in stays as it is"
    );
}

#[tokio::test]
async fn each_version_keeps_what_was_covered_in_it_and_both_files_are_proven() {
    let service = Uploading::new().await;
    let served = &service.served;
    let (ada, grace) = (
        served.caller("ada", &[]),
        served.caller("grace", &[Role::Reviewer]),
    );
    let submission = ada.begins().await;
    let photo = png();
    let piece = upload(&ada, &submission, "ada.png", &photo).await;
    let first = hand_in(&ada, &submission).await;
    assert!(
        first["manifest"]["evidence"][0]
            .get("shown_salted_sha256")
            .is_none()
    );
    let review = submission.replace("/submissions/", "/reviews/");
    body(grace.post(&format!("{review}/claim"), json!({})).await).await;
    let before = bytes(&grace, &to_review(&piece)).await;
    let scores = json!([
        { "criterion": "waiting", "level": "consistent" },
        { "criterion": "listening", "level": "absent", "comment": "Cover the child's name." },
    ]);
    body(
        grace
            .post(&review, json!({ "version": 1, "scores": scores }))
            .await,
    )
    .await;

    body(cover(&ada, &piece, &[[0.25, 0.25, 0.5, 0.5]]).await).await;
    let id = piece.rsplit('/').next().expect("an id");
    let proof = format!("{submission}/evidence/{id}/proof?version=1");
    assert!(
        body(ada.get(&proof).await).await.get("shown").is_none(),
        "version 1 is as it was"
    );
    let sharing = json!({ "sharing": "shared" });
    body(ada.put(&format!("{piece}/sharing"), sharing).await).await;
    hand_in(&ada, &submission).await;
    body(grace.post(&format!("{review}/claim"), json!({})).await).await;
    let after = bytes(&grace, &to_review(&piece)).await;
    assert_ne!(before, after);
    let met = json!([{ "criterion": "listening", "level": "consistent" }]);
    body(
        grace
            .post(&review, json!({ "version": 2, "scores": met }))
            .await,
    )
    .await;

    // The badge names the picture with what is covered, and hands it out.
    let test = &served.test;
    let badge = test.badges_of("ada").remove(0);
    let issued = test
        .app
        .store
        .issued(badge.id, 1)
        .expect("the store")
        .expect("an edition");
    let document: Value = serde_json::from_str(issued.json()).expect("JSON");
    let digest = Sha256Digest::of(&after);
    assert_eq!(
        document["evidence"]["digestSRI"]
            .as_str()
            .or(document["evidence"][0]["digestSRI"].as_str()),
        Some(digest.sri().as_str())
    );
    let path = format!("/badges/{}/evidence/{id}", badge.id);
    let visible = json!({ "visibility": "link" });
    body(
        ada.put(&format!("/api/v1/badges/{}/visibility", badge.id), visible)
            .await,
    )
    .await;
    let public = served.get(&path).await;
    assert_eq!(header(&public, "etag"), format!("\"{digest}\""));
    assert_eq!(public.bytes().await.expect("a body"), after);

    let proof = ada
        .get(&format!("{piece}/proof"))
        .await
        .text()
        .await
        .expect("a proof");
    let read = EvidenceProof::read(proof.as_bytes()).expect("a proof");
    for (file, form) in [(&photo, "HandedIn"), (&after, "Shown")] {
        let digest = FileDigest::of(file.as_slice()).expect("a digest");
        let assessed = read.check(&document, &digest).expect("what was assessed");
        assert_eq!(format!("{:?}", assessed.form), form);
        assert_eq!(assessed.version, 2);
    }
    let other = FileDigest::of(before.as_slice()).expect("a digest");
    assert!(read.check(&document, &other).is_err());
    let mut forged: Value = serde_json::from_str(&proof).expect("JSON");
    forged["shown"]["sha256"] = json!(Sha256Digest::of(&before));
    let forged = EvidenceProof::read(forged.to_string().as_bytes()).expect("a proof");
    let refused = forged
        .check(&document, &other)
        .expect_err("another picture");
    assert_eq!(refused.code(), "evidence_proof.salt_mismatch");
}

#[tokio::test]
async fn what_cannot_be_covered_is_refused_with_its_reason() {
    let service = Uploading::new().await;
    let served = &service.served;
    let (ada, bob) = (served.caller("ada", &[]), served.caller("bob", &[]));
    let submission = ada.begins().await;
    let piece = upload(&ada, &submission, "a.jpg", &jpeg()).await;
    let half = [[0.0, 0.0, 0.5, 0.5]];
    assert_eq!(problem(cover(&bob, &piece, &half).await).await.0, 404);
    for area in [
        [0.6, 0.0, 0.5, 0.5],
        [-0.1, 0.0, 0.5, 0.5],
        [0.0, 0.0, 0.0, 0.5],
        [0.0, 0.0, 0.5, 1e300],
    ] {
        let refused = cover(&ada, &piece, &[area]).await;
        assert_eq!(
            problem(refused).await,
            (422, "input.invalid".to_owned()),
            "{area:?}"
        );
    }
    let many = vec![half[0]; 61];
    let refused = problem(cover(&ada, &piece, &many).await).await;
    assert_eq!(refused, (422, "redaction.too_many".to_owned()));
    let pdf = upload(&ada, &submission, "a.pdf", b"%PDF-1.7 words").await;
    let refused = problem(cover(&ada, &pdf, &half).await).await;
    assert_eq!(refused, (415, "redaction.type".to_owned()));
    let page = format!("{}/redact", pdf.replace("/api/v1/", "/my/"));
    assert_eq!(ada.get(&page).await.status(), 415);

    // Pictures that take more than anybody's memory once they are decoded, and such that cannot be.
    for (name, content) in [
        ("a.png", bomb_png(60_000, 60_000)),
        ("b.png", bomb_png(9_000, 9_000)),
    ] {
        let piece = upload(&ada, &submission, name, &content).await;
        let refused = problem(cover(&ada, &piece, &half).await).await;
        assert_eq!(refused, (413, "image.dimensions".to_owned()), "{name}");
    }
    let on_disk = service.on_disk().len();
    let empty = upload(&ada, &submission, "c.png", &bomb_png(100, 100)).await;
    let refused = problem(cover(&ada, &empty, &half).await).await;
    assert_eq!(refused, (422, "upload.unreadable".to_owned()));
    assert_eq!(
        service.on_disk().len(),
        on_disk + 1,
        "nothing is left of what failed"
    );
    assert_eq!(served.test.records(b"evidence-removal/"), 0);
}

#[tokio::test]
async fn no_picture_of_a_stranger_brings_the_service_down() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let mut tried = 0;
    for (name, content) in [("a.jpg", jpeg()), ("a.png", png())] {
        for at in (2..content.len()).step_by(content.len() / 45) {
            let mut changed = content.clone();
            changed[at] = changed[at].wrapping_mul(31).wrapping_add(0x5b);
            let path = format!("{submission}/files?requirement=lesson&name={name}");
            let sent = ada.request(Method::POST, &path).body(changed).send().await;
            let sent = sent.expect("an answer");
            if sent.status() != 201 {
                continue;
            }
            let added: Value = sent.json().await.expect("a piece");
            let piece = format!(
                "{submission}/evidence/{}",
                added["id"].as_str().expect("an id")
            );
            let status = cover(&ada, &piece, &[[0.1, 0.1, 0.5, 0.5]])
                .await
                .status()
                .as_u16();
            assert!(
                [200, 413, 415, 422].contains(&status),
                "{name} at {at}: {status}"
            );
            tried += 1;
            let gone = ada
                .request(Method::DELETE, &piece)
                .send()
                .await
                .expect("an answer");
            assert_eq!(gone.status(), 200);
        }
    }
    assert!(tried > 30, "{tried}");
    assert!(service.is_empty().await, "with the piece its picture goes");
}

#[tokio::test]
async fn a_crash_while_a_picture_is_covered_leaves_nothing_that_nobody_knows() {
    let service = Uploading::new().await;
    let served = &service.served;
    let (test, ada) = (&served.test, served.caller("ada", &[]));
    let submission = ada.begins().await;
    let photo = jpeg();
    let piece = upload(&ada, &submission, "a.jpg", &photo).await;
    body(cover(&ada, &piece, &[[0.0, 0.0, 0.5, 0.5]]).await).await;
    let kept = bytes(&ada, &format!("{piece}/shown")).await;
    // The note that is written before a picture is, and the picture, as a crash leaves them.
    let person = test.person("ada", &[]).id;
    let folder = service.on_disk().remove(0);
    let folder = folder
        .parent()
        .expect("a file's")
        .parent()
        .expect("a person's");
    let orphan = folder.join("0123456789abcdef0123456789abcdef");
    std::fs::create_dir(&orphan).expect("a folder");
    std::fs::write(orphan.join("piece"), &photo).expect("a file");
    let key = format!("evidence/{person}/0123456789abcdef0123456789abcdef");
    let later = test.now.plus_seconds(3_600);
    let removal = issuer::upload::Removal {
        object_key: key.clone(),
        due: later,
    };
    let mut batch = issuer::engine::Batch::default();
    let record = json!({ "v": 1, "object_key": removal.object_key, "due": removal.due });
    batch.put(
        issuer::layout::removal(later, &key),
        record.to_string().into_bytes(),
    );
    test.app.store.commit(batch).expect("a note");
    service.look_after(test.now).await;
    assert!(orphan.exists(), "it may still be worked on");
    service.look_after(later).await;
    assert!(!orphan.exists());
    assert_eq!(test.records(b"evidence-removal/"), 0);
    assert_eq!(bytes(&ada, &format!("{piece}/shown")).await, kept);
    assert_eq!(bytes(&ada, &piece).await, photo);
}

#[tokio::test]
async fn parts_of_a_picture_are_covered_on_a_page_without_script() {
    let service = Uploading::new().await;
    let served = &service.served;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let piece = upload(&ada, &submission, "class.jpg", &jpeg()).await;
    let work = submission.replace("/api/v1/", "/my/");
    let path = format!("{}/redact", piece.replace("/api/v1/", "/my/"));
    let browser = Browser::of(served, &served.test.person("ada", &[]));
    let page = browser.get(&work).await.text().await.expect("a page");
    assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
    let refused = browser
        .post(
            &path,
            &[
                ("left-0", "60"),
                ("top-0", "0"),
                ("width-0", "70"),
                ("height-0", "10"),
            ],
        )
        .await;
    assert_eq!(refused.status(), 422);
    let told = refused.text().await.expect("a page");
    assert!(
        told.contains("lies within the picture") && told.contains("value=\"70\""),
        "{told}"
    );
    let saved = browser
        .post(
            &path,
            &[
                ("left-0", "12,5"),
                ("top-0", "0"),
                ("width-0", "25 %"),
                ("height-0", "10"),
                ("left-1", ""),
            ],
        )
        .await;
    assert_eq!(saved.status(), 303);
    assert_eq!(header(&saved, "location"), format!("{path}?saved"));
    let page = browser
        .get(&format!("{path}?saved"))
        .await
        .text()
        .await
        .expect("a page");
    assert!(
        page.contains("1 area is covered") && page.contains("value=\"12.5\""),
        "{page}"
    );
    let page = browser.get(&work).await.text().await.expect("a page");
    assert!(page.contains("1 area covered"), "{page}");
    // All lines empty: nothing is covered any more.
    assert_eq!(browser.post(&path, &[("left-0", "")]).await.status(), 303);
    assert_eq!(
        body(ada.get(&format!("{piece}/redactions")).await).await,
        json!({ "areas": [] })
    );
    assert_eq!(service.on_disk().len(), 1);
}

/// Forms: HTTP.
#[tokio::test(flavor = "multi_thread")]
async fn another_codec_finds_the_area_black_and_the_rest_as_it_was_whichever_way_up() {
    if !peers_wanted("another_codec_finds_the_area_black_and_the_rest_as_it_was_whichever_way_up") {
        return;
    }
    let service = Uploading::new().await;
    let served = &service.served;
    let ada = served.caller("ada", &[]);
    let mut peer = Peer::start("pictures");
    let mut ask = |mut request: Value| {
        request["chromium"] = chromium();
        tokio::task::block_in_place(|| peer.ask(&request))
    };
    let mut made = |kind: &str| {
        let request = json!({ "do": "make", "type": kind, "width": 320, "height": 200 });
        let answer = ask(request);
        STANDARD
            .decode(answer["picture"].as_str().expect("a picture"))
            .expect("base64")
    };
    let (photo, drawn, webp) = (made("image/jpeg"), made("image/png"), made("image/webp"));
    let mut cases: Vec<(String, Vec<u8>)> =
        vec![("a.png".to_owned(), drawn), ("a.webp".to_owned(), webp)];
    cases.extend((1..=8).map(|turned| (format!("{turned}.jpg"), turned_jpeg(&photo, turned))));

    // Off the borders between the colours; the second and the fifth lie where it is covered.
    let points = [
        [0.1, 0.1],
        [0.7, 0.2],
        [0.3, 0.8],
        [0.9, 0.9],
        [0.65, 0.05],
        [0.55, 0.35],
    ];
    let area = [0.6, 0.0, 0.2, 0.3];
    let mut submission = ada.begins().await;
    for (place, (name, content)) in cases.iter().enumerate() {
        if place == 5 {
            submission = served.caller("bob", &[]).begins().await;
        }
        let who = if place < 5 {
            &ada
        } else {
            &served.caller("bob", &[])
        };
        let piece = upload(who, &submission, name, content).await;
        body(cover(who, &piece, &[area]).await).await;
        let seen = bytes(who, &format!("{piece}/shown")).await;
        let mut look = |picture: &[u8]| {
            ask(json!({ "do": "look", "picture": STANDARD.encode(picture), "points": points }))
        };
        let (before, after) = (look(content), look(&seen));
        assert_eq!(
            (&before["width"], &before["height"]),
            (&after["width"], &after["height"]),
            "{name}"
        );
        for (at, _) in points.iter().enumerate() {
            let colour = |found: &Value| -> Vec<i64> {
                let parts = found["colours"][at].as_array().expect("a colour").iter();
                parts.map(|part| part.as_i64().expect("a number")).collect()
            };
            let (was, is) = (colour(&before), colour(&after));
            let expected = if [1, 4].contains(&at) {
                vec![0, 0, 0]
            } else {
                was
            };
            let far = is
                .iter()
                .zip(&expected)
                .map(|(one, other)| (one - other).abs())
                .max();
            assert!(
                far.is_some_and(|far| far <= 12),
                "{name}, point {at}: {is:?}, not {expected:?}"
            );
        }
    }
}

/// The picture with a segment of EXIF that says which way up it is.
fn turned_jpeg(photo: &[u8], turned: u8) -> Vec<u8> {
    let mut exif = vec![0xff, 0xe1, 0, 34];
    exif.extend(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    exif.extend([turned, 0, 0, 0, 0, 0, 0]);
    [&photo[..2], &exif, &photo[2..]].concat()
}

/// A header that says how large it is, and nothing behind it.
fn bomb_png(width: u32, height: u32) -> Vec<u8> {
    let chunk = |name: &[u8], content: &[u8]| {
        let checked = [name, content].concat();
        let sum = crc32fast::hash(&checked).to_be_bytes();
        [&(content.len() as u32).to_be_bytes()[..], &checked, &sum].concat()
    };
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", &[0x78, 0x9c]),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

/// Forms: browser.
#[tokio::test(flavor = "multi_thread")]
async fn areas_are_drawn_with_mouse_finger_and_keyboard() {
    if !peers_wanted("areas_are_drawn_with_mouse_finger_and_keyboard") {
        return;
    }
    let service = Uploading::new().await;
    let served = &service.served;
    let ada = served.caller("ada", &[]);
    let submission = ada.begins().await;
    let mut peer = Peer::start("pictures");
    let made = tokio::task::block_in_place(|| {
        let size = json!({ "do": "make", "type": "image/jpeg", "width": 600, "height": 400 });
        let mut request = size;
        request["chromium"] = chromium();
        peer.ask(&request)
    });
    let photo = STANDARD.decode(made["picture"].as_str().expect("a picture"));
    let piece = upload(&ada, &submission, "a.jpg", &photo.expect("base64")).await;
    let path = format!("{}/redact", piece.replace("/api/v1/", "/my/"));
    let request = json!({
        "do": "draw",
        "origin": format!("http://{}", served.address),
        "token": ada.token(),
        "chromium": chromium(),
        "path": path,
        "pictures": std::env::var("ASSAY_PICTURES").ok(),
    });
    let drawing = tokio::task::spawn_blocking(move || Peer::start("redact").ask(&request));
    let found = drawing.await.expect("the browser");
    assert_eq!(found["errors"], json!([]), "{found}");
    assert_eq!(found["violations"], json!([]), "{found}");
    assert_eq!(found["wide"], json!(false), "nothing is wider than a phone");
    let near = |member: &str, expected: [f64; 4]| {
        let numbers = found[member].as_array().expect("four numbers").iter();
        let numbers = numbers.map(|number| number.as_f64().expect("a number"));
        for (is, wanted) in numbers.zip(expected) {
            assert!((is - wanted).abs() < 1.5, "{member}: {found}");
        }
    };
    near("drawn", [20.0, 20.0, 40.0, 30.0]);
    near("moved", [10.0, 30.0, 40.0, 30.0]);
    near("typed", [42.0, 39.0, 21.0, 21.0]);
    near("touched", [70.0, 70.0, 20.0, 20.0]);
    assert_eq!(found["gone"], "");
    assert_eq!(found["saved"], "?saved");
    let kept = body(ada.get(&format!("{piece}/redactions")).await).await;
    assert_eq!(kept["areas"].as_array().map(Vec::len), Some(2), "{kept}");
}
