//! All files of one badge for its holder, in one archive, with a note on how each is verified.

use std::io::{Cursor, Write};

use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::edge::Edge;
use super::error::HttpError;
use super::faces::badge::{baked, baked_svg};
use crate::badge::{self, Viewer};
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::id::BadgeId;
use crate::person::Person;

/// The archive of a badge, for its holder alone.
pub(super) async fn of_badge(
    edge: &Edge,
    person: Person,
    id: BadgeId,
) -> Result<Response, HttpError> {
    let (badge, issued) = edge
        .work(move |app| {
            let (badge, issued) = badge::view(app, id, Viewer::Person(&person))?;
            match person.is(badge.earner) {
                true => Ok((badge, issued)),
                false => Err(Error::NotFound),
            }
        })
        .await?;
    let document: Value = serde_json::from_str(issued.json()).map_err(HttpError::fault)?;
    let png = baked(edge, badge.clone(), issued.clone()).await?;
    let svg = baked_svg(edge, badge, issued.clone()).await?;
    let mut files = vec![
        ("README.txt", note(edge, id, &document).into_bytes()),
        ("badge.json", issued.json().as_bytes().to_vec()),
        ("badge.jwt", issued.jwt().as_bytes().to_vec()),
        ("badge.png", png),
        ("badge.svg", svg),
    ];
    let sums = files.iter().map(|(name, bytes)| {
        let digest = Sha256Digest::of(bytes);
        format!("{digest}  {name}\n")
    });
    let sums: String = sums.collect();
    files.push(("SHA256SUMS", sums.into_bytes()));
    let archive = packed(&files).map_err(HttpError::fault)?;
    let headers = [
        (CONTENT_TYPE, "application/zip".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"badge-{id}.zip\""),
        ),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, archive).into_response())
}

/// A badge has 40 kB and its pictures some hundred: they are held at once.
fn packed(files: &[(&str, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in files {
        archive.start_file(*name, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

fn note(edge: &Edge, id: BadgeId, document: &Value) -> String {
    let title = &document["credentialSubject"]["achievement"]["name"];
    let (title, issuer) = (text(title), text(&document["issuer"]["name"]));
    let (base, address) = (edge.public_url.base(), edge.app.site.badge(id));
    format!(
        "{title}\n\
         issued by {issuer}\n\
         {address}\n\
         \n\
         Each of these files is the whole badge (Open Badges 3.0), signed by its issuer. One is enough.\n\
         \n\
         badge.json   the badge with an embedded proof. Most verifiers and backpacks take it.\n\
         badge.jwt    the same as a compact token, for wallets that ask for one.\n\
         badge.png    a picture with the badge in it. It stays in the picture as long as nobody saves the\n\
         \x20            picture anew: send it as a file.\n\
         badge.svg    the same as a drawing.\n\
         \n\
         To verify any of them:\n\
         \n\
         1. Drop the file on {base}/verify, or on the page of any other verifier of Open Badges 3.0.\n\
         2. Or, with the program Assay: assay verify badge.json (or badge.jwt, badge.png, badge.svg).\n\
         \n\
         A verifier asks the issuer for its keys and whether the badge was taken back; it tells the issuer\n\
         nothing else. SHA256SUMS has the digest of each file: sha256sum --check SHA256SUMS.\n\
         \n\
         Keep a copy. It can be verified wherever it lies, as long as the issuer's keys can be found.\n"
    )
}

/// A text of the document; of several languages, the first.
fn text(value: &Value) -> &str {
    match value {
        Value::String(text) => text,
        Value::Object(languages) => languages
            .values()
            .find_map(Value::as_str)
            .unwrap_or_default(),
        _ => "",
    }
}
