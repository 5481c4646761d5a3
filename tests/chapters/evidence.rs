//! Evidence files: whole or not at all, what was handed in and nothing else, and gone when erased.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use issuer::digest::Sha256Digest;
use issuer::evidence::{Content, EvidenceError, EvidenceFiles};
use issuer::id::PersonId;
use issuer::random::Random;
use issuer::submission::EvidenceFile;
use issuer::text::Line;
use tempfile::TempDir;

struct Folder {
    files: EvidenceFiles,
    random: Random,
    folder: TempDir,
}

impl Folder {
    fn new() -> Folder {
        let folder = TempDir::new().expect("a folder");
        let files = EvidenceFiles::open(&folder.path().join("files")).expect("the folder opens");
        Folder {
            files,
            random: Random::seeded([5; 32]),
            folder,
        }
    }

    async fn put(&self, owner: PersonId, content: &[u8]) -> Result<EvidenceFile, EvidenceError> {
        self.put_pieces(owner, LIMIT, pieces(content, 1_000)).await
    }

    async fn put_pieces(
        &self,
        owner: PersonId,
        limit: u64,
        pieces: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<EvidenceFile, EvidenceError> {
        let content = Content::new(pieces.boxed(), limit);
        self.files
            .put(owner, line("lesson.pdf"), &self.random, content)
            .await
    }

    async fn read(&self, file: &EvidenceFile) -> Result<Vec<u8>, EvidenceError> {
        self.part(file, 0..file.bytes).await
    }

    async fn part(&self, file: &EvidenceFile, range: Range<u64>) -> Result<Vec<u8>, EvidenceError> {
        let mut pieces = self.files.read(file, range).await?;
        let mut content = Vec::new();
        while let Some(piece) = pieces.next().await {
            content.extend(piece?);
        }
        Ok(content)
    }

    /// Where the pieces of a file lie.
    fn paths(&self, file: &EvidenceFile) -> Vec<PathBuf> {
        let folder = self.folder.path().join("files").join(&file.object_key);
        let pieces = file.pieces.iter();
        pieces.map(|piece| folder.join(&piece.name)).collect()
    }

    /// Where the only piece of a file lies.
    fn path(&self, file: &EvidenceFile) -> PathBuf {
        assert_eq!(file.pieces.len(), 1);
        self.paths(file).remove(0)
    }

    /// Every file below the folder, whatever its name.
    fn on_disk(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path)
                } else {
                    found.push(path)
                }
            }
        }
        found
    }

    fn person(&self) -> PersonId {
        PersonId::draw(&self.random)
    }
}

fn line(text: &str) -> Line {
    text.parse().expect("a line")
}

fn pdf(bytes: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7\n".to_vec();
    content.extend((content.len()..bytes).map(|n| (n * n / 7) as u8));
    content
}

fn pieces(content: &[u8], length: usize) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let pieces: Vec<_> = content
        .chunks(length)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    stream::iter(pieces)
}

fn code<T>(outcome: Result<T, EvidenceError>) -> &'static str {
    outcome.err().map_or("no error", |error| error.code())
}

#[tokio::test]
async fn a_file_comes_out_as_it_went_in() {
    let folder = Folder::new();
    let ada = folder.person();
    for (bytes, length) in [
        (9, 1),
        (1_024, 1_024),
        (1_025, 7),
        (3_000_000, 64_000),
        (700_000, 700_000),
    ] {
        let content = pdf(bytes);
        let file = folder
            .put_pieces(ada, LIMIT, pieces(&content, length))
            .await
            .expect("it is taken in");
        assert_eq!(
            (file.bytes, file.sha256),
            (bytes as u64, Sha256Digest::of(&content))
        );
        assert_eq!(
            (file.name.as_str(), file.media_type.as_str()),
            ("lesson.pdf", "application/pdf")
        );
        assert!(file.object_key.starts_with(&format!("evidence/{ada}/")));
        assert_eq!(
            fs::read(folder.path(&file)).expect("it lies there"),
            content
        );
        assert_eq!(folder.read(&file).await.expect("it is given out"), content);
    }
    let again = folder.put(ada, &pdf(9)).await.expect("the same once more");
    assert_eq!(
        folder.on_disk().len(),
        6,
        "every upload is a file of its own: {again:?}"
    );
}

