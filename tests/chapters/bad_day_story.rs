//! The bad day of an operator, told from beginning to end with the shipped program: misconduct and an appeal, somebody
//! who leaves, somebody who wants to be forgotten, a server that is gone, and a disk that is lost.
//!
//! Keys are not rotated here: the program cannot yet. Pages without a script are in `editions_story`.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use issuer::digest::Sha256Digest;
use issuer::merkle::{self, Head};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::attacks_interface_repeats::{Sender, publish};
use super::forgetting::Earner;
use crate::mail_server::MailServer;
use crate::program::command;
use crate::shipped::{Shipped, told};
use crate::uploading::video;

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_has_a_bad_day_and_nothing_is_lost_rewritten_or_taken_for_what_it_is_not() {
    // 1. One file, one command.
    let mut day = Day::begins().await;
    let mary = day.earner("Mary", "mary@example.org").await;
    let ada = day.earner("Ada Park", "ada@district.example").await;
    let zoe = day.earner("Zoe", "zoe@example.org").await;
    let badges = [&mary, &ada, &zoe].map(|earner| earner.badge.clone());
    let morning = day.checkpoint().await;

    // 3. Misconduct is told; an appeal suspends, and she was right.
    day.suspends_and_reinstates(&mary).await;
    let cheated = day.earner("Carl", "carl@example.org").await;
    day.decides("revoke", &cheated.badge).await;
    day.seen(&cheated, "revoked", Some("status.revoked")).await;

    // 4. Ada leaves the district: with her own address, and a name that is put right.
    day.leaves(&ada, "ada@home.example", "Ada Lovelace").await;

    // 5. Zoe is forgotten.
    let noon = day.checkpoint().await;
    let confirmed = json!({ "confirm": "zoe@example.org" });
    let erased = zoe
        .earner
        .sender
        .request(Method::POST, "/api/v1/account/erasure");
    let erased = erased.json(&confirmed).send().await.expect("an answer");
    assert_eq!(erased.status(), 204);
    assert_eq!(
        day.page(&zoe.badge).await,
        (410, true),
        "its page says that it was withdrawn"
    );
    assert_eq!(day.checkpoint().await, noon, "the log is as it was");
    // A copy that somebody has still verifies: nothing was revoked.
    day.verdict(&zoe, None);
    day.follows(&morning, &noon).await;

    // 6. The server is gone. What was kept verifies without it, as of the day on which it was kept.
    let mary = day.downloads(&mary.badge, mary.earner).await;
    day.keeps_documents(&mary);
    day.shipped.kill();
    for form in &FORMS {
        let offline = day.verify(&mary, form, &["--documents", &day.path("documents.json")]);
        assert!(offline.starts_with("Verified"), "{form}: {offline}");
    }
    let alone = day.verify(&mary, "json", &["--offline"]);
    assert!(
        alone.contains("status.unreachable") && !alone.starts_with("Verified"),
        "{alone}"
    );
    let forged = fs::read_to_string(mary.folder.path().join("badge.json")).expect("a file");
    fs::write(
        mary.folder.path().join("badge.json"),
        forged.replace("Wait Time", "Wait Tide"),
    )
    .expect("a file");
    let forged = day.verify(&mary, "json", &["--documents", &day.path("documents.json")]);
    assert!(forged.contains("signature.invalid"), "{forged}");

    // 7. The disk is lost. The backup of the night before, the keys, and the two small files that are kept elsewhere
    //    are put in place, and nothing was rewritten.
    day.backs_up_and_loses_everything();
    day.restores();
    assert_eq!(day.checkpoint().await, noon, "the very same log");
    day.follows(&morning, &noon).await;
    assert_eq!(
        day.page(&badges[2]).await.0,
        410,
        "who was forgotten stays so"
    );
    day.seen(&cheated, "revoked", Some("status.revoked")).await;
    let later = day.earner("Nell", "nell@example.org").await;
    day.seen(&later, "in_force", None).await;
    let evening = day.checkpoint().await;
    day.follows(&noon, &evening).await;
    assert_eq!(evening.size, noon.size + 1);
}

/// A day with the program.
struct Day {
    shipped: Shipped,
    post: MailServer,
    office: Sender,
    grace: Sender,
    folder: TempDir,
}

/// Somebody with a badge that they have downloaded.
struct Held {
    earner: Earner,
    badge: String,
    folder: TempDir,
}

