//! The issuance log: what was said cannot be unsaid, and everybody can check it.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use issuer::checkpoint::{Checkpoint, NoteName, NoteSigner, NoteVerifier};
use issuer::digest::Sha256Digest;
use issuer::embedded::Embedded;
use issuer::engine::{Batch, Engine};
use issuer::layout;
use issuer::log::{Entry, Kind, Log, LogError, LogPosition, subject};
use issuer::merkle::{self, Head, Tree};
use issuer::store::{Store, StoreError};
use keys::SecretKey;
use schemas::timestamp::Timestamp;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

// --- the arithmetic ---

/// The eight leaves that the Certificate Transparency implementations test with, and the root after each.
const KNOWN: [(&str, &str); 8] = [
    (
        "",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    ),
    (
        "00",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    ),
    (
        "10",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    ),
    (
        "2021",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (
        "3031",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ),
    (
        "40414243",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    ),
    (
        "5051525354555657",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    ),
    (
        "606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
];

const A: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const B: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const C: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const D: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const E: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const F: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

/// A tree grown leaf by leaf, with everything it stored on the way.
#[derive(Default)]
struct Grown {
    tree: Tree,
    nodes: HashMap<(u8, u64), Sha256Digest>,
    heads: Vec<Head>,
}

impl Grown {
    fn new(leaves: impl IntoIterator<Item = Vec<u8>>) -> Grown {
        let mut grown = Grown::default();
        grown.heads.push(Head {
            size: 0,
            root: grown.tree.root(),
        });
        for leaf in leaves {
            for node in grown.tree.append(merkle::leaf_hash(&leaf)) {
                let before = grown.nodes.insert((node.level, node.index), node.hash);
                assert_eq!(before, None, "a full subtree is stored once");
            }
            grown.heads.push(Head {
                size: grown.tree.size(),
                root: grown.tree.root(),
            });
        }
        grown
    }

    fn known() -> Grown {
        Grown::new(KNOWN.iter().map(|(leaf, _)| from_hex(leaf)))
    }

    fn node(&self, level: u8, index: u64) -> Result<Sha256Digest, ()> {
        self.nodes.get(&(level, index)).copied().ok_or(())
    }

    fn inclusion(&self, index: u64, size: u64) -> Vec<Sha256Digest> {
        merkle::inclusion(index, size, &|level, index| self.node(level, index))
            .expect("every node is stored")
    }

    fn consistency(&self, old: u64, new: u64) -> Vec<Sha256Digest> {
        merkle::consistency(old, new, &|level, index| self.node(level, index))
            .expect("every node is stored")
    }
}

/// RFC 6962, section 2.1, written down as it stands there.
fn by_definition(leaves: &[Vec<u8>]) -> [u8; 32] {
    let hash = |prefix: u8, parts: [&[u8]; 2]| {
        let hasher = Sha256::new()
            .chain_update([prefix])
            .chain_update(parts[0])
            .chain_update(parts[1]);
        <[u8; 32]>::from(hasher.finalize())
    };
    match leaves {
        [] => Sha256::digest(b"").into(),
        [leaf] => hash(0, [leaf, &[]]),
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            hash(
                1,
                [&by_definition(&leaves[..k]), &by_definition(&leaves[k..])],
            )
        }
    }
}

#[test]
fn the_roots_are_those_that_certificate_transparency_publishes() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Tree::default().root().to_string(), empty);
    let grown = Grown::known();
    for (size, (_, root)) in (1..).zip(KNOWN) {
        assert_eq!(grown.heads[size].root.to_string(), root);
    }
}

