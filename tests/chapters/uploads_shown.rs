//! What others see of pictures, recordings and videos: the same, without what they say of their maker.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use issuer::digest::Sha256Digest;
use issuer::organisation::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::peer::{Peer, peers_wanted};
use crate::served::{header, problem};
use crate::uploading::Uploading;

/// Stands in every place where a file can tell of its maker.
const CANARY: &str = "Ada Lovelace, 48.8584 N 2.2945 E";

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_07_what_others_see_of_a_file_tells_nothing_of_its_maker() {
    let service = Uploading::new().await;
    let served = &service.served;
    let (ada, grace) = (
        served.caller("ada", &[]),
        served.caller("grace", &[Role::Reviewer]),
    );
    let submission = ada.begins().await;
    let mut sent = Vec::new();
    for (name, content) in files() {
        assert!(holds(&content, CANARY.as_bytes()), "{name} has no canary");
        let path = format!("{submission}/files?requirement=lesson&name=ada-{name}");
        let request = ada.request(Method::POST, &path).body(content.clone());
        let added = request.send().await.expect("an answer");
        assert_eq!(added.status(), 201, "{name}");
        let added: Value = added.json().await.expect("a piece of evidence");
        assert_eq!(added["sha256"], Sha256Digest::of(&content).to_string());
        let id = added["id"].as_str().expect("an id").to_owned();
        sent.push((name, content, id));
    }
    let text = json!({ "requirement": "reflection", "text": "I waited." });
    ada.post(&format!("{submission}/evidence"), text).await;
    hand_in(&service, &submission);
    let review = submission.replace("/submissions/", "/reviews/");
    grace.post(&format!("{review}/claim"), json!({})).await;

    for (number, (name, content, id)) in sent.iter().enumerate() {
        let original = ada.get(&format!("{submission}/evidence/{id}")).await;
        assert!(header(&original, "content-disposition").ends_with(&format!("ada-{name}")));
        assert!(original.bytes().await.expect("a body") == content, "{name}");

        let path = format!("{review}/evidence/{id}");
        let seen = grace.get(&path).await;
        let (_, ending) = name.rsplit_once('.').expect("a name");
        assert_eq!(
            header(&seen, "content-disposition")
                .rsplit_once("''")
                .map(|(_, name)| name),
            Some(format!("evidence-{}.{ending}", number + 1).as_str())
        );
        let tag = header(&seen, "etag").to_owned();
        assert!(
            !tag.contains(&Sha256Digest::of(content).to_string()),
            "{name}: {tag}"
        );
        let seen = seen.bytes().await.expect("a body");
        assert!(
            !holds(&seen, b"Ada"),
            "{name}: {:?}",
            String::from_utf8_lossy(&seen)
        );
        assert!(!holds(&seen, b"48.8584"), "{name}");
        assert!(seen.len() <= content.len());

        // Any part of it is that part, under the same tag.
        for (from, to) in [(0, 1), (3, 40), (seen.len() - 5, seen.len())] {
            let request = grace.request(Method::GET, &path);
            let request = request.header("range", format!("bytes={from}-{}", to - 1));
            let part = request
                .header("if-range", &tag)
                .send()
                .await
                .expect("an answer");
            assert_eq!(part.status(), 206, "{name}");
            assert_eq!(
                header(&part, "content-range"),
                format!("bytes {from}-{}/{}", to - 1, seen.len())
            );
            assert!(
                part.bytes().await.expect("a body") == seen[from..to],
                "{name}"
            );
        }
        // What is shown has nothing left to take out.
        let bare = format!("{submission}/files?requirement=lesson&name={name}");
        assert_eq!(shown_of(&service, &bare, &seen).await, None, "{name}");
    }
}

fn hand_in(service: &Uploading, submission: &str) {
    let id = submission.rsplit('/').next().expect("an id").parse();
    let ada = service.served.test.learner("ada");
    ada.hands_in(id.expect("an id")).expect("a version");
}

