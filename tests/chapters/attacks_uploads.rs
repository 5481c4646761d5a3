//! Evidence and other uploads: what is sent under another name, without end, to somebody else's place, or
//! changed afterwards.

use std::fs;
use std::time::{Duration, Instant};

use issuer::http;
use issuer::organisation::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::chapters::verify_browser::chromium;
use crate::peer::{Peer, peers_wanted};
use crate::served::{Caller, FORM, form as form_field, header, problem};
use crate::uploading::{Uploading, video};

async fn send(who: &Caller<'_>, submission: &str, name: &str, content: &[u8]) -> Response {
    let path = format!("{submission}/files?requirement=lesson&{}", form(name));
    let request = who
        .request(Method::POST, &path)
        .header("content-type", "image/png");
    request
        .body(content.to_vec())
        .send()
        .await
        .expect("an answer")
}

fn form(name: &str) -> String {
    crate::served::form("name", name)
}

/// Sends a file as a form without script does.
async fn send_form(who: &Caller<'_>, submission: &str, name: &str, content: &[u8]) -> Response {
    let head = format!(
        "--border\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: image/png\r\n\r\n"
    );
    let body = [head.as_bytes(), content, b"\r\n--border--\r\n"].concat();
    let path = submission.replace("/api/v1/", "/my/") + "/files/lesson";
    let request = who.request(Method::POST, &path);
    let request = request.header("content-type", "multipart/form-data; boundary=border");
    request.body(body).send().await.expect("an answer")
}

async fn added(who: &Caller<'_>, submission: &str, name: &str, content: &[u8]) -> String {
    let answer = send(who, submission, name, content).await;
    assert_eq!(answer.status(), 201, "{name}");
    let answer: Value = answer.json().await.expect("a piece of evidence");
    format!(
        "{submission}/evidence/{}",
        answer["id"].as_str().expect("an id")
    )
}

