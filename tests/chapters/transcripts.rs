//! What is said in a recording, written down: prepared, frozen, masked, and handed out as nothing but text.

use issuer::digest::Sha256Digest;
use issuer::organisation::Role;
use issuer::submission::EvidenceProof;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::served::{Caller, Served, header};
use crate::uploading::video;

const KEPT: &str = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nStudent: Why &lt; 3 &amp; so on?\n";
const SENT: &str = "WEBVTT\n\nSTYLE\n::cue { background: url(https://x.example/) }\n\n\
     00:01.000 --> 00:03.000 line:0\n<v Student><b>Why</b> &lt; 3 & so on?\n";

/// Ada's submission with a recording in it.
struct Recording<'a> {
    ada: Caller<'a>,
    submission: String,
    piece: String,
}

impl<'a> Recording<'a> {
    async fn of(served: &'a Served) -> Recording<'a> {
        let ada = served.caller("ada", &[]);
        let submission = ada.begins().await;
        let piece = added(&ada, &submission, "lesson.webm", video(4_000)).await;
        let text = json!({ "requirement": "reflection", "text": "I waited." });
        done(ada.post(&format!("{submission}/evidence"), text).await).await;
        Recording {
            ada,
            submission,
            piece,
        }
    }

    async fn writes(&self, which: &str, text: &str) -> Response {
        let path = format!("{}/spoken/{which}", self.piece);
        self.ada.put(&path, json!({ "text": text })).await
    }

    async fn removes(&self, which: &str) -> Value {
        let path = format!("{}/spoken/{which}", self.piece);
        let answer = self.ada.request(Method::DELETE, &path).send().await;
        done(answer.expect("an answer")).await
    }

    async fn spoken(&self) -> Value {
        done(self.ada.get(&format!("{}/spoken", self.piece)).await).await
    }

    async fn hands_in(&self) -> Value {
        let body = json!({ "privacy_statement": 1 });
        done(
            self.ada
                .post(&format!("{}/submit", self.submission), body)
                .await,
        )
        .await
    }

    fn id(&self) -> &str {
        self.submission.rsplit('/').next().expect("an id")
    }

    fn piece_id(&self) -> &str {
        self.piece.rsplit('/').next().expect("an id")
    }

    /// The page on which it is written down.
    fn page(&self) -> String {
        format!(
            "/my/submissions/{}/evidence/{}/spoken",
            self.id(),
            self.piece_id()
        )
    }
}

async fn added(ada: &Caller<'_>, submission: &str, name: &str, content: Vec<u8>) -> String {
    let path = format!("{submission}/files?requirement=lesson&name={name}");
    let sent = ada.request(Method::POST, &path).body(content).send().await;
    let added = done(sent.expect("an answer")).await;
    format!(
        "{submission}/evidence/{}",
        added["id"].as_str().expect("an id")
    )
}

async fn done(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.expect("a text");
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn problem(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("a problem"))
}

async fn text(answer: Response) -> String {
    answer.text().await.expect("a text")
}

/// The entry of the recording in a manifest.
fn entry(receipt: &Value) -> &Value {
    let entries = receipt["manifest"]["evidence"].as_array().expect("pieces");
    let file = entries.iter().find(|entry| entry["kind"] == "file");
    file.expect("the recording")
}

#[tokio::test]
async fn a_transcript_and_captions_are_frozen_with_the_version_and_masked_for_reviewers() {
    let served = Served::new().await;
    let recording = Recording::of(&served).await;
    done(
        recording
            .writes("transcript", "Ada asks.\r\nStudent 1 answers.\n")
            .await,
    )
    .await;
    let written = done(recording.writes("captions", SENT).await).await;
    assert_eq!(
        written["evidence"][0]["spoken"],
        json!(["transcript", "captions"])
    );
    let kept = json!({ "transcript": "Ada asks.\nStudent 1 answers.", "captions": KEPT });
    assert_eq!(recording.spoken().await, kept);

    // 1. The manifest covers both, each with a salt of its own, and its digest is the receipt.
    let receipt = recording.hands_in().await;
    let (first, version) = (entry(&receipt).clone(), receipt["manifest"].clone());
    let digest = Sha256Digest::of_canonical_json(&version).to_string();
    assert_eq!(receipt["manifest_sha256"], digest);
    for (which, text) in [
        ("transcript", kept["transcript"].as_str()),
        ("captions", Some(KEPT)),
    ] {
        let plain = Sha256Digest::of(text.expect("a text").as_bytes()).to_string();
        let salted = first[which]["salted_sha256"].as_str().expect("a digest");
        assert!(salted.len() == 64 && salted != plain, "{first}");
    }
    // A reader who knows nothing of them proves the recording as before.
    let proof = text(
        recording
            .ada
            .get(&format!("{}/proof", recording.piece))
            .await,
    )
    .await;
    let proof = EvidenceProof::read(proof.as_bytes()).expect("a proof");
    assert_eq!(proof.manifest, version);
    assert_eq!(proof.sha256, Sha256Digest::of(&video(4_000)));

    // 2. What is handed in stays as it is.
    let (status, refused) = problem(recording.writes("transcript", "Other words").await).await;
    assert_eq!((status, &refused["code"]), (409, &json!("state.conflict")));

    // 3. Reviewers have both, without the name.
    let grace = served.caller("grace", &[Role::Reviewer]);
    let review = format!("/api/v1/reviews/{}", recording.id());
    let reading = done(grace.get(&review).await).await;
    let piece = &reading["evidence"][0];
    assert_eq!(piece["transcript"], "[name] asks.\nStudent 1 answers.");
    assert_eq!(piece["captions"], true);
    for path in [review.clone(), format!("/reviews/{}", recording.id())] {
        let path = format!("{path}/evidence/{}/captions", recording.piece_id());
        let captions = grace.get(&path).await;
        assert_eq!(header(&captions, "content-type"), "text/vtt; charset=utf-8");
        assert_eq!(header(&captions, "x-content-type-options"), "nosniff");
        assert!(header(&captions, "content-security-policy").starts_with("sandbox;"));
        assert_eq!(text(captions).await, KEPT);
    }
    let reviewer = served.test.person("grace", &[]);
    let page = Browser::of(&served, &reviewer);
    let page = text(page.get(&format!("/reviews/{}", recording.id())).await).await;
    let track = format!(
        "<track kind=\"captions\" label=\"Captions\" src=\"/reviews/{}/evidence/{}/captions\" default>",
        recording.id(),
        recording.piece_id()
    );
    assert!(
        page.contains(&track) && page.contains("[name] asks.\nStudent 1 answers."),
        "{page}"
    );

    // 4. Sent back, the captions change: the reviewer is told, and the first version keeps its own.
    done(grace.post(&format!("{review}/claim"), json!({})).await).await;
    let scores = json!([
        { "criterion": "waiting", "level": "consistent" },
        { "criterion": "listening", "level": "absent", "comment": "Who speaks?" },
    ]);
    done(
        grace
            .post(&review, json!({ "version": 1, "scores": scores }))
            .await,
    )
    .await;
    let texts = |served: &Served| served.test.records(b"spoken-text/");
    for text in [
        "WEBVTT\n\n00:01.000 --> 00:02.000\nOne",
        "WEBVTT\n\n00:01.000 --> 00:02.000\nTwo",
    ] {
        done(recording.writes("captions", text).await).await;
        assert_eq!(
            texts(&served),
            3,
            "the draft's, and the two that were handed in"
        );
    }
    done(
        recording
            .writes("transcript", "Ada asks.\nStudent 1 answers.")
            .await,
    )
    .await;
    let second = recording.hands_in().await;
    assert_eq!(entry(&second)["transcript"], first["transcript"]);
    assert_ne!(entry(&second)["captions"], first["captions"]);
    let versions = format!("{}/versions", recording.submission);
    let changed = done(recording.ada.get(&format!("{versions}/2")).await).await;
    assert_eq!(
        changed["changes"]["retold"][0]["evidence"],
        recording.piece_id()
    );
    let before = done(recording.ada.get(&format!("{versions}/1")).await).await;
    assert_eq!(before["manifest"], version);
    let reading = done(grace.get(&review).await).await;
    assert_eq!(reading["evidence"][0]["change"], "retold");
}

#[tokio::test]
async fn captions_that_are_broken_are_refused_with_a_code_and_a_line() {
    let served = Served::new().await;
    let recording = Recording::of(&served).await;
    for (text, code, line) in [
        (
            "1\n00:00:01,000 --> 00:00:02,000\nHi",
            "captions.header",
            "Line 1",
        ),
        (
            "WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nHi",
            "captions.timing",
            "line 3",
        ),
        (
            "WEBVTT\n\n00:02.000 --> 00:01.000\nHi",
            "captions.order",
            "line 3",
        ),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<img src=x onerror=alert(1)>",
            "captions.markup",
            "line 4",
        ),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\nH\u{1b}i",
            "captions.text",
            "line 4",
        ),
        ("WEBVTT\n", "captions.empty", "line 2"),
    ] {
        let (status, refused) = problem(recording.writes("captions", text).await).await;
        assert_eq!(
            (status, refused["code"].as_str()),
            (422, Some(code)),
            "{refused}"
        );
        let said = refused["detail"].as_str().expect("words").to_lowercase();
        assert!(said.contains(&line.to_lowercase()), "{said}");
        assert_eq!(refused["pointer"], "/text");
    }
    let long = "x".repeat(200 * 1024);
    let (status, refused) = problem(recording.writes("transcript", &long).await).await;
    assert_eq!(
        (status, refused["code"].as_str()),
        (413, Some("input.too_large"))
    );
    let (status, _) = problem(recording.writes("subtitles", "Hi").await).await;
    assert_eq!(status, 404);
    let (status, _) = problem(recording.writes("transcript", " \n ").await).await;
    assert_eq!(status, 422);

    // Pictures and texts say nothing aloud.
    let found = done(recording.ada.get(&recording.submission).await).await;
    let written = found["evidence"][1]["id"].as_str().expect("a text");
    let path = format!(
        "{}/evidence/{written}/spoken/transcript",
        recording.submission
    );
    let (status, refused) = problem(recording.ada.put(&path, json!({ "text": "Hi" })).await).await;
    assert_eq!((status, &refused["code"]), (409, &json!("state.conflict")));
    assert_eq!(served.test.records(b"spoken-"), 0);
}