/// What others would see of a file, if it is not all of it; asked by sending it in a submission of somebody
/// else's.
async fn shown_of(service: &Uploading, path: &str, content: &[u8]) -> Option<u64> {
    let bob = service.served.caller("bob", &[]);
    let begun = bob.get("/api/v1/submissions").await;
    let begun: Value = begun.json().await.expect("a list");
    let submission = match begun["items"][0]["id"].as_str() {
        Some(id) => format!("/api/v1/submissions/{id}"),
        None => bob.begins().await,
    };
    let (_, rest) = path.split_once("/files").expect("a path");
    let path = format!("{submission}/files{rest}");
    let added = bob
        .request(Method::POST, &path)
        .body(content.to_vec())
        .send()
        .await;
    let added = added.expect("an answer");
    assert_eq!(added.status(), 201);
    let added: Value = added.json().await.expect("a piece of evidence");
    let id = added["id"].as_str().expect("an id").parse().expect("an id");
    let submission = submission.rsplit('/').next().expect("an id").parse();
    let number = issuer::submission::evidence_of_earner(
        &service.served.test.app,
        &service.served.test.person("bob", &[]),
        submission.expect("an id"),
        id,
    );
    match number.expect("his own").content {
        issuer::submission::EvidenceContent::File(file) => file.shown.map(|shown| shown.bytes()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_to_its_end_is_not_taken() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let send = async |content: &[u8]| {
        let path = format!("{submission}/files?requirement=lesson&name=a");
        let request = ada.request(Method::POST, &path).body(content.to_vec());
        request.send().await.expect("an answer")
    };
    for (name, content) in files() {
        // Sound that was cut off is still sound.
        let cuts = match name {
            "note.wav" => 0..0,
            _ => 16..content.len() - 1,
        };
        for cut in cuts.step_by(7) {
            let answer = send(&content[..cut]).await;
            let status = answer.status().as_u16();
            assert!(
                [201, 415, 422].contains(&status),
                "{name} up to {cut}: {status}"
            );
            if status == 201 {
                // A submission has room for twenty, and a full one takes no file at all.
                let added: Value = answer.json().await.expect("a piece of evidence");
                let piece = added["id"].as_str().expect("an id");
                let path = format!("{submission}/evidence/{piece}");
                let taken_out = ada.request(Method::DELETE, &path).send().await;
                assert_eq!(taken_out.expect("an answer").status(), 200);
            }
        }
    }
    let cut = files().into_iter().find(|(name, _)| *name == "turned.jpg");
    let (_, cut) = cut.expect("a picture");
    let answer = send(&cut[..300]).await;
    assert_eq!(problem(answer).await, (422, "upload.unreadable".to_owned()));
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_07_another_reader_finds_nothing_either() {
    if !peers_wanted("attack_u_07_another_reader_finds_nothing_either") {
        return;
    }
    let service = Uploading::new().await;
    let served = &service.served;
    let (ada, grace) = (
        served.caller("ada", &[]),
        served.caller("grace", &[Role::Reviewer]),
    );
    let submission = ada.begins().await;
    let mut ids = Vec::new();
    for (name, content) in files() {
        let path = format!("{submission}/files?requirement=lesson&name={name}");
        let request = ada.request(Method::POST, &path).body(content.clone());
        let added: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        ids.push((
            name,
            content,
            added["id"].as_str().expect("an id").to_owned(),
        ));
    }
    let text = json!({ "requirement": "reflection", "text": "I waited." });
    ada.post(&format!("{submission}/evidence"), text).await;
    hand_in(&service, &submission);
    let review = submission.replace("/submissions/", "/reviews/");
    grace.post(&format!("{review}/claim"), json!({})).await;
    let mut reader = Peer::start("metadata");
    for (name, content, id) in ids {
        if !name.ends_with(".jpg") && !name.ends_with(".png") {
            continue;
        }
        let seen = grace.get(&format!("{review}/evidence/{id}")).await;
        let seen = seen.bytes().await.expect("a body");
        let read = |bytes: &[u8]| json!({ "do": "read", "file": STANDARD.encode(bytes) });
        let before = reader.ask(&read(&content));
        assert!(
            before["tags"].to_string().contains("Ada"),
            "{name}: {before}"
        );
        let after = reader.ask(&read(&seen));
        let expected = match name {
            "turned.jpg" => json!({ "Orientation": 6 }),
            _ => json!({}),
        };
        assert_eq!(after["tags"], expected, "{name}");
    }
}

/// One file of each kind, with the canary wherever it fits.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("turned.jpg", jpeg()),
        ("drawn.png", png()),
        ("moving.gif", gif()),
        ("photo.webp", webp()),
        ("photo.heic", heic()),
        ("lesson.mp4", mp4()),
        ("note.wav", wav()),
    ]
}

pub fn jpeg() -> Vec<u8> {
    let base = [STANDARD.decode(JPEG).expect("a picture"), vec![0xff, 0xd9]].concat();
    let segment = |marker: u8, content: &[u8]| {
        let length = (content.len() as u16 + 2).to_be_bytes();
        [&[0xff, marker], &length[..], content].concat()
    };
    // A directory with orientation, artist and a place, little end first.
    let artist = [CANARY.as_bytes(), b"\0"].concat();
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
    exif.extend(b"\x3b\x01\x02\0");
    exif.extend((artist.len() as u32).to_le_bytes());
    exif.extend(38_u32.to_le_bytes());
    exif.extend([0, 0, 0, 0]);
    exif.extend(&artist);
    let xmp = format!(
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF \
         xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" dc:creator=\"{CANARY}\"/></rdf:RDF></x:xmpmeta>"
    );
    let iptc = [b"Photoshop 3.0\0".as_slice(), CANARY.as_bytes()].concat();
    let profile = [b"ICC_PROFILE\0\x01\x01".as_slice(), CANARY.as_bytes()].concat();
    [
        &base[..2],
        &segment(0xe1, &exif),
        &segment(0xe1, xmp.as_bytes()),
        &segment(0xe2, &profile),
        &segment(0xed, &iptc),
        &segment(0xfe, CANARY.as_bytes()),
        &base[2..],
        // A second picture behind the first, as phones write it.
        CANARY.as_bytes(),
    ]
    .concat()
}

pub fn png() -> Vec<u8> {
    let base = STANDARD.decode(PNG).expect("a picture");
    let chunk = |name: &[u8], content: &[u8]| {
        let checked = [name, content].concat();
        let sum = crc32fast::hash(&checked).to_be_bytes();
        [&(content.len() as u32).to_be_bytes()[..], &checked, &sum].concat()
    };
    let text = [b"Author\0".as_slice(), CANARY.as_bytes()].concat();
    let itext = [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), CANARY.as_bytes()].concat();
    // The header is 8 bytes and the first chunk 25.
    [
        &base[..33],
        &chunk(b"tEXt", &text),
        &chunk(b"iTXt", &itext),
        &chunk(b"eXIf", CANARY.as_bytes()),
        &chunk(b"tIME", &[7, 234, 11, 23, 7, 0, 0]),
        &base[33..],
        CANARY.as_bytes(),
    ]
    .concat()
}