/// What carries script, by the list of OWASP and by what browsers take for a page.
const ACTIVE: [(&str, &[u8]); 12] = [
    ("page.png", b"<!DOCTYPE html><script>alert(1)</script>"),
    ("page.html", b"<script>alert(1)</script>"),
    ("late.txt", b"\n\n   <html><body onload=alert(1)>"),
    ("marked.png", b"\xef\xbb\xbf<html><script>alert(1)</script>"),
    ("drawn.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
    ("drawn.png", b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
    ("feed.xml", b"<?xml-stylesheet href=\"javascript:alert(1)\"?><x/>"),
    ("wide.html", b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0"),
    ("old.html", b"+ADw-script+AD4-alert(1)\0"),
    ("code.png.exe", b"MZ\x90\0\x03\0\0\0"),
    ("packed.svgz", b"\x1f\x8b\x08\0\0\0\0\0"),
    ("script.sh\0.png", b"\x7fELF\x02\x01\x01\0"),
];

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_01_markup_is_refused_under_every_name_and_on_every_way() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    for (name, content) in ACTIVE {
        let plain = name.replace('\0', "");
        let refused = send(&ada, &submission, &plain, content).await;
        assert_eq!(
            problem(refused).await,
            (415, "upload.type".to_owned()),
            "{name}"
        );
        let upload = ada.uploads_to(&submission, &plain, content.len()).await;
        let refused = ada.sends(&upload, 0, content).await;
        assert_eq!(
            problem(refused).await,
            (415, "upload.type".to_owned()),
            "{name}"
        );
        let refused = send_form(&ada, &submission, &plain, content).await;
        assert_eq!(refused.status(), 422, "{name}");
        let told = refused.text().await.expect("a page");
        assert!(
            told.contains("Files of this type are not taken"),
            "{name}: {told}"
        );
    }
    assert!(service.is_empty().await);

    // What is taken is what its content says, whatever it is called, and is never run.
    for (name, content, media_type, way) in [
        (
            "page.html",
            b"%PDF-1.7 <script>alert(1)</script>".as_slice(),
            "application/pdf",
            "attachment",
        ),
        (
            "page.html",
            b"Plain. <script>alert(1)</script>",
            "text/plain",
            "attachment",
        ),
        (
            "page.html",
            b"PK\x03\x04<script>alert(1)</script>",
            "application/zip",
            "attachment",
        ),
        ("page.html", &video(2_000), "video/webm", "inline"),
    ] {
        let evidence = added(&ada, &submission, name, content).await;
        let answer = ada.get(&evidence).await;
        assert_eq!(header(&answer, "content-type"), media_type);
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert!(header(&answer, "content-disposition").starts_with(way));
        assert_eq!(header(&answer, "x-frame-options"), "DENY");
        let policy = header(&answer, "content-security-policy");
        assert!(
            policy.starts_with("sandbox; default-src 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("script"), "{policy}");
    }
}

/// Whatever is taken is opened by itself, framed, embedded, and put where pictures and scripts stand, by a
/// page that wants it to run.
///
/// Forms: browser.
#[tokio::test(flavor = "multi_thread")]
async fn attack_u_01_nothing_that_was_uploaded_runs_in_a_browser() {
    if !peers_wanted("attack_u_01_nothing_that_was_uploaded_runs_in_a_browser") {
        return;
    }
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let script = "<script>alert(1);fetch('/ran');parent.postMessage('ran','*');document.title='ran'</script>";
    let pdf = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n\
         2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n\
         trailer<</Root 1 0 R>>\n{script}"
    );
    let mut picture = crate::chapters::uploads_shown::png();
    picture.extend(script.as_bytes());
    let mut photo = crate::chapters::uploads_shown::jpeg();
    photo.extend(script.as_bytes());
    let mut film = video(3_000);
    film.extend(script.as_bytes());
    let mut paths = Vec::new();
    for (name, content) in [
        ("a.html", pdf.into_bytes()),
        ("a.svg", picture),
        ("a.html", photo),
        ("a.html", film),
        (
            "a.html",
            format!("It begins as a text.\n{script}").into_bytes(),
        ),
        ("a.js", b"alert(1);fetch('/ran');".to_vec()),
        ("a.html", format!("PK\x03\x04{script}").into_bytes()),
    ] {
        paths.push(added(&ada, &submission, name, &content).await);
    }
    let request = json!({
        "do": "open",
        "origin": format!("http://{}", service.served.address),
        "token": ada.token(),
        "chromium": chromium(),
        "paths": paths,
    });
    let opening = tokio::task::spawn_blocking(move || Peer::start("uploads").ask(&request));
    let found = opening.await.expect("the browser");
    assert_eq!(found["ran"], json!([]), "{found}");
    // The page that wants them to run can run: it would have been seen.
    assert_eq!(found["control"], json!(true));
    assert_eq!(found["pictures"], json!(2), "pictures are pictures");
    assert_eq!(found["opened"], json!(7 * 7));
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_02_a_name_is_data_wherever_it_comes_from_and_goes_to() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let long = "x".repeat(300);
    let names = [
        "../../etc/passwd",
        "..\\..\\windows\\system32",
        "/etc/passwd",
        "C:\\boot.ini",
        "CON",
        "%2e%2e%2fetc",
        "a; filename=b.exe",
        "\"quoted\".png",
        "it's \u{202e}gnp.exe",
        "caf\u{e9} \u{1f600}.png",
        "#fragment?query",
        long.as_str(),
    ];
    for name in names {
        let evidence = added(&ada, &submission, name, b"%PDF-1.7").await;
        let answer = ada.get(&evidence).await;
        let told = header(&answer, "content-disposition");
        let (way, encoded) = told.split_once("; filename*=UTF-8''").expect("one name");
        assert_eq!(way, "attachment");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"%.-_".contains(&byte);
        assert!(encoded.bytes().all(plain), "{encoded}");
        let read = url::form_urlencoded::parse(format!("name={encoded}").as_bytes())
            .next()
            .map(|(_, name)| name.into_owned());
        assert_eq!(read.as_deref(), Some(name));
        let removed = ada.request(Method::DELETE, &evidence).send().await;
        assert_eq!(removed.expect("an answer").status(), 200);
    }
    for name in ["a\r\nset-cookie: x=1", "a\0.png", "", &"x".repeat(301)] {
        let refused = send(&ada, &submission, name, b"%PDF-1.7").await;
        assert_eq!(refused.status(), 400, "{name:?}");
        let refused = ada.begins_upload(&submission, name, 10).await;
        assert_eq!(
            problem(refused).await,
            (400, "http.header".to_owned()),
            "{name:?}"
        );
    }
    let formed = send_form(&ada, &submission, "../../x%22.pdf", b"%PDF-1.7").await;
    assert_eq!(formed.url().path(), submission.replace("/api/v1/", "/my/"));
    for path in service.on_disk() {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        assert!(
            name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{name}"
        );
    }
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_03_archives_are_kept_as_they_are_and_never_unpacked() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let entry = |name: &str, content: &[u8]| {
        let mut entry = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0".to_vec();
        entry.extend(crc32fast::hash(content).to_le_bytes());
        entry.extend((content.len() as u32).to_le_bytes());
        entry.extend((content.len() as u32).to_le_bytes());
        entry.extend((name.len() as u16).to_le_bytes());
        entry.extend([0, 0]);
        entry.extend(name.as_bytes());
        entry.extend(content);
        entry
    };
    let many: Vec<u8> = (0..1_000)
        .flat_map(|n| entry(&format!("{n}"), b""))
        .collect();
    for content in [
        entry("../../../../tmp/slipped", b"slipped"),
        [entry("link", b"/etc/passwd"), entry("link/x", b"x")].concat(),
        many,
    ] {
        let before = service.on_disk().len();
        let evidence = added(&ada, &submission, "archive.zip", &content).await;
        let now = service.on_disk();
        assert_eq!(now.len(), before + 1, "one archive is one file");
        let answer = ada.get(&evidence).await;
        assert_eq!(header(&answer, "content-type"), "application/zip");
        assert!(answer.bytes().await.expect("a body") == content);
    }
    assert!(!std::path::Path::new("/tmp/slipped").exists());
    // Other archives are of no type that is taken.
    let tar = [b"x".as_slice(), &[0; 256], b"ustar\0"].concat();
    let refused = send(&ada, &submission, "archive.tar", &tar).await;
    assert_eq!(problem(refused).await, (415, "upload.type".to_owned()));
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_04_what_is_too_large_endless_or_broken_leaves_nothing_behind() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let refused = send(&ada, &submission, "a.webm", &video(100_001)).await;
    assert_eq!(problem(refused).await, (413, "upload.too_large".to_owned()));
    let refused = ada.begins_upload(&submission, "a.webm", 50_000_001).await;
    assert_eq!(problem(refused).await, (413, "upload.too_large".to_owned()));
    let told = send_form(&ada, &submission, "a.webm", &video(300_000)).await;
    assert_eq!(told.status(), 422);

    let path = submission.replace("/api/v1/", "/my/") + "/files/lesson";
    let part = "content-disposition: form-data; name=\"x\"\r\n\r\n\r\n--b\r\n";
    let lines = "x-line: y\r\n".repeat(10_000);
    let endless = "x".repeat(400_000);
    for (media_type, body, expected) in [
        ("multipart/form-data", String::new(), 415),
        ("multipart/form-data; boundary=", String::new(), 415),
        ("text/plain; boundary=b", String::new(), 415),
        ("multipart/form-data; boundary=b", String::new(), 422),
        ("multipart/form-data; boundary=b", "--b--\r\n".to_owned(), 422),
        ("multipart/form-data; boundary=b", format!("--b\r\n{}", part.repeat(1_000)), 422),
        ("multipart/form-data; boundary=b", format!("--b\r\n{lines}\r\n"), 422),
        ("multipart/form-data; boundary=b", endless, 422),
        (
            "multipart/form-data; boundary=b",
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nIt never ends".to_owned(),
            422,
        ),
    ] {
        let request = ada.request(Method::POST, &path).header("content-type", media_type);
        let answer = request.body(body.clone()).send().await.expect("an answer");
        let start = &body[..body.len().min(40)];
        assert_eq!(answer.status(), expected, "{media_type}: {start:?}");
    }

    // Who says how much comes, and sends less, or nothing more.
    let head = |length: &str| {
        format!(
            "POST {submission}/files?requirement=lesson&name=a HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
             {length}\r\n\r\n",
            ada.token()
        )
    };
    let mut line = TcpStream::connect(service.served.address)
        .await
        .expect("a line");
    line.write_all(head("content-length: 50000").as_bytes())
        .await
        .expect("a head");
    line.write_all(&video(20_000)).await.expect("a part");
    drop(line);
    let mut endless = TcpStream::connect(service.served.address)
        .await
        .expect("a line");
    endless
        .write_all(head("transfer-encoding: chunked").as_bytes())
        .await
        .expect("a head");
    let chunk = [b"10000\r\n".as_slice(), &video(0x10000), b"\r\n"].concat();
    for _ in 0..3 {
        if endless.write_all(&chunk).await.is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    endless.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 413");
    let began = Instant::now();
    let mut slow = TcpStream::connect(service.served.address)
        .await
        .expect("a line");
    slow.write_all(head("content-length: 50000").as_bytes())
        .await
        .expect("a head");
    slow.write_all(&video(2_000)).await.expect("a part");
    slow.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(service.is_empty().await);
    // All the room that was set aside is free again.
    let refused = ada.begins_upload(&submission, "a.webm", 50_000_000).await;
    assert_eq!(refused.status(), 201);
    let refused = ada.begins_upload(&submission, "a.webm", 50_000_000).await;
    assert_eq!(refused.status(), 201);
    let refused = ada.begins_upload(&submission, "a.webm", 1).await;
    assert_eq!(problem(refused).await, (413, "upload.quota".to_owned()));
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_05_evidence_is_nobodys_elses_on_any_address() {
    let service = Uploading::new().await;
    let served = &service.served;
    // The badge below is Ada's.
    let lena = served.caller("lena", &[]);
    let (submission, other) = (
        lena.begins().await,
        served.caller("bob", &[]).begins().await,
    );
    let evidence = added(&lena, &submission, "a.pdf", b"%PDF-1.7 a lesson").await;
    let upload = lena.uploads_to(&submission, "a.webm", 1_000).await;
    let badge = served.badge().to_string();
    let last = |path: &str| path.rsplit('/').next().expect("an id").to_owned();
    let strangers = [
        served.caller("bob", &[]),
        served.caller("grace", &[Role::Reviewer]),
        served.caller(
            "anne",
            &[Role::Administrator, Role::Coordinator, Role::Author],
        ),
    ];
    let mut tried = 0;
    for route in http::routes() {
        let names_it = ["{evidence}", "{upload}"]
            .iter()
            .any(|name| route.path.contains(name));
        if !names_it {
            continue;
        }
        // In its own place, and in the place of something else that is there.
        for place in [&submission, &other] {
            let path = route.path.replace("{submission}", &last(place));
            let path = path.replace("{evidence}", &last(&evidence));
            let path = path.replace("{upload}", &last(&upload));
            let path = path.replace("{badge}", &badge);
            for stranger in &strangers {
                for method in ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"] {
                    let method = Method::from_bytes(method.as_bytes()).expect("a method");
                    // Its own owner's place is tried by others alone.
                    let request = stranger.request(method.clone(), &path);
                    let answer = request.send().await.expect("an answer");
                    tried += 1;
                    let status = answer.status().as_u16();
                    let text = answer.text().await.expect("a body");
                    assert!(
                        [400, 403, 404, 405, 409, 415, 422].contains(&status),
                        "{method} {path}: {status}"
                    );
                    assert!(!text.contains("a lesson"), "{method} {path}: {text}");
                }
            }
            let nobody = served.get(&path).await;
            assert!(
                !nobody.text().await.expect("a body").contains("a lesson"),
                "{path}"
            );
        }
    }
    assert!(tried >= 100, "{tried}");
    let found = strangers[0].get(&evidence).await;
    assert_eq!(problem(found).await, (404, "auth.not_found".to_owned()));
    let found = strangers[0].get(&upload).await;
    assert_eq!(problem(found).await, (404, "auth.not_found".to_owned()));
    assert_eq!(served.get(&evidence).await.status(), 401);
    // Hers it still is; an identifier of hers within a submission of hers that has not got it leads nowhere.
    assert_eq!(lena.get(&evidence).await.status(), 200);
    let elsewhere = format!("{other}/evidence/{}", last(&evidence));
    assert_eq!(lena.get(&elsewhere).await.status(), 404);
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_08_a_link_is_https_and_nothing_follows_it() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    for link in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "http://example.org/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "//example.org/",
        "/my",
        "https:",
        "vbscript:x",
        "blob:https://example.org/x",
        "about:blank",
        " ",
    ] {
        let body = json!({ "requirement": "lesson", "link": link });
        let refused = ada.post(&format!("{submission}/evidence"), body).await;
        assert_eq!(
            problem(refused).await,
            (422, "link.scheme".to_owned()),
            "{link}"
        );
        let page = submission.replace("/api/v1/", "/my/");
        let typed = [
            form_field("link-lesson", link),
            form_field("do", "add-link:lesson"),
        ];
        let request = ada
            .request(Method::POST, &page)
            .header("content-type", FORM);
        let refused = request
            .body(typed.join("&"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(refused.status(), 422, "{link}");
        let told = refused.text().await.expect("a page");
        assert!(told.contains("named by an https address"), "{link}: {told}");
    }
    let long = format!("https://example.org/{}", "x".repeat(2_000));
    let body = json!({ "requirement": "lesson", "link": long });
    let refused = ada.post(&format!("{submission}/evidence"), body).await;
    assert_eq!(problem(refused).await, (422, "input.invalid".to_owned()));
    // An address within is not fetched, so that it may as well be named: nobody of ours ever goes there.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = silent.local_addr().expect("an address");
    let body = json!({ "requirement": "lesson", "link": format!("https://{address}/metadata") });
    let taken = ada.post(&format!("{submission}/evidence"), body).await;
    assert_eq!(taken.status(), 201);
    let taken: Value = taken.json().await.expect("a piece of evidence");
    let evidence = format!(
        "{submission}/evidence/{}",
        taken["id"].as_str().expect("an id")
    );
    let told = ada.get(&evidence).await;
    assert_eq!(told.status(), 200);
    assert!(header(&told, "content-disposition").starts_with("attachment"));
    let visited = tokio::time::timeout(Duration::from_millis(300), silent.accept()).await;
    assert!(visited.is_err(), "somebody followed the link");
}

/// Forms: HTTP.
#[tokio::test]
async fn attack_u_09_one_byte_that_changed_in_the_store_is_found() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let content = video(20_000);
    let evidence = added(&ada, &submission, "a.webm", &content).await;
    let [path] = &service.on_disk()[..] else {
        panic!("one file");
    };
    for at in [0, 10_000, 19_999] {
        let mut changed = content.clone();
        changed[at] ^= 1;
        fs::write(path, &changed).expect("the change");
        for range in ["bytes=0-", "bytes=5-5", "bytes=-1"] {
            let request = ada.request(Method::GET, &evidence).header("range", range);
            let answer = request.send().await.expect("an answer");
            assert_eq!(
                problem(answer).await,
                (500, "evidence.digest_mismatch".to_owned())
            );
        }
    }
    fs::write(path, &content).expect("the change");
    assert_eq!(ada.get(&evidence).await.status(), 200);
}

/// What a player asks for: parts, parts of what it knows, and parts that are not there.
#[tokio::test]
async fn players_get_the_parts_that_they_ask_for() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let content = video(20_000);
    let evidence = added(&ada, &submission, "a.webm", &content).await;
    let whole = ada.get(&evidence).await;
    assert_eq!(header(&whole, "accept-ranges"), "bytes");
    let tag = header(&whole, "etag").to_owned();
    let part = async |range: &str, known: Option<&str>| {
        let mut request = ada.request(Method::GET, &evidence).header("range", range);
        if let Some(known) = known {
            request = request.header("if-range", known);
        }
        request.send().await.expect("an answer")
    };
    let answer = part("bytes=100-199", Some(&tag)).await;
    assert_eq!(answer.status(), 206);
    assert_eq!(header(&answer, "content-range"), "bytes 100-199/20000");
    assert_eq!(header(&answer, "content-length"), "100");
    assert_eq!(answer.bytes().await.expect("a body"), content[100..200]);
    assert_eq!(part("bytes=100-199", Some("\"other\"")).await.status(), 200);
    assert_eq!(part("bytes=0-1,5-6", None).await.status(), 200);
    let beyond = part("bytes=20000-", None).await;
    assert_eq!(header(&beyond, "content-range"), "bytes */20000");
    assert_eq!(problem(beyond).await, (416, "http.range".to_owned()));
    let head = ada
        .request(Method::HEAD, &evidence)
        .send()
        .await
        .expect("an answer");
    assert_eq!(header(&head, "content-length"), "20000");
    assert!(head.bytes().await.expect("no body").is_empty());
}

/// Without script a file is sent by an ordinary form.
#[tokio::test]
async fn a_form_without_script_adds_a_file_and_says_what_is_wrong_with_one() {
    let service = Uploading::new().await;
    let ada = service.served.caller("ada", &[]);
    let submission = ada.begins().await;
    let page = submission.replace("/api/v1/", "/my/") + "/files/lesson";
    let shown = ada.get(&page).await;
    assert_eq!(shown.status(), 200);
    let shown = shown.text().await.expect("a page");
    assert!(shown.contains("enctype=\"multipart/form-data\""), "{shown}");
    assert!(shown.contains("At most 47 MB"), "{shown}");
    // Every length within a chunk, so that the border falls on every place.
    for bytes in (0..40).chain([99_000]) {
        let content = [b"A text. \r\n--borde\r\n".as_slice(), &vec![b'x'; bytes]].concat();
        send_form(&ada, &submission, "Leçon.txt", &content).await;
        let listed: Value = ada.get(&submission).await.json().await.expect("JSON");
        let list = listed["evidence"].as_array().expect("a list");
        let id = list.last().expect("one")["id"].as_str().expect("an id");
        let evidence = format!("{submission}/evidence/{id}");
        let download = ada.get(&evidence).await;
        assert!(header(&download, "content-disposition").ends_with("Le%C3%A7on.txt"));
        assert!(
            download.bytes().await.expect("a body") == content,
            "{bytes}"
        );
        ada.request(Method::DELETE, &evidence)
            .send()
            .await
            .expect("an answer");
    }
    let nothing = send_form(&ada, &submission, "", b"").await;
    assert_eq!(nothing.status(), 422);
    let elsewhere = page.replace("/lesson", "/nothing");
    assert_eq!(ada.get(&elsewhere).await.status(), 404);
    let eve = service.served.caller("eve", &[]);
    assert_eq!(eve.get(&page).await.status(), 404);
}
