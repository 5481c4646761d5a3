//! Being forgotten by a real service with real backups: nothing is left in the store, beside it, or in a backup made
//! after; a backup made before forgets again; and what is another's stays.

mod earner;

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use rcgen::CertificateParams;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

pub use self::earner::Earner;
use super::attacks_interface_repeats::{Sender, publish};
use crate::certificates::{authority, signed};
use crate::receiver::Receiver;
use crate::shipped::{Shipped, told};
use crate::uploading::video;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_somebody_who_was_forgotten_is_in_any_file_or_in_a_backup_made_after() {
    let mut place = Place::new();
    let (office, grace) = place.open().await;
    let bytes = video(40_000);
    let zebedee = Earner::new(&office, "Zebedee Quill", "zebedee@quill.example").await;
    let bert = Earner::new(&office, "Bert", "bert@example.org").await;
    let lost = zebedee.earns(&grace, &bytes).await;
    let kept = bert.earns(&grace, &bytes).await;
    let needles = zebedee.needles(&office, &lost).await;
    refused_row(&office).await;
    let before = office.text("/log/checkpoint").await;

    place.shipped.kill();
    let older = place.backup("older");
    let all = bytes_below(&older);
    for needle in &needles {
        assert!(found(&all, needle), "the older backup knows {needle}");
    }
    assert_eq!(copies(&older, &bytes), 2);

    place.start();
    let confirmed = json!({ "confirm": "zebedee@quill.example" });
    let erased = zebedee
        .sender
        .request(Method::POST, "/api/v1/account/erasure");
    assert_eq!(
        erased
            .json(&confirmed)
            .send()
            .await
            .expect("an answer")
            .status(),
        204
    );
    assert_eq!(status_of(&office, &lost).await, 410);

    // In a moment nothing is left in any byte of the folder of the running service: in records, files, or pages that
    // the store has freed.
    place.forgets(&needles).await;
    assert_eq!(
        office.text("/log/checkpoint").await,
        before,
        "the log is as it was"
    );
    assert_eq!(bert.file(&office).await, bytes);
    place.shipped.kill();

    // A backup made after, and everything beside the store.
    let newer = place.backup("newer");
    place.holds_nothing(&newer, &needles);
    assert_eq!(
        (copies(&newer, &bytes), copies(&place.data(), &bytes)),
        (1, 1),
        "another's same file stays"
    );
    place.holds_nothing(&place.data(), &needles);
    place.holds_nothing(&place.shipped.file("log"), &needles);

    // Put in place it holds nothing either.
    place.lose_store();
    place.restore(&newer, 0);
    place.holds_nothing(&place.data(), &needles);
    place.start();
    assert_eq!(status_of(&office, &lost).await, 410);
    assert_eq!(office.text("/log/checkpoint").await, before);
    assert_eq!(bert.file(&office).await, bytes);
    assert_eq!(status_of(&office, &kept).await, 200);
    place.shipped.kill();

    // The older one is put in place: it forgets again before anybody is served.
    place.lose_store();
    place.restore(&older, 0);
    assert!(
        found(&bytes_below(&place.data()), &needles[0]),
        "it knew them"
    );
    place.start();
    assert_eq!(status_of(&office, &lost).await, 410);
    assert_eq!(status_of(&office, &kept).await, 200);
    assert_eq!(office.text("/log/checkpoint").await, before);
    place.forgets(&needles).await;
    place.shipped.kill();
    let third = place.backup("third");
    place.holds_nothing(&third, &needles);
    assert_eq!(
        copies(&place.data(), &bytes),
        1,
        "the file came back, and went again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_never_written_over_anything_and_never_put_in_place_where_it_would_take_back() {
    let mut place = Place::new();
    let (office, grace) = place.open().await;
    let bert = Earner::new(&office, "Bert", "bert@example.org").await;
    bert.earns(&grace, &video(1_000)).await;

    // The store belongs to the running service.
    let to = place.folder.path().join("older");
    let running = place.shipped.run(&["backup", to.to_str().expect("a path")]);
    assert!(
        told(&running).contains("store.locked"),
        "{}",
        told(&running)
    );
    place.shipped.kill();
    let older = place.backup("older");
    let again = place
        .shipped
        .run(&["backup", older.to_str().expect("a path")]);
    assert!(told(&again).contains("backup.exists"), "{}", told(&again));
    place.restore_refused(&older, "backup.exists");

    // A byte that was changed, and a file that was cut short.
    let records = older.join("records");
    let whole = fs::read(&records).expect("a file");
    let lost = place.shipped.file("kept");
    fs::rename(place.data().join("store"), &lost).expect("the store goes");
    for (at, length) in [
        (whole.len() / 2, whole.len()),
        (0, whole.len() - 40),
        (0, 10),
    ] {
        let mut bytes = whole[..length].to_vec();
        if at > 0 {
            bytes[at] ^= 1;
        }
        fs::write(&records, bytes).expect("a file");
        place.restore_refused(&older, "backup.damaged");
        assert!(!place.data().join("store").exists());
    }
    fs::write(&records, whole).expect("a file");
    fs::rename(&lost, place.data().join("store")).expect("the store is back");

    // What was issued since is not taken back.
    place.start();
    let carla = Earner::new(&office, "Carla", "carla@example.org").await;
    let badge = carla.earns(&grace, &video(1_000)).await;
    place.shipped.kill();
    let newest = place.backup("newest");
    place.lose_store();
    place.restore_refused(&older, "log.rollback");
    assert!(!place.data().join("store").exists());
    place.restore(&newest, 0);
    place.start();
    assert_eq!(status_of(&office, &badge).await, 200);
}

/// A service whose mail and messages cannot be delivered, so that they wait in its store.
struct Place {
    shipped: Shipped,
    receiver: Receiver,
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        // Another chapter may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = TempDir::new().expect("a folder");
        let authority = authority();
        let names = CertificateParams::new(["localhost".to_owned()]).expect("a name");
        let receiver = Receiver::with_tls(signed(names, &authority));
        receiver.answers_always(Some("503 Service Unavailable"));
        let file = folder.path().join("authority.pem");
        fs::write(&file, authority.pem()).expect("a file");
        // Nobody listens there any more.
        let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
        let nobody = nobody.local_addr().expect("an address");
        let settings = format!(
            "webhook_private_hosts = [{:?}]\nverify_ca_file = {file:?}\nsmtp_server = \"{nobody}\"\n\
             smtp_security = \"none\"\nmail_from = \"badges@example.org\"\n",
            receiver.address.split('/').nth(2).expect("a host")
        );
        Place {
            shipped: Shipped::with_settings(&settings),
            receiver,
            folder,
        }
    }

    async fn open(&mut self) -> (Sender, Sender) {
        let roles = ["administrator", "author", "issuing-officer"];
        let office = self.shipped.person("office", &roles);
        let grace = self.shipped.person("grace", &["reviewer"]);
        self.start();
        let (office, grace) = (
            Sender::new(&self.shipped, &office),
            Sender::new(&self.shipped, &grace),
        );
        publish(&office).await;
        let hooks = "/api/v1/organisations/host/webhooks";
        office
            .made(hooks, json!({ "address": self.receiver.address }))
            .await;
        (office, grace)
    }

    fn start(&mut self) {
        tokio::task::block_in_place(|| self.shipped.start());
    }

    fn data(&self) -> PathBuf {
        self.shipped.file("data")
    }

    fn backup(&self, name: &str) -> PathBuf {
        let to = self.folder.path().join(name);
        let written = self.shipped.run(&["backup", to.to_str().expect("a path")]);
        assert!(written.status.success(), "{}", told(&written));
        to
    }

    /// The store is lost; its mark and the list of who was erased are not.
    fn lose_store(&self) {
        fs::remove_dir_all(self.data().join("store")).expect("the store goes");
    }

    fn restore(&self, from: &Path, code: i32) -> String {
        let restored = self
            .shipped
            .run(&["restore", from.to_str().expect("a path")]);
        assert_eq!(restored.status.code(), Some(code), "{}", told(&restored));
        told(&restored)
    }

    fn restore_refused(&self, from: &Path, code: &str) {
        let told = self.restore(from, 1);
        assert!(told.contains(code), "{told}");
    }

    /// Waits until none of them is in the folder of the service, which takes a compaction of its store.
    async fn forgets(&self, needles: &[String]) {
        for _ in 0..300 {
            let data = self.data();
            let all = tokio::task::spawn_blocking(move || bytes_below(&data)).await;
            let all = all.expect("the files");
            if !needles.iter().any(|needle| found(&all, needle)) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        self.holds_nothing(&self.data(), needles);
    }

    fn holds_nothing(&self, path: &Path, needles: &[String]) {
        let all = bytes_below(path);
        assert!(!all.is_empty(), "nothing is in {}", path.display());
        for needle in needles {
            assert!(!found(&all, needle), "{needle} is in {}", path.display());
        }
    }
}

/// A list in which they stand, in a row that cannot be awarded.
async fn refused_row(office: &Sender) {
    let lists = "/api/v1/organisations/host/award-lists";
    let request = office.request(Method::POST, &format!("{lists}?reason=Spring"));
    let table = "email,name,micro_credential,awarded\nzebedee@quill.example,Zebedee Quill,wait-time,2099-05-31\n";
    let sent = request
        .header("content-type", "text/csv")
        .body(table)
        .send()
        .await;
    let list: Value = sent.expect("an answer").json().await.expect("a list");
    let path = format!("{lists}/{}", list["id"].as_str().expect("an id"));
    for _ in 0..600 {
        if office.json(&path).await["state"] == "done" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the list is not worked off");
}

async fn status_of(office: &Sender, badge: &str) -> u16 {
    let request = office.request(Method::GET, &format!("/badges/{badge}.json"));
    request.send().await.expect("an answer").status().as_u16()
}

/// Every file below a folder, one after the other. A running service may remove any of them meanwhile.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = there(fs::read_dir(path)).into_iter().flatten();
    entries
        .flat_map(|entry| files(&entry.expect("an entry").path()))
        .collect()
}

pub fn bytes_below(path: &Path) -> Vec<u8> {
    let each = files(path).into_iter();
    each.flat_map(|file| there(fs::read(file)).unwrap_or_default())
        .collect()
}

/// What was read, unless it is gone.
fn there<T>(read: io::Result<T>) -> Option<T> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        read => Some(read.expect("it can be read")),
    }
}

fn copies(path: &Path, bytes: &[u8]) -> usize {
    let same = |file: &PathBuf| fs::read(file).expect("a file") == bytes;
    files(path).iter().filter(|file| same(file)).count()
}

pub fn found(bytes: &[u8], needle: &str) -> bool {
    memchr::memmem::find(bytes, needle.as_bytes()).is_some()
}