#[test]
fn the_proofs_are_those_that_certificate_transparency_publishes() {
    let grown = Grown::known();
    let texts =
        |path: Vec<Sha256Digest>| path.iter().map(Sha256Digest::to_string).collect::<Vec<_>>();
    assert_eq!(texts(grown.inclusion(0, 8)), [A, B, C]);
    assert_eq!(texts(grown.inclusion(5, 8)), [D, E, KNOWN[3].1]);
    assert_eq!(texts(grown.inclusion(2, 3)), [KNOWN[1].1]);
    assert_eq!(texts(grown.inclusion(1, 5)), [KNOWN[0].1, B, D]);
    assert!(grown.inclusion(0, 1).is_empty());
    assert_eq!(texts(grown.consistency(1, 8)), [A, B, C]);
    assert_eq!(texts(grown.consistency(6, 8)), [F, E, KNOWN[3].1]);
    assert_eq!(texts(grown.consistency(2, 5)), [B, D]);
    assert!(grown.consistency(8, 8).is_empty());
}

#[test]
fn every_tree_up_to_two_hundred_leaves_proves_every_leaf_and_every_older_tree() {
    const LARGEST: u64 = 200;
    let leaves: Vec<Vec<u8>> = (0..LARGEST).map(|n| n.to_string().into_bytes()).collect();
    let grown = Grown::new(leaves.clone());
    let other = Sha256Digest::of(b"another");
    for new in 0..=LARGEST {
        let head = grown.heads[new as usize];
        assert_eq!(
            head.root.bytes(),
            by_definition(&leaves[..new as usize]),
            "size {new}"
        );
        let again = merkle::root(new, &|level, index| grown.node(level, index));
        assert_eq!(again, Ok(head.root));
        for index in 0..new {
            let leaf = merkle::leaf_hash(&leaves[index as usize]);
            let path = grown.inclusion(index, new);
            let holds = |leaf, index, size, path: &[_]| {
                merkle::verify_inclusion(leaf, index, size, path, &head.root)
            };
            assert!(holds(&leaf, index, new, &path), "leaf {index} of {new}");
            assert!(!holds(&other, index, new, &path));
            assert!(
                !holds(&leaf, index + 1, new, &path),
                "leaf {index} of {new} a place further"
            );
            assert!(!holds(
                &leaf,
                index,
                new,
                &[path.as_slice(), &[other]].concat()
            ));
            if let [shorter @ .., _] = path.as_slice() {
                assert!(!holds(&leaf, index, new, shorter));
                let mut wrong = path.clone();
                wrong[index as usize % path.len()] = other;
                assert!(!holds(&leaf, index, new, &wrong));
            }
        }
        for old in 0..=new {
            let older = grown.heads[old as usize];
            let path = grown.consistency(old, new);
            assert!(
                merkle::verify_consistency(&older, &head, &path),
                "{old} to {new}"
            );
            let forged = Head {
                root: other,
                ..older
            };
            assert!(
                !merkle::verify_consistency(&forged, &head, &path),
                "{old} to {new}"
            );
            assert!(
                old == 0
                    || !merkle::verify_consistency(
                        &older,
                        &Head {
                            root: other,
                            ..head
                        },
                        &path
                    )
            );
            assert!(!merkle::verify_consistency(
                &older,
                &head,
                &[path.as_slice(), &[other]].concat()
            ));
            if let [shorter @ .., _] = path.as_slice() {
                assert!(!merkle::verify_consistency(&older, &head, shorter));
            }
            assert!(
                old == new || !merkle::verify_consistency(&head, &older, &path),
                "{new} to {old}"
            );
        }
    }
}

// --- the log ---

/// A log in a folder of its own, and the means to close it and put other files in its place.
struct Kept {
    folder: TempDir,
    log: Option<Log>,
    engine: Option<Arc<Embedded>>,
}

impl Kept {
    fn new() -> Kept {
        let mut kept = Kept {
            folder: TempDir::new().expect("a folder"),
            log: None,
            engine: None,
        };
        kept.open().expect("an empty log opens");
        kept
    }

    fn with(entries: u64) -> Kept {
        let kept = Kept::new();
        (0..entries).for_each(|n| kept.append(n));
        kept
    }