#[tokio::test]
async fn what_was_never_handed_in_is_forgotten_when_it_is_replaced_or_taken_out() {
    let served = Served::new().await;
    let recording = Recording::of(&served).await;
    // As long as it may be, in several records: two hours of talk.
    let long = "Wörter \"in\" Zeilen\n".repeat(6_000);
    done(recording.writes("transcript", &long).await).await;
    assert_eq!(recording.spoken().await["transcript"], long.trim());
    assert!(served.test.records(b"spoken-part/") > 3);
    done(recording.writes("transcript", "Short.").await).await;
    done(recording.writes("captions", SENT).await).await;
    assert_eq!(served.test.records(b"spoken-part/"), 2);
    assert_eq!(
        recording.removes("captions").await["evidence"][0]["spoken"],
        json!(["transcript"])
    );
    // Twice is no harm.
    recording.removes("captions").await;
    assert_eq!(recording.spoken().await, json!({ "transcript": "Short." }));
    let empty = recording
        .ada
        .get(&format!("{}/captions", recording.piece))
        .await;
    assert_eq!(text(empty).await, "WEBVTT\n");

    let taken = recording
        .ada
        .request(Method::DELETE, &recording.piece)
        .send()
        .await;
    done(taken.expect("an answer")).await;
    assert_eq!(served.test.records(b"spoken-"), 0);
}

