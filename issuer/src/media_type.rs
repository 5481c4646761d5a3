//! What an uploaded file is, judged by its first bytes. Its name and what the sender says do not count.
//!
//! Only what is on this list is taken. Markup is not on it: HTML, SVG and XML can carry script, and a file
//! of theirs under another name would run it (OWASP, unrestricted file upload). Archives are never unpacked.

/// The media type of a file that begins so, if files of that type are taken as evidence.
pub fn of(head: &[u8]) -> Option<&'static str> {
    let signed = SIGNATURES.iter().find(|(at, signature, _)| {
        head.get(*at..)
            .is_some_and(|rest| rest.starts_with(signature))
    });
    match signed {
        Some((_, _, CONTAINER)) => riff(head),
        Some((_, _, BASE_MEDIA)) => base_media(head),
        Some((_, _, OGG)) => ogg(head),
        Some((_, _, EBML)) => ebml(head),
        Some((_, _, ZIP)) if is_of_iwork(head) => None,
        Some((_, _, media_type)) => Some(media_type),
        None => is_plain_text(head).then_some("text/plain"),
    }
}

/// What somebody can do whose file begins so and is not taken.
pub fn remedy(head: &[u8]) -> &'static str {
    let known = NOT_TAKEN.iter().find(|(at, signature, _)| {
        head.get(*at..)
            .is_some_and(|rest| rest.starts_with(signature))
    });
    match known {
        Some((_, _, remedy)) => remedy,
        None if head.trim_ascii_start().starts_with(b"<") => MARKUP,
        None => OTHERWISE,
    }
}

/// Pages, Numbers and Keynote write ZIP files that begin with their own kind of archive, which nothing else opens.
fn is_of_iwork(head: &[u8]) -> bool {
    // The name of the first file stands after thirty bytes (APPNOTE.TXT, section 4.3.7).
    let name = head.get(30..).unwrap_or_default();
    name.starts_with(b"Index/") && contains(head, b".iwa")
}

/// RIFF says at its ninth byte what it contains.
fn riff(head: &[u8]) -> Option<&'static str> {
    match head.get(8..12)? {
        b"WEBP" => Some("image/webp"),
        b"WAVE" => Some("audio/wav"),
        _ => None,
    }
}

/// The brand of an ISO base media file (ISO/IEC 14496-12, section 4.3) tells pictures, sound and video apart.
fn base_media(head: &[u8]) -> Option<&'static str> {
    match head.get(8..12)? {
        b"heic" | b"heix" | b"mif1" => Some("image/heic"),
        b"avif" => Some("image/avif"),
        b"M4A " | b"M4B " => Some("audio/mp4"),
        b"qt  " => Some("video/quicktime"),
        // What browsers record begins with the list of its tracks, each with a handler (section 8.4.3).
        _ if contains(head, b"soun") && !contains(head, b"vide") => Some("audio/mp4"),
        _ => Some("video/mp4"),
    }
}

/// The first page of a stream names its codec (RFC 3533; RFC 5334 gives the types).
fn ogg(head: &[u8]) -> Option<&'static str> {
    let audio: [&[u8]; 4] = [b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC"];
    if contains(head, b"\x80theora") {
        return Some("video/ogg");
    }
    let is_audio = audio.iter().any(|codec| contains(head, codec));
    is_audio.then_some("audio/ogg")
}

/// WebM says so in its header, and names the codecs of its tracks (RFC 9559, section 5.1.4).
fn ebml(head: &[u8]) -> Option<&'static str> {
    if !contains(head, b"webm") {
        return contains(head, b"matroska").then_some("video/matroska");
    }
    match contains(head, b"A_") && !contains(head, b"V_") {
        true => Some("audio/webm"),
        false => Some("video/webm"),
    }
}

fn contains(head: &[u8], wanted: &[u8]) -> bool {
    head.windows(wanted.len()).any(|found| found == wanted)
}

/// The ending that names of files of this type have.
pub fn extension(media_type: &str) -> &'static str {
    let found = EXTENSIONS.iter().find(|(known, _)| *known == media_type);
    found.map_or("bin", |(_, extension)| extension)
}