    fn open(&mut self) -> Result<(), LogError> {
        self.close();
        let stop = Box::new(|reason: &str| panic!("{reason}"));
        let engine = Embedded::open(&self.folder.path().join("store"), 16 << 20, stop)
            .expect("the store opens");
        let engine = Arc::new(engine);
        let store = Store::open(engine.clone()).expect("the store is one of ours");
        self.engine = Some(engine);
        self.log = Some(Log::open(store, &self.folder.path().join("mark"))?);
        Ok(())
    }

    fn close(&mut self) {
        self.log = None;
        self.engine = None;
    }

    fn log(&self) -> &Log {
        self.log.as_ref().expect("the log is open")
    }

    fn engine(&self) -> &dyn Engine {
        self.engine.as_ref().expect("the store is open").as_ref()
    }

    fn append(&self, n: u64) {
        let mut turn = self.log().turn(Batch::default()).expect("a turn");
        turn.append(&entry(n));
        turn.commit().expect("a commit");
    }

    /// Changes the store behind the log's back.
    fn tamper(&self, change: impl FnOnce(&mut Batch)) {
        let mut batch = Batch::default();
        change(&mut batch);
        self.engine().commit(batch).expect("a commit");
    }

    fn value(&self, key: Vec<u8>) -> Vec<u8> {
        self.engine()
            .get(&key)
            .expect("the store reads")
            .expect("a value")
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

fn entry(n: u64) -> Entry {
    let time = Timestamp::from_unix(1_790_000_000 + n as i64).expect("a time");
    Entry {
        kind: Kind::Issue,
        subject: subject(&[7; 32], &n.to_be_bytes(), b"jwt"),
        time,
    }
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16).expect("hex"))
        .collect()
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

fn code<T>(outcome: Result<T, LogError>) -> &'static str {
    outcome.err().map_or("no error", |error| error.code())
}