impl Day {
    async fn begins() -> Day {
        let post = MailServer::slow(Duration::ZERO);
        let mut shipped = Shipped::with_settings(&format!(
            "smtp_server = {:?}\nsmtp_security = \"none\"\nmail_from = \"badges@example.org\"\n",
            post.address
        ));
        let office = shipped.person("office", &["administrator", "author", "issuing-officer"]);
        let grace = shipped.person("grace", &["reviewer"]);
        tokio::task::block_in_place(|| shipped.start());
        let (office, grace) = (
            Sender::new(&shipped, &office),
            Sender::new(&shipped, &grace),
        );
        publish(&office).await;
        Day {
            shipped,
            post,
            office,
            grace,
            folder: TempDir::new().expect("a folder"),
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Somebody who earns a badge, shows it, and downloads it in every form.
    async fn earner(&self, name: &str, email: &str) -> Held {
        let earner = Earner::new(&self.office, name, email).await;
        let badge = earner.earns(&self.grace, &video(2_000)).await;
        self.downloads(&badge, earner).await
    }

    async fn downloads(&self, badge: &str, earner: Earner) -> Held {
        let folder = TempDir::new().expect("a folder");
        for form in FORMS {
            let file = self
                .office
                .request(Method::GET, &format!("/badges/{badge}.{form}"));
            let bytes = file
                .send()
                .await
                .expect("an answer")
                .bytes()
                .await
                .expect("a form");
            fs::write(folder.path().join(format!("badge.{form}")), bytes).expect("a file");
        }
        Held {
            earner,
            badge: badge.to_owned(),
            folder,
        }
    }

    async fn decides(&self, act: &str, badge: &str) {
        let reason = json!({ "reason": "It was looked into." });
        self.office
            .made(&format!("/api/v1/badges/{badge}/{act}"), reason)
            .await;
    }

    async fn suspends_and_reinstates(&self, mary: &Held) {
        self.decides("suspend", &mary.badge).await;
        self.seen(mary, "suspended", Some("status.revoked")).await;
        self.decides("reinstate", &mary.badge).await;
        // The copy that she has leads to the edition that counts.
        self.seen(mary, "in_force", None).await;
        let letters = self.letters("mary@example.org", 3).await;
        assert!(
            letters
                .iter()
                .any(|text| text.contains("It was looked into.")),
            "{letters:?}"
        );
    }

    /// Within a minute of the change page, history and verifier say the same: here at once.
    async fn seen(&self, held: &Held, state: &str, code: Option<&str>) {
        let began = Instant::now();
        let history = self
            .office
            .json(&format!("/badges/{}/history", held.badge))
            .await;
        assert_eq!(history["state"], state);
        let (status, is_marked) = self.page(&held.badge).await;
        assert_eq!((status, is_marked), (200, state != "in_force"));
        self.verdict(held, code);
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{:?}",
            began.elapsed()
        );
    }

    /// The page of a badge, and whether it says first that the badge does not count.
    async fn page(&self, badge: &str) -> (u16, bool) {
        let request = self
            .office
            .request(Method::GET, &format!("/badges/{badge}"));
        let answer = request
            .header("accept", "text/html")
            .send()
            .await
            .expect("an answer");
        let status = answer.status().as_u16();
        let page = answer.text().await.expect("a page");
        let says = ["has been revoked", "is suspended", "withdrawn"];
        (status, says.iter().any(|words| page.contains(words)))
    }

    /// What `assay verify` says of the downloaded files while the program runs.
    fn verdict(&self, held: &Held, code: Option<&str>) {
        for form in FORMS {
            let told = self.verify(held, form, &["--development", &self.shipped.origin()]);
            match code {
                None => assert!(told.starts_with("Verified"), "{form}: {told}"),
                Some(code) => assert!(told.contains(code), "{form}: {told}"),
            }
        }
    }

    fn verify(&self, held: &Held, form: &str, options: &[&str]) -> String {
        let file = held.folder.path().join(format!("badge.{form}"));
        let verified = command().arg("verify").arg(file).args(options).output();
        told(&verified.expect("the program"))
    }

    /// Keeps everything that it takes to verify a badge later.
    fn keeps_documents(&self, held: &Held) {
        let (origin, documents) = (self.shipped.origin(), self.path("documents.json"));
        let kept = ["--development", &origin, "--save-documents", &documents];
        let told = self.verify(held, "json", &kept);
        assert!(told.starts_with("Verified"), "{told}");
    }

    /// Another address is shown to be theirs by a mailed link, and the officer puts the name right.
    async fn leaves(&self, ada: &Held, email: &str, name: &str) {
        let own = &ada.earner.sender;
        let send = async |method: Method, path: &str, body: Value| {
            let path = format!("/api/v1/account{path}");
            let sent = own.request(method, &path).json(&body).send().await;
            let answer = sent.expect("an answer");
            assert!(answer.status().is_success(), "{:?}", answer.text().await);
        };
        let address = json!({ "email": email });
        send(Method::POST, "/addresses", address.clone()).await;
        let letters = self.letters(email, 1).await;
        let mut lines = letters[0].lines();
        let link = lines.find_map(|line| line.split("/link/").nth(1));
        let link = json!({ "link": link.expect("a link") });
        send(Method::POST, "/proofs", link).await;
        send(Method::PUT, "/addresses/primary", address).await;
        let account =
            json!({ "name": name, "email_in_badges": "hashed", "name_in_badges": "shown" });
        send(Method::PUT, "", account).await;
        self.decides("correct", &ada.badge).await;
        let document = self
            .office
            .json(&format!("/badges/{}.json", ada.badge))
            .await;
        let identities = document["credentialSubject"]["identifier"]
            .as_array()
            .expect("identities");
        assert_eq!(identities[1]["identityHash"], name);
        let salted = format!("{email}{}", identities[0]["salt"].as_str().expect("a salt"));
        let hash = format!("sha256${}", Sha256Digest::of(salted.as_bytes()));
        assert_eq!(
            identities[0]["identityHash"], hash,
            "her own address opens it"
        );
        // The copy that she took along leads to the corrected badge.
        self.seen(ada, "in_force", None).await;
    }

    /// The letters to an address, once there are so many.
    async fn letters(&self, to: &str, wanted: usize) -> Vec<String> {
        let began = Instant::now();
        loop {
            let letters = self
                .post
                .letters()
                .into_iter()
                .filter(|letter| letter.to == to);
            let texts: Vec<String> = letters.map(|letter| letter.text).collect();
            if texts.len() >= wanted {
                return texts;
            }
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "{} letters",
                texts.len()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The size and root that the log has signed.
    async fn checkpoint(&self) -> Head {
        let note = self.office.text("/log/checkpoint").await;
        let size: u64 = note
            .lines()
            .nth(1)
            .expect("a size")
            .parse()
            .expect("a number");
        let proof = self
            .office
            .json(&format!("/log/consistency?from={size}&to={size}"))
            .await;
        Head {
            size,
            root: digest(&proof["to_root"]),
        }
    }

    /// The later log begins with the earlier one: nothing was rewritten.
    async fn follows(&self, earlier: &Head, later: &Head) {
        let path = format!("/log/consistency?from={}&to={}", earlier.size, later.size);
        let proof = self.office.json(&path).await;
        let path: Vec<Sha256Digest> = proof["path"]
            .as_array()
            .expect("a path")
            .iter()
            .map(digest)
            .collect();
        assert!(merkle::verify_consistency(earlier, later, &path), "{proof}");
    }

    fn backs_up_and_loses_everything(&self) {
        let written = self.shipped.run(&["backup", &self.path("backup")]);
        assert!(written.status.success(), "{}", told(&written));
        let data = self.shipped.file("data");
        for kept in ["log-high-water", "erased"] {
            fs::copy(data.join(kept), self.folder.path().join(kept)).expect("a copy elsewhere");
        }
        fs::remove_dir_all(&data).expect("the disk is lost");
    }

    fn restores(&mut self) {
        let data = self.shipped.file("data");
        fs::create_dir(&data).expect("a new disk");
        for kept in ["log-high-water", "erased"] {
            fs::copy(self.folder.path().join(kept), data.join(kept)).expect("its copy");
        }
        let backup = self.path("backup");
        assert!(Path::new(&backup).exists());
        let restored = self.shipped.run(&["restore", &backup]);
        assert!(restored.status.success(), "{}", told(&restored));
        tokio::task::block_in_place(|| self.shipped.start());
    }
}

fn digest(value: &Value) -> Sha256Digest {
    value.as_str().expect("a digest").parse().expect("a digest")
}

/// What a holder downloads.
const FORMS: [&str; 4] = ["json", "jwt", "png", "svg"];