#[tokio::test]
async fn the_page_takes_both_without_script_and_keeps_what_was_typed() {
    let served = Served::new().await;
    let recording = Recording::of(&served).await;
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    let work = text(
        browser
            .get(&format!("/my/submissions/{}", recording.id()))
            .await,
    )
    .await;
    let button = format!("value=\"spoken:{}\"", recording.piece_id());
    assert!(work.contains(&button), "{work}");
    let pressed = ("do", format!("spoken:{}", recording.piece_id()));
    let fields = [(pressed.0, pressed.1.as_str()), ("note", "Kept.")];
    let to = browser
        .post(&format!("/my/submissions/{}", recording.id()), &fields)
        .await;
    assert_eq!(header(&to, "location"), recording.page());

    let saved = browser
        .post(&recording.page(), &[("transcript", "Ada asks.")])
        .await;
    assert_eq!(saved.status(), 303);
    let refused = browser
        .post(&recording.page(), &[("transcript", "Half \u{7} a word")])
        .await;
    assert_eq!(refused.status(), 422);
    let page = text(refused).await;
    assert!(
        page.contains("Half \u{7} a word") && page.contains("Not saved"),
        "{page}"
    );

    let captions = async |content: &str| {
        let body = format!(
            "--b\r\ncontent-disposition: form-data; name=\"captions\"; filename=\"lesson.vtt\"\r\n\r\n{content}\r\n--b--\r\n"
        );
        let path = recording.page().replace("/spoken", "/captions");
        let request = browser.request(Method::POST, &path);
        let request = request.header("origin", crate::app::PUBLIC_URL);
        let request = request.header("content-type", "multipart/form-data; boundary=b");
        request.body(body).send().await.expect("an answer")
    };
    let refused = captions("WEBVTT\n\nnot a time\n").await;
    assert_eq!(refused.status(), 422);
    let page = text(refused).await;
    assert!(
        page.contains("line 3: times are written as 00:01:02.500"),
        "{page}"
    );
    assert!(page.contains("Ada asks."), "{page}");
    assert_eq!(captions(SENT).await.status(), 303);
    let page = browser.get(&recording.page()).await;
    assert!(header(&page, "content-security-policy").contains("media-src 'self'"));
    let page = text(page).await;
    assert!(page.contains("<track kind=\"captions\"") && page.contains("Take the captions away"));
    let shown = text(
        browser
            .get(&recording.page().replace("/spoken", "/captions"))
            .await,
    )
    .await;
    assert_eq!(shown, KEPT);
    let taken = browser
        .post(
            &recording.page(),
            &[("do", "remove-captions"), ("transcript", "Ada asks twice.")],
        )
        .await;
    assert_eq!(taken.status(), 303);
    assert_eq!(
        recording.spoken().await,
        json!({ "transcript": "Ada asks twice." })
    );

    // A stranger learns nothing of it.
    let bob = served.test.person("bob", &[]);
    let stranger = Browser::of(&served, &bob).get(&recording.page()).await;
    assert_eq!(stranger.status(), 404);
}