#[test]
fn a_leaf_is_canonical_json_and_its_subject_a_salted_digest() {
    // Computed apart from this program: sha256(salt || sha256("{}") || sha256("a.b.c")) with thirty-two bytes 0x2a.
    let subject = subject(&[0x2a; 32], b"{}", b"a.b.c");
    assert_eq!(subject.to_string(), SUBJECT);
    let time = Timestamp::parse("2026-11-22T19:32:00+01:00").expect("a time");
    let leaf = Entry {
        kind: Kind::Reissue,
        subject,
        time,
    }
    .leaf();
    let expected =
        format!(r#"{{"kind":"reissue","subject":"{SUBJECT}","time":"2026-11-22T18:32:00Z"}}"#);
    assert_eq!(String::from_utf8(leaf), Ok(expected));
}

const SUBJECT: &str = "ea759f74bc09a6fba00ec5e9ade7e95ca2e1d728907211d4912d3ed045ee7194";

#[test]
fn an_entry_becomes_durable_with_what_it_tells_of_and_is_proven() {
    let mut kept = Kept::new();
    let mut batch = Batch::default();
    batch.put(b"badge/1".to_vec(), b"the badge".to_vec());
    let mut turn = kept.log().turn(batch).expect("a turn");
    let positions = [turn.append(&entry(1)), turn.append(&entry(2))];
    turn.batch()
        .put(b"badge/1/at".to_vec(), positions[0].0.to_string().into());
    assert_eq!(
        kept.log().head().size,
        0,
        "nothing is promised before the commit"
    );
    turn.commit().expect("a commit");

    assert_eq!(positions, [LogPosition(0), LogPosition(1)]);
    assert_eq!(kept.value(b"badge/1/at".to_vec()), b"0");
    for n in 3..40 {
        kept.append(n);
    }
    let head = kept.log().head();
    assert_eq!(head.size, 39);
    kept.open().expect("it opens again");
    assert_eq!(kept.log().head(), head);
    assert_eq!(kept.log().check().expect("it holds"), head);
    for n in 0..39 {
        let proof = kept.log().prove(LogPosition(n)).expect("a proof");
        assert_eq!(
            (proof.leaf.clone(), proof.head),
            (entry(n + 1).leaf(), head)
        );
        assert!(proof.holds());
    }
    let path = kept.log().consistency(17, 39).expect("a proof");
    let older = Head {
        size: 17,
        root: kept.log().root(17).expect("an older root"),
    };
    assert!(merkle::verify_consistency(&older, &head, &path));
    assert_eq!(
        kept.log().leaves(LogPosition(37), 10).expect("leaves"),
        [entry(38).leaf(), entry(39).leaf()]
    );
    assert!(
        kept.log()
            .leaves(LogPosition(39), 10)
            .expect("leaves")
            .is_empty()
    );
    assert_eq!(code(kept.log().prove(LogPosition(39))), "log.out_of_range");
    assert_eq!(code(kept.log().consistency(2, 40)), "log.out_of_range");
    assert_eq!(code(kept.log().consistency(3, 2)), "log.out_of_range");
}

#[test]
fn a_turn_that_is_dropped_or_conflicts_leaves_no_entry() {
    let kept = Kept::with(3);
    let mut dropped = kept.log().turn(Batch::default()).expect("a turn");
    dropped.append(&entry(100));
    drop(dropped);

    let mut batch = Batch::default();
    batch.require(b"nothing".to_vec(), b"there".to_vec());
    batch.put(b"badge/1".to_vec(), b"the badge".to_vec());
    let mut turn = kept.log().turn(batch).expect("a turn");
    turn.append(&entry(101));
    let conflict = turn.commit();
    assert!(matches!(
        conflict,
        Err(LogError::Store(StoreError::Conflict))
    ));
    assert_eq!(kept.engine().get(b"badge/1").expect("a read"), None);

    kept.append(3);
    assert_eq!(kept.log().check().expect("it holds").size, 4);
    assert_eq!(
        kept.log().leaves(LogPosition(3), 5).expect("leaves"),
        [entry(3).leaf()]
    );
}

#[test]
fn sixty_four_writers_append_in_one_line_although_some_fail() {
    const WRITERS: u64 = 64;
    const EACH: u64 = 6;
    let kept = Kept::new();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let kept = &kept;
            scope.spawn(move || {
                for n in 0..EACH {
                    let entry = entry(writer * EACH + n);
                    // Every eighth one fails by its own fault, and takes down whoever rests on it.
                    if writer % 8 == 0 {
                        let mut batch = Batch::default();
                        batch.require(b"nothing".to_vec(), b"there".to_vec());
                        let mut turn = kept.log().turn(batch).expect("a turn");
                        turn.append(&entry);
                        assert_eq!(code(turn.commit()), "store.conflict");
                    }
                    loop {
                        let mut turn = kept.log().turn(Batch::default()).expect("a turn");
                        let position = turn.append(&entry);
                        turn.batch().put(
                            format!("at/{writer}/{n}").into(),
                            position.0.to_string().into(),
                        );
                        match turn.commit() {
                            Ok(()) => break,
                            Err(LogError::Store(StoreError::Conflict)) => continue,
                            Err(error) => panic!("{error}"),
                        }
                    }
                    assert!(
                        mark(&kept.path("mark")) > 0,
                        "acknowledged before the mark was written"
                    );
                }
            });
        }
    });
    let head = kept.log().check().expect("it holds");
    assert_eq!((head.size, kept.log().head()), (WRITERS * EACH, head));
    let leaves: BTreeSet<_> = kept
        .log()
        .leaves(LogPosition(0), 1_000)
        .expect("leaves")
        .into_iter()
        .collect();
    assert_eq!(leaves.len() as u64, WRITERS * EACH);
    for writer in 0..WRITERS {
        for n in 0..EACH {
            let at = kept.value(format!("at/{writer}/{n}").into_bytes());
            let position = String::from_utf8(at)
                .expect("text")
                .parse()
                .expect("a number");
            let proof = kept.log().prove(LogPosition(position)).expect("a proof");
            assert_eq!(
                proof.leaf,
                entry(writer * EACH + n).leaf(),
                "an entry stands where its writer was told"
            );
        }
    }
}