fn gif() -> Vec<u8> {
    let base = STANDARD.decode(GIF).expect("a picture");
    let block = |content: &[u8]| [&[content.len() as u8], content].concat();
    let comment = [&[0x21, 0xfe][..], &block(CANARY.as_bytes()), &[0]].concat();
    let program = [
        &[0x21, 0xff][..],
        &block(b"XMP DataXMP"),
        &block(CANARY.as_bytes()),
        &[0],
    ]
    .concat();
    // The screen is 13 bytes and its two colours 6.
    [
        &base[..19],
        &comment,
        &program,
        &base[19..],
        CANARY.as_bytes(),
    ]
    .concat()
}

fn webp() -> Vec<u8> {
    let base = STANDARD.decode(WEBP).expect("a picture");
    let header = [0b0000_1100, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    riff(
        b"WEBP",
        &[
            (b"VP8X", &header),
            (b"EXIF", CANARY.as_bytes()),
            (b"XMP ", CANARY.as_bytes()),
        ],
        &base[12..],
    )
}

fn wav() -> Vec<u8> {
    let format = b"\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0";
    let list = [
        b"INFOIART".as_slice(),
        &32_u32.to_le_bytes(),
        CANARY.as_bytes(),
    ]
    .concat();
    riff(
        b"WAVE",
        &[(b"fmt ", format), (b"LIST", &list), (b"data", &[128; 100])],
        b"",
    )
}

fn riff(kind: &[u8], chunks: &[(&[u8], &[u8])], rest: &[u8]) -> Vec<u8> {
    let mut inside = kind.to_vec();
    for (name, content) in chunks {
        inside.extend(*name);
        inside.extend((content.len() as u32).to_le_bytes());
        inside.extend(*content);
        inside.extend(vec![0; content.len() % 2]);
    }
    inside.extend(rest);
    [
        b"RIFF".as_slice(),
        &(inside.len() as u32).to_le_bytes(),
        &inside,
    ]
    .concat()
}

fn boxed(name: &[u8], content: &[u8]) -> Vec<u8> {
    let bytes = (content.len() as u32 + 8).to_be_bytes();
    [&bytes[..], name, content].concat()
}

fn mp4() -> Vec<u8> {
    let notes = boxed(b"udta", &boxed(b"\xa9xyz", CANARY.as_bytes()));
    let keys = boxed(b"meta", &boxed(b"keys", CANARY.as_bytes()));
    let handler = boxed(b"hdlr", b"\0\0\0\0\0\0\0\0vide\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let track = boxed(b"trak", &[boxed(b"mdia", &handler), notes.clone()].concat());
    [
        boxed(b"ftyp", b"isom\0\0\0\0isom"),
        boxed(
            b"moov",
            &[boxed(b"mvhd", &[0; 100]), track, notes, keys].concat(),
        ),
        boxed(b"uuid", CANARY.as_bytes()),
        boxed(b"mdat", &[7; 500]),
    ]
    .concat()
}

fn heic() -> Vec<u8> {
    let entry = |item: u8, kind: &[u8]| {
        let content = [&[2, 0, 0, 0, 0, item, 0, 0][..], kind, b"\0"].concat();
        boxed(b"infe", &content)
    };
    let info = [
        &[0, 0, 0, 0, 0, 2][..],
        &entry(1, b"hvc1"),
        &entry(2, b"Exif"),
    ]
    .concat();
    let head = boxed(b"ftyp", b"heic\0\0\0\0heic");
    let places = |at: u32| {
        let mut places = vec![0, 0, 0, 0, 0x44, 0, 0, 2];
        for (item, from, bytes) in [(1_u16, at, 40_u32), (2, at + 40, CANARY.len() as u32)] {
            places.extend(item.to_be_bytes());
            places.extend([0, 0, 0, 1]);
            places.extend(from.to_be_bytes());
            places.extend(bytes.to_be_bytes());
        }
        boxed(b"iloc", &places)
    };
    let meta = |at: u32| {
        let inside = [&[0; 4][..], &boxed(b"iinf", &info), &places(at)].concat();
        boxed(b"meta", &inside)
    };
    let at = (head.len() + meta(0).len() + 8) as u32;
    let data = [&[9; 40][..], CANARY.as_bytes()].concat();
    [head, meta(at), boxed(b"mdat", &data)].concat()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|found| found == wanted)
}

/// Pictures of one pixel.
const JPEG: &str = "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=";
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const GIF: &str = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const WEBP: &str = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA";