#[tokio::test]
async fn an_excerpt_is_where_the_reviewers_player_begins_and_ends() {
    let served = Served::new().await;
    let recording = Recording::of(&served).await;
    let path = format!("{}/excerpt", recording.piece);
    for (from, to) in [(5, 5), (9, 3), (0, 90_000)] {
        let body = json!({ "excerpt": { "from": from, "to": to } });
        let (status, refused) = problem(recording.ada.put(&path, body).await).await;
        assert_eq!((status, &refused["pointer"]), (422, &json!("/excerpt/to")));
    }
    let part = json!({ "from": 62, "to": 150 });
    let set = done(recording.ada.put(&path, json!({ "excerpt": part })).await).await;
    assert_eq!(set["evidence"][0]["excerpt"], part);

    // The page has it in minutes, and takes it so.
    let ada = served.test.person("ada", &[]);
    let browser = Browser::of(&served, &ada);
    let page = text(browser.get(&recording.page()).await).await;
    assert!(
        page.contains("value=\"1:02\"") && page.contains("value=\"2:30\""),
        "{page}"
    );
    let at = recording.page().replace("/spoken", "/excerpt");
    let refused = browser.post(&at, &[("from", "soon"), ("to", "2:30")]).await;
    assert_eq!(refused.status(), 422);
    assert!(
        text(refused)
            .await
            .contains("A time is written as 2:14, or 1:02:03")
    );
    let saved = browser
        .post(&at, &[("from", "1:03"), ("to", "0:02:31")])
        .await;
    assert_eq!(saved.status(), 303);

    // It is frozen with the version, and no more than a place to begin.
    let receipt = recording.hands_in().await;
    assert_eq!(entry(&receipt)["excerpt"], json!({ "from": 63, "to": 151 }));
    let grace = served.caller("grace", &[Role::Reviewer]);
    let reading = done(
        grace
            .get(&format!("/api/v1/reviews/{}", recording.id()))
            .await,
    )
    .await;
    assert_eq!(
        reading["evidence"][0]["excerpt"],
        json!({ "from": 63, "to": 151 })
    );
    let reviewer = served.test.person("grace", &[]);
    let page = Browser::of(&served, &reviewer);
    let page = text(page.get(&format!("/reviews/{}", recording.id())).await).await;
    let player = format!(
        "/reviews/{}/evidence/{}#t=63,151\"",
        recording.id(),
        recording.piece_id()
    );
    assert!(
        page.contains(&player) && page.contains("From 1:03 to 2:31"),
        "{page}"
    );
    let whole = format!(
        "/api/v1/reviews/{}/evidence/{}",
        recording.id(),
        recording.piece_id()
    );
    let whole = grace.get(&whole).await.bytes().await.expect("a body");
    assert_eq!(whole.len(), 4_000);

    let (status, _) = problem(recording.ada.put(&path, json!({ "excerpt": null })).await).await;
    assert_eq!(status, 409);
}