/// The larger of the two marks in the file.
fn mark(path: &Path) -> u64 {
    let text = std::fs::read_to_string(path).expect("the mark");
    let marks = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let sizes = marks.map(|mark: serde_json::Value| mark["size"].as_u64().expect("a size"));
    sizes.max().expect("two marks")
}

#[test]
fn the_mark_is_in_the_file_before_a_commit_returns() {
    let kept = Kept::new();
    assert_eq!(mark(&kept.path("mark")), 0);
    for n in 0..5 {
        kept.append(n);
        assert_eq!(mark(&kept.path("mark")), n + 1);
    }
}

#[test]
fn a_store_ahead_of_the_mark_has_crashed_in_between_and_goes_on() {
    let mut kept = Kept::with(5);
    std::fs::copy(kept.path("mark"), kept.path("old")).expect("a copy");
    kept.append(5);
    kept.append(6);
    kept.close();
    std::fs::rename(kept.path("old"), kept.path("mark")).expect("the old mark");
    kept.open().expect("the store is ahead, which is normal");
    assert_eq!((kept.log().head().size, mark(&kept.path("mark"))), (7, 7));
    kept.log().settle().expect("nothing is left to do");
    kept.log().check().expect("it holds");
}

#[test]
fn what_another_writer_left_behind_is_settled_before_it_is_acknowledged() {
    let kept = Kept::with(2);
    // Another process-to-be: the same store, written without raising this log's mark.
    let store = Store::open(kept.engine.clone().expect("the store is open")).expect("a store");
    std::fs::copy(kept.path("mark"), kept.path("second")).expect("a copy");
    let second = Log::open(store, &kept.path("second")).expect("a second log");
    let mut turn = second.turn(Batch::default()).expect("a turn");
    turn.append(&entry(2));
    turn.commit().expect("a commit");
    assert_eq!(kept.log().head().size, 2);
    kept.log().settle().expect("the mark rises");
    assert_eq!((kept.log().head().size, mark(&kept.path("mark"))), (3, 3));
    // The first log's own tail is out of date now: it conflicts once, reads again, and goes on.
    let mut turn = kept.log().turn(Batch::default()).expect("a turn");
    turn.append(&entry(9));
    assert_eq!(code(turn.commit()), "store.conflict");
    kept.append(3);
    assert_eq!(kept.log().check().expect("it holds").size, 4);
}

/// Forms: library.
#[test]
fn attack_o_03_every_kind_of_edit_is_found() {
    type Edit = fn(&Kept);
    let edits: [(&str, Edit); 12] = [
        ("a leaf's text", |kept| {
            kept.tamper(|batch| batch.put(layout::log_leaf(3), entry(99).leaf()));
        }),
        ("a leaf with one bit changed", |kept| {
            let mut leaf = kept.value(layout::log_leaf(6));
            leaf[40] ^= 1;
            kept.tamper(|batch| batch.put(layout::log_leaf(6), leaf));
        }),
        ("a leaf that is spelled differently", |kept| {
            let mut leaf = kept.value(layout::log_leaf(6));
            leaf.push(b' ');
            kept.tamper(|batch| batch.put(layout::log_leaf(6), leaf));
        }),
        ("two leaves swapped", |kept| {
            let (one, two) = (
                kept.value(layout::log_leaf(2)),
                kept.value(layout::log_leaf(9)),
            );
            kept.tamper(|batch| {
                batch.put(layout::log_leaf(2), two);
                batch.put(layout::log_leaf(9), one);
            });
        }),
        ("a leaf removed", |kept| {
            kept.tamper(|batch| batch.delete(layout::log_leaf(4)))
        }),
        ("the last leaf removed", |kept| {
            kept.tamper(|batch| batch.delete(layout::log_leaf(10)))
        }),
        ("a leaf added beyond the end", |kept| {
            kept.tamper(|batch| batch.put(layout::log_leaf(11), entry(11).leaf()));
        }),
        ("a node", |kept| {
            kept.tamper(|batch| batch.put(layout::log_node(2, 1), vec![9; 32]))
        }),
        ("a node cut short", |kept| {
            kept.tamper(|batch| batch.put(layout::log_node(1, 0), vec![9; 31]))
        }),
        ("a node removed", |kept| {
            kept.tamper(|batch| batch.delete(layout::log_node(3, 0)))
        }),
        ("the size", |kept| {
            let record = String::from_utf8(kept.value(layout::log_tree())).expect("JSON");
            let smaller = record.replace("\"size\":11", "\"size\":13");
            assert_ne!(record, smaller);
            kept.tamper(|batch| batch.put(layout::log_tree(), smaller.into()));
        }),
        ("the record of the tree", |kept| {
            kept.tamper(|batch| batch.put(layout::log_tree(), b"{}".to_vec()))
        }),
    ];
    for (name, edit) in edits {
        let kept = Kept::with(11);
        kept.log().check().expect("it holds before");
        edit(&kept);
        assert!(
            matches!(code(kept.log().check()), "log.damaged" | "store.record"),
            "{name}"
        );
    }
}

