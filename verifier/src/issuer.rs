//! Who a document says has issued it.

use keys::DidWeb;
use serde_json::Value;
use url::{Origin, Url};

use crate::reason::Reason;

/// The issuer's id: an absolute address in its one accepted spelling.
///
/// Issuers are compared as text, so that no two spellings may mean one issuer.
pub(crate) fn id(document: &Value) -> Result<&str, Reason> {
    let (id, pointer) = match document.get("issuer") {
        Some(Value::String(id)) => (id, "/issuer"),
        Some(Value::Object(issuer)) => match issuer.get("id") {
            Some(Value::String(id)) => (id, "/issuer/id"),
            _ => return Err(malformed("/issuer/id")),
        },
        _ => return Err(malformed("/issuer")),
    };
    if is_well_formed(id) {
        Ok(id)
    } else {
        Err(malformed(pointer))
    }
}

/// The web origin that speaks for an issuer, if one does.
pub(crate) fn origin(issuer: &str) -> Option<Origin> {
    if issuer.starts_with("did:web:") {
        return Some(DidWeb::parse(issuer).ok()?.url().origin());
    }
    web_address(issuer).map(|url| url.origin())
}

/// The issuer's id as a web address, if it is one.
pub(crate) fn web_address(issuer: &str) -> Option<Url> {
    if issuer.len() > LONGEST_ADDRESS {
        return None;
    }
    let url = Url::parse(issuer).ok()?;
    matches!(url.scheme(), "https" | "http").then_some(url)
}

pub(crate) fn is_well_formed(id: &str) -> bool {
    let Ok(url) = Url::parse(id) else {
        return false;
    };
    if id.len() > LONGEST_ADDRESS
        || id.contains('#')
        || id.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        return false;
    }
    match url.scheme() {
        // The origin has lower-case letters, no user and no default port.
        "https" | "http" => id
            .strip_prefix(&url.origin().ascii_serialization())
            .is_some_and(|rest| {
                (rest.is_empty() || rest.starts_with(['/', '?'])) && !is_roundabout(rest)
            }),
        scheme => id.starts_with(scheme),
    }
}

/// Whether a path leads up or nowhere: the same place has a shorter spelling (RFC 3986, section 6.2.2.3).
fn is_roundabout(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path.split('/').any(|segment| {
        let plain = segment.replace("%2e", ".").replace("%2E", ".");
        plain == "." || plain == ".." || segment.contains('\\')
    })
}

fn malformed(pointer: &str) -> Reason {
    Reason::IssuerMalformed {
        pointer: pointer.to_owned(),
    }
}

/// Addresses stand in reports and logs; browsers and servers agree on no more than this.
pub(crate) const LONGEST_ADDRESS: usize = 2048;