#[tokio::test]
async fn a_file_that_is_too_large_or_stops_arriving_leaves_nothing_behind() {
    let folder = Folder::new();
    let ada = folder.person();
    assert_eq!(
        code(folder.put_pieces(ada, 99, pieces(&pdf(100), 10)).await),
        "upload.too_large"
    );
    assert_eq!(
        code(
            folder
                .put_pieces(ada, 2_000_000, pieces(&pdf(2_000_001), 9_999))
                .await
        ),
        "upload.too_large"
    );
    folder
        .put_pieces(ada, 100, pieces(&pdf(100), 10))
        .await
        .expect("the limit itself is allowed");

    let endless = stream::repeat(pdf(50_000)).map(|piece| Ok(Bytes::from(piece)));
    assert_eq!(
        code(folder.put_pieces(ada, 5_000_000, endless).await),
        "upload.too_large"
    );

    let broken = pieces(&pdf(900_000), 10_000)
        .chain(stream::iter([Err(io::Error::other("the line is cut"))]));
    assert_eq!(
        code(folder.put_pieces(ada, LIMIT, broken).await),
        "upload.interrupted"
    );
    assert_eq!(
        code(
            folder
                .put_pieces(ada, LIMIT, stream::iter([Err(io::Error::other("at once"))]))
                .await
        ),
        "upload.interrupted"
    );

    // The sender goes away: the server drops the whole call.
    let stalled = pieces(&pdf(900_000), 10_000).chain(stream::pending());
    let call = folder.put_pieces(ada, LIMIT, stalled);
    tokio::select! {
        biased;
        outcome = call => panic!("it cannot have ended: {outcome:?}"),
        () = async { for _ in 0..200 { tokio::task::yield_now().await } } => {}
    }
    // What the upload had written is removed by the library's own threads; wait for them.
    while folder.on_disk().len() > 1 {
        tokio::task::yield_now().await;
    }
}