/// Forms: library.
#[test]
fn attack_o_03_a_log_rewritten_with_all_its_hashes_is_a_fork() {
    let mut kept = Kept::with(11);
    let forged = Kept::new();
    for n in 0..11 {
        forged.append(if n == 4 { 400 } else { n });
    }
    let prefix = |kept: &Kept| {
        kept.engine()
            .scan(b"log/", b"", 1_000)
            .expect("the store reads")
    };
    let entries = prefix(&forged);
    assert_eq!(entries.len(), prefix(&kept).len());
    kept.tamper(|batch| {
        entries
            .into_iter()
            .for_each(|(key, value)| batch.put(key, value))
    });
    assert_eq!(code(kept.log().check()), "log.fork");
    assert_eq!(code(kept.open()), "log.fork");
}

/// Forms: library.
#[test]
fn attack_o_03_two_copies_that_grow_apart_are_a_fork() {
    let mut kept = Kept::with(5);
    kept.close();
    let mut other = Kept::new();
    other.close();
    for name in ["store", "mark"] {
        let (from, to) = (kept.path(name), other.path(name));
        if from.is_dir() {
            copy_folder(&from, &to)
        } else {
            std::fs::copy(from, to).expect("a copy");
        }
    }
    kept.open().expect("the first copy");
    other.open().expect("the second copy");
    for n in 5..9 {
        kept.append(n);
        other.append(n + 100);
    }
    // At equal size, and with one of them ahead.
    for further in [0, 3] {
        (0..further).for_each(|n| other.append(n));
        other.close();
        std::fs::rename(other.path("mark"), other.path("own")).expect("its own mark goes");
        assert_eq!(code(other.open()), "log.mark_missing");
        std::fs::copy(kept.path("mark"), other.path("mark")).expect("the first copy's mark");
        assert_eq!(code(other.open()), "log.fork");
        other.close();
        std::fs::rename(other.path("own"), other.path("mark")).expect("its own mark comes back");
        other
            .open()
            .expect("with its own mark it is a log like any other");
    }
}

/// Forms: library.
#[test]
fn attack_o_07_yesterdays_copy_of_the_store_is_refused() {
    let mut kept = Kept::with(6);
    kept.close();
    copy_folder(&kept.path("store"), &kept.path("yesterday"));
    kept.open().expect("it opens again");
    kept.append(6);
    kept.close();
    std::fs::remove_dir_all(kept.path("store")).expect("today's store goes");
    std::fs::rename(kept.path("yesterday"), kept.path("store")).expect("yesterday's comes");
    let Err(error) = kept.open() else {
        panic!("the log must be refused")
    };
    assert!(
        matches!(
            error,
            LogError::Rollback {
                stored: 6,
                marked: 7
            }
        ),
        "{error}"
    );
    assert_eq!(error.code(), "log.rollback");

    // An empty store is the oldest copy of all.
    kept.close();
    std::fs::remove_dir_all(kept.path("store")).expect("the store goes");
    assert_eq!(code(kept.open()), "log.rollback");
}

