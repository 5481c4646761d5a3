//! Status lists, and the files and forms that people hand in.

use std::io::Cursor;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use issuer::fetch::supplied::Supplied;
use issuer::http::form::Form;
use issuer::inputs::Rows;
use verifier::{Documents, Policy, TrustList, Verdict, status_list, verify};

use super::seeds;

/// What is inflated stays below its limit, is written and read again alike, and bits are where they are.
pub fn status_list(data: &[u8]) {
    let as_bytes = format!("u{}", URL_SAFE_NO_PAD.encode(data));
    let as_text = std::str::from_utf8(data).unwrap_or_default();
    for text in [as_bytes.as_str(), as_text] {
        let of_2021 = status_list::decode_2021(text, LIST_BYTES);
        let Ok(bits) = status_list::decode(text, LIST_BYTES) else {
            continue;
        };
        assert_eq!(of_2021.as_ref(), Ok(&bits));
        assert!(bits.len() <= LIST_BYTES);
        let again = status_list::decode(&status_list::encode(&bits), LIST_BYTES);
        assert_eq!(again.as_ref(), Ok(&bits));
        for index in [0, 1, 7, 8, 1_000, bits.len() as u64 * 8, u64::MAX] {
            let bit = bits
                .get((index / 8) as usize)
                .map(|byte| u32::from(byte >> (7 - index % 8) & 1));
            assert_eq!(status_list::read(&bits, index, 1), bit);
            status_list::read(&bits, index, 32);
        }
    }
}

/// A list has no say in the verdict.
pub fn trust_list(data: &[u8]) {
    let Ok(list) = TrustList::read(data) else {
        return;
    };
    let mut policy = Policy::default();
    policy.trust = Some(list);
    let badge = seeds::plain_badge();
    let report = verify(badge, &Documents::default(), &policy, seeds::now());
    assert_eq!(report.verdict(), Verdict::Verified);
    assert!(report.trust().is_some());
}

/// Documents that are brought along are written and read again alike.
pub fn documents_map(data: &[u8]) {
    let Ok(supplied) = Supplied::read(data) else {
        return;
    };
    let written = supplied.to_json();
    let again = Supplied::read(written.to_string().as_bytes()).expect("it reads what it wrote");
    assert_eq!(again.to_json(), written);
}

/// A list of badges has no more rows than lines, whichever kind it is.
pub fn table(data: &[u8]) {
    let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
    for name in ["list.csv", "list.jsonl"] {
        let reader = Box::new(Cursor::new(data.to_vec()));
        if let Ok(rows) = Rows::of(Path::new(name), name, reader, Path::new("")) {
            assert!(rows.count() <= lines);
        }
    }
}

/// A field of a form is a part of what was sent.
pub fn form(data: &[u8]) {
    let body = Bytes::copy_from_slice(data);
    if let Some(form) = Form::of("multipart/form-data; boundary=x", &body) {
        for name in ["badge", "text", ""] {
            let value = form.bytes(name);
            assert!(value.is_none_or(|value| value.len() < data.len()));
            assert!(form.text(name).is_none_or(|text| !text.is_empty()));
        }
    }
    let form = Form::of("application/x-www-form-urlencoded", &body);
    let form = form.expect("every text is a form of this kind");
    assert!(
        form.bytes("text")
            .is_none_or(|value| value.len() <= 3 * data.len())
    );
}

/// Below the verifier's own limit, so that inflating to it costs little.
const LIST_BYTES: usize = 64 << 10;