/// Forms: library.
#[tokio::test]
async fn attack_u_01_the_content_decides_what_a_file_is() {
    let folder = Folder::new();
    let ada = folder.person();
    let taken: [(&[u8], &str); 17] = [
        (b"%PDF-1.4 ...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"GIF89a\x01\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (b"\0\0\0\x18ftypheic\0\0", "image/heic"),
        (b"\0\0\0\x18ftypisom\0\0", "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0", "video/quicktime"),
        (b"\0\0\0\x14ftypM4A \0\0", "audio/mp4"),
        (b"\x1a\x45\xdf\xa3\x01\0webm", "video/webm"),
        (b"ID3\x04\0\0", "audio/mpeg"),
        (b"OggS\0\x02\0\x01OpusHead", "audio/ogg"),
        (b"fLaC\0\0", "audio/flac"),
        (b"PK\x03\x04\x14\0", "application/zip"),
        (
            "\u{feff}We waited five seconds after each question.\r\n".as_bytes(),
            "text/plain",
        ),
        ("\u{e9}".as_bytes(), "text/plain"),
    ];
    for (content, media_type) in taken {
        let file = folder.put(ada, content).await.expect(media_type);
        assert_eq!(file.media_type, media_type);
    }
    let refused: [&[u8]; 17] = [
        b"",
        b"   \n",
        b"<html><script>alert(1)</script>",
        b"\xef\xbb\xbf \n<!DOCTYPE html>",
        b"<?xml version=\"1.0\"?><svg onload=\"alert(1)\"/>",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"\x0c<script>",
        b"MZ\x90\0\x03\0",
        b"\x7fELF\x02\x01",
        b"\0\0\0\0",
        b"RIFF\x24\0\0\0AVI LIST",
        b"RIFF",
        b"\0\0\0\x18ftyp",
        b"caf\xe9 in Latin-1",
        b"\xff\xfe<\0h\0t\0",
        b"terminal \x1b[31mescape",
        b"\x1f\x8b\x08\0",
    ];
    for content in refused {
        assert_eq!(
            code(folder.put(ada, content).await),
            "upload.type",
            "{content:?}"
        );
    }
    assert_eq!(folder.on_disk().len(), 17);
    // A text whose first kilobyte ends within a character is a text all the same.
    folder
        .put(ada, format!("x{}", "\u{e9}".repeat(2_000)).as_bytes())
        .await
        .expect("a text");
}

/// Forms: library.
#[tokio::test]
async fn attack_u_02_the_senders_name_is_never_a_path() {
    let folder = Folder::new();
    let ada = folder.person();
    for name in [
        "../../etc/passwd",
        "/etc/passwd",
        "CON",
        "a/b\\c",
        "..",
        "%2e%2e%2f",
        "evidence#1",
    ] {
        let content = Content::new(pieces(&pdf(100), 100).boxed(), LIMIT);
        let file = folder
            .files
            .put(ada, line(name), &folder.random, content)
            .await
            .expect(name);
        assert_eq!(
            file.name.as_str(),
            name,
            "it is kept as it was, for people to read"
        );
        let random = file.object_key.rsplit('/').next().expect("a last part");
        assert!(
            random.len() == 32 && random.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{random}"
        );
        assert!(folder.path(&file).is_file());
    }
}

#[tokio::test]
async fn a_large_file_is_a_list_of_pieces_and_any_part_of_it_is_read() {
    let folder = Folder::new();
    let content = pdf(2 * PIECE + 1_000);
    let file = folder.put(folder.person(), &content).await.expect("a file");
    let sizes: Vec<_> = file
        .pieces
        .iter()
        .map(|piece| piece.bytes as usize)
        .collect();
    assert_eq!(sizes, [PIECE, PIECE, 1_000]);
    assert_eq!(file.sha256, Sha256Digest::of(&content));
    let mut at = 0;
    for (piece, path) in file.pieces.iter().zip(folder.paths(&file)) {
        let there = fs::read(path).expect("it lies there");
        assert_eq!(there, content[at..at + there.len()]);
        assert_eq!(piece.sha256, Sha256Digest::of(&there));
        at += there.len();
    }
    assert_eq!(folder.read(&file).await.expect("the whole"), content);
    for (from, to) in [
        (0, 1),
        (PIECE - 1, PIECE),
        (PIECE - 1, PIECE + 1),
        (PIECE, PIECE + 1),
        (600_000, 2 * PIECE + 999),
        (2 * PIECE + 999, 2 * PIECE + 1_000),
    ] {
        let part = folder.part(&file, from as u64..to as u64).await;
        assert_eq!(part.expect("a part"), content[from..to], "{from}..{to}");
    }
}

/// Forms: library.
#[tokio::test]
async fn attack_u_09_a_file_changed_on_the_disk_is_not_given_out() {
    let folder = Folder::new();
    let content = pdf(PIECE + 2_000_000);
    let file = folder
        .put(folder.person(), &content)
        .await
        .expect("it is taken in");
    let first = &folder.paths(&file)[0];
    let good = fs::read(first).expect("the first piece");
    for at in [0, 1_000_000, good.len() - 1] {
        let mut changed = good.clone();
        changed[at] ^= 1;
        fs::write(first, &changed).expect("the change");
        // Not a byte of the piece: not of its good parts, and not of the part before.
        assert_eq!(
            code(folder.part(&file, 0..1).await),
            "evidence.digest_mismatch"
        );
        assert_eq!(code(folder.read(&file).await), "evidence.digest_mismatch");
        let rest = PIECE as u64..file.bytes;
        let rest = folder.part(&file, rest).await.expect("the other piece");
        assert_eq!(rest, content[PIECE..]);
    }
    fs::write(first, &good).expect("the change");

    let second = &folder.paths(&file)[1];
    let good = fs::read(second).expect("the second piece");
    for changed in [
        &good[..good.len() - 1],
        &[good.as_slice(), b"x"].concat(),
        b"",
    ] {
        fs::write(second, changed).expect("the change");
        assert_eq!(code(folder.read(&file).await), "evidence.digest_mismatch");
        let mut pieces = folder
            .files
            .read(&file, 0..file.bytes)
            .await
            .expect("it opens");
        let mut received = 0;
        while let Some(Ok(piece)) = pieces.next().await {
            received += piece.len();
        }
        assert_eq!(received, PIECE, "what was checked, and nothing else");
    }
    fs::remove_file(second).expect("it goes");
    assert_eq!(code(folder.read(&file).await), "evidence.missing");
}

/// Forms: library.
#[tokio::test]
async fn attack_u_09_a_file_changed_while_it_is_read_is_not_given_out() {
    let folder = Folder::new();
    let content = pdf(4_000_000);
    let file = folder.put(folder.person(), &content).await.expect("a file");
    let mut pieces = folder
        .files
        .read(&file, 0..file.bytes)
        .await
        .expect("it opens");
    let begun = pieces.next().await.expect("a part").expect("a good part");
    let mut changed = content.clone();
    changed[3_999_999] ^= 1;
    fs::write(folder.path(&file), &changed).expect("the change");
    let mut received = begun.len();
    let ended = loop {
        match pieces.next().await {
            Some(Ok(piece)) => received += piece.len(),
            Some(Err(error)) => break error.code(),
            None => break "the end",
        }
    };
    assert_eq!(ended, "evidence.digest_mismatch");
    assert!(received < content.len());
}

#[tokio::test]
async fn erasing_one_person_never_touches_another() {
    let folder = Folder::new();
    let (ada, grace) = (folder.person(), folder.person());
    let mut files = Vec::new();
    for owner in [ada, ada, grace] {
        files.push(
            folder
                .put(owner, &pdf(5_000))
                .await
                .expect("it is taken in"),
        );
    }
    folder
        .files
        .delete(&files[0].object_key)
        .await
        .expect("one file goes");
    assert_eq!(code(folder.read(&files[0]).await), "evidence.missing");
    folder.read(&files[1]).await.expect("the other one stays");
    folder
        .files
        .delete(&files[0].object_key)
        .await
        .expect("it is gone already");

    // An upload that was cut off by a crash belongs to its owner, too.
    fs::write(folder.path(&files[1]).with_file_name("0123#7"), b"half").expect("half an upload");
    folder
        .files
        .delete_all_of(ada)
        .await
        .expect("all of it goes");
    folder
        .files
        .delete_all_of(ada)
        .await
        .expect("nothing is left to go");
    folder
        .files
        .delete(&files[1].object_key)
        .await
        .expect("its folder is gone already");
    assert_eq!(
        folder.on_disk(),
        [fs::canonicalize(folder.path(&files[2])).expect("it is there")]
    );
    assert_eq!(
        folder.read(&files[2]).await.expect("it is given out"),
        pdf(5_000)
    );
}

#[tokio::test]
async fn uploads_that_a_crash_cut_off_are_removed_at_the_next_start() {
    let folder = Folder::new();
    let file = folder
        .put(folder.person(), &pdf(5_000))
        .await
        .expect("it is taken in");
    fs::write(folder.path(&file).with_file_name("0123#7"), b"half").expect("half an upload");
    let again = EvidenceFiles::open(&folder.folder.path().join("files")).expect("it opens again");
    assert_eq!(folder.on_disk().len(), 1);
    let read = again.read(&file, 0..file.bytes).await;
    drop(read.expect("what was whole is there"));
}

#[cfg(unix)]
#[tokio::test]
async fn others_on_the_machine_cannot_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let mode = fs::metadata(folder.folder.path().join("files"))
        .expect("a folder")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    let taken: &Path = &folder.folder.path().join("a file");
    fs::write(taken, "x").expect("a file");
    assert_eq!(code(EvidenceFiles::open(taken)), "evidence.folder");
}

const LIMIT: u64 = 25 << 20;
const PIECE: usize = 8 << 20;