/// Forms: library.
#[test]
fn attack_o_03_a_mark_that_is_gone_or_damaged_is_refused() {
    let mut kept = Kept::with(4);
    let good = std::fs::read(kept.path("mark")).expect("the mark");
    let changed = |from: &str, to: &str| {
        let text = String::from_utf8(good.clone()).expect("text");
        let changed = text.replace(from, to);
        assert_ne!(text, changed);
        changed.into_bytes()
    };
    for damage in [
        Vec::new(),
        b"{}".to_vec(),
        good[..300].iter().map(|byte| byte ^ 1).collect(),
        changed("\"v\":1", "\"v\":2"),
        changed("\"size\":", "\"size\":1"),
        changed("\"check\":\"", "\"check\":\"0"),
    ] {
        std::fs::write(kept.path("mark"), damage).expect("the damage");
        assert_eq!(code(kept.open()), "log.mark_damaged");
    }
    // A power cut while one slot is written leaves the other, whose mark the store is ahead of.
    for cut in [0..512, 512..1_024, 100..512, 612..1_024] {
        let mut torn = good.clone();
        torn[cut].fill(0);
        std::fs::write(kept.path("mark"), torn).expect("the damage");
        kept.open().expect("one slot is enough");
        assert_eq!(kept.log().head().size, 4);
    }
    std::fs::remove_file(kept.path("mark")).expect("the mark goes");
    assert_eq!(code(kept.open()), "log.mark_missing");
    std::fs::write(kept.path("mark"), good).expect("it comes back");
    kept.open().expect("it opens again");
}

/// Not a test of its own: what a child process does for `tests/faults/crash-image`.
#[test]
fn child_process() {
    let (Ok(role), Some(path)) = (std::env::var("ASSAY_ROLE"), std::env::var_os("ASSAY_STORE"))
    else {
        return;
    };
    let path = Path::new(&path);
    let stop = Box::new(|reason: &str| panic!("{reason}"));
    let engine = Embedded::open(path, 16 << 20, stop).expect("the store opens");
    let store = Store::open(Arc::new(engine)).expect("the store is one of ours");
    let log = Log::open(store.clone(), &path.with_extension("mark")).expect("the log opens");
    match role.as_str() {
        "write" => append_until_killed(&log),
        "verify" => {
            log.check().expect("the log holds");
            let acknowledged = super::store::acknowledged();
            for key in &acknowledged {
                let at = store.engine().get(key.as_bytes()).expect("the store reads");
                assert!(at.is_some(), "{key} was acknowledged and is lost");
            }
            println!("\npresent {} of {}", acknowledged.len(), log.head().size);
        }
        other => panic!("no role {other}"),
    }
}

fn append_until_killed(log: &Log) {
    let round = std::env::var("ASSAY_ROUND").expect("the script says which round");
    println!();
    thread::scope(|scope| {
        for writer in 0..8 {
            let (log, round) = (&log, &round);
            scope.spawn(move || {
                for n in 0.. {
                    let key = format!("{round}-{writer}-{n}.");
                    let mut turn = log.turn(Batch::default()).expect("a turn");
                    let position = turn.append(&entry(n));
                    turn.batch()
                        .put(key.clone().into(), position.0.to_string().into());
                    turn.commit().expect("a commit");
                    println!("acknowledged {key}");
                }
            });
        }
    });
}

// --- signed notes ---

/// The example of Go's package `golang.org/x/mod/sumdb/note`: key pair, text and note.
const GO_SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_SIGNATURE: &str = "\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn signer(name: &str, seed: [u8; 32]) -> NoteSigner {
    NoteSigner::new(
        NoteName::new(name).expect("a name"),
        SecretKey::ed25519(seed),
    )
    .expect("a signer")
}