fn is_plain_text(head: &[u8]) -> bool {
    // The last character may be cut in two where the head ends.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            let (whole, _) = head.split_at(error.valid_up_to());
            std::str::from_utf8(whole).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let begins = text.trim_start_matches(['\u{feff}', '\u{0c}']).trim_start();
    let printable = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{0c}');
    !begins.is_empty() && !begins.starts_with('<') && text.chars().all(printable)
}

const CONTAINER: &str = "RIFF";
const BASE_MEDIA: &str = "ISO base media";
const OGG: &str = "Ogg";
const EBML: &str = "EBML";
// Office documents are ZIP files; what they are exactly is for whoever opens them.
const ZIP: &str = "application/zip";

const SIGNATURES: [(usize, &[u8], &str); 14] = [
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"RIFF", CONTAINER),
    (4, b"ftyp", BASE_MEDIA),
    (0, b"\x1a\x45\xdf\xa3", EBML),
    (0, b"OggS", OGG),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"PK\x03\x04", ZIP),
];

/// Files that people have and that are not taken, and how each becomes one that is.
const NOT_TAKEN: [(usize, &[u8], &str); 20] = [
    (0, b"PK\x03\x04", IWORK),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", OLD_VIDEO),
    (8, b"AVI ", OLD_VIDEO),
    (0, b"FLV", OLD_VIDEO),
    (0, b"\0\0\x01\xba", OLD_VIDEO),
    (0, b"\0\0\x01\xb3", OLD_VIDEO),
    (0, b"\x1a\x45\xdf\xa3", OLD_VIDEO),
    (0, b"#!AMR", OLD_SOUND),
    (0, b"\xff\xf1", OLD_SOUND),
    (0, b"\xff\xf9", OLD_SOUND),
    (0, b"II*\0", PICTURE),
    (0, b"MM\0*", PICTURE),
    (0, b"BM", PICTURE),
    (0, b"Rar!", ARCHIVE),
    (0, b"7z\xbc\xaf", ARCHIVE),
    (0, b"\x1f\x8b", ARCHIVE),
    (0, b"\xff\xfe", UTF_16),
    (0, b"\xfe\xff", UTF_16),
    (
        0,
        b"MZ",
        "programs are not taken; a video of the screen shows what one does",
    ),
];

const IWORK: &str =
    "it is of Pages, Numbers or Keynote: choose File, Export To, PDF there, and send that";
const OLD_OFFICE: &str =
    "it is of an older office program: save it as .docx, .xlsx or .pptx, or print it to PDF";
const OLD_VIDEO: &str = "it is a video that browsers do not play: convert it to MP4 with VLC (Media, Convert) or HandBrake";
const OLD_SOUND: &str =
    "it is a recording that browsers do not play: share or convert it as .m4a or .mp3";
const PICTURE: &str = "save this picture as JPEG or PNG";
const ARCHIVE: &str = "send what is in it, one file after another, or pack it as .zip";
const UTF_16: &str = "it is a text in UTF-16: save it as UTF-8, or as PDF";
const MARKUP: &str = "it is a web page, or a drawing in XML: print it to PDF, or save it as PNG";
const OTHERWISE: &str = "save it as PDF, JPEG, PNG, MP3, M4A or MP4, or as plain text in UTF-8";

const EXTENSIONS: [(&str, &str); 20] = [
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("audio/flac", "flac"),
    ("audio/mp4", "m4a"),
    ("audio/mpeg", "mp3"),
    ("audio/ogg", "ogg"),
    ("audio/wav", "wav"),
    ("audio/webm", "weba"),
    ("image/avif", "avif"),
    ("image/gif", "gif"),
    ("image/heic", "heic"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/webp", "webp"),
    ("text/plain", "txt"),
    ("video/matroska", "mkv"),
    ("video/mp4", "mp4"),
    ("video/ogg", "ogv"),
    ("video/quicktime", "mov"),
    ("video/webm", "webm"),
];

/// How many bytes decide.
pub const HEAD: usize = 1_024;