#[test]
fn a_note_is_signed_as_go_signs_it() {
    let seed = STANDARD.decode(GO_SEED).expect("base64")[1..]
        .try_into()
        .expect("32 bytes");
    let signer = signer("PeterNeumann", seed);
    assert_eq!(signer.verifier().to_string(), GO_VERIFIER);
    assert_eq!(signer.sign(GO_TEXT), Ok(format!("{GO_TEXT}{GO_SIGNATURE}")));

    let verifier = NoteVerifier::parse(GO_VERIFIER).expect("a verifier key");
    assert_eq!(&verifier, signer.verifier());
    assert_eq!(
        verifier
            .open(&format!("{GO_TEXT}{GO_SIGNATURE}"))
            .as_deref(),
        Ok(GO_TEXT)
    );
    // Signatures by others stand beside ours and are passed over.
    let other = GO_SIGNATURE.replace("PeterNeumann x08g", "EnochRoot rwz+");
    let both = format!("{GO_TEXT}{other}{}", &GO_SIGNATURE[1..]);
    assert_eq!(verifier.open(&both).as_deref(), Ok(GO_TEXT));
}

#[test]
fn a_note_with_anything_changed_is_refused() {
    let verifier = NoteVerifier::parse(GO_VERIFIER).expect("a verifier key");
    let note = format!("{GO_TEXT}{GO_SIGNATURE}");
    for (at, _) in note.char_indices() {
        let mut changed = note.clone();
        let removed = changed.remove(at);
        assert!(
            verifier.open(&changed).is_err(),
            "without {removed:?} at {at}"
        );
        changed.insert(at, if removed == 'q' { 'p' } else { 'q' });
        assert!(
            verifier.open(&changed).is_err(),
            "{removed:?} replaced at {at}"
        );
    }
    for wrong in [
        "",
        "\n",
        "\n\n",
        "text",
        "text\n\n",
        "text\n\n\n",
        &note[..GO_TEXT.len()],
        &"x".repeat(100_000),
    ] {
        assert!(verifier.open(wrong).is_err(), "{wrong:.20}");
    }
    for wrong in [
        "",
        "+",
        "a+b+c",
        &GO_VERIFIER.replace("c74f20a3", "c74f20a4"),
        &GO_VERIFIER[..40],
        "a b+00000000+AQ==",
    ] {
        assert_eq!(
            NoteVerifier::parse(wrong).expect_err(wrong).code(),
            "note.key"
        );
    }
    for wrong in ["", "two words", "a+b", "line\nbreak", "\u{2003}"] {
        assert!(NoteName::new(wrong).is_none(), "{wrong:?}");
    }
}

#[test]
fn a_checkpoint_names_the_log_its_size_and_its_root() {
    let kept = Kept::with(3);
    let signer = signer("badges.example.org/log", [3; 32]);
    let note = kept.log().checkpoint(&signer).expect("a checkpoint");
    let root = STANDARD.encode(kept.log().head().root.bytes());
    assert!(note.starts_with(&format!(
        "badges.example.org/log\n3\n{root}\n\n\u{2014} badges.example.org/log "
    )));
    let opened = Checkpoint::open(&note, signer.verifier()).expect("it opens");
    assert_eq!(opened.head, kept.log().head());

    let of_another = signer
        .sign(&format!("other.example.org/log\n3\n{root}\n"))
        .expect("a note");
    let wrong_sizes = ["03", "-3", "+3", "", " 3", "18446744073709551616"];
    let texts = wrong_sizes.map(|size| format!("badges.example.org/log\n{size}\n{root}\n"));
    let notes = texts.iter().map(|text| signer.sign(text).expect("a note"));
    for wrong in notes.chain([
        of_another,
        signer.sign("badges.example.org/log\n3\n").expect("a note"),
    ]) {
        assert_eq!(
            Checkpoint::open(&wrong, signer.verifier())
                .expect_err("wrong")
                .code(),
            "note.syntax",
            "{wrong}"
        );
    }
}
