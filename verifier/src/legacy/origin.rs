//! Where an issuer keeps its assertions (Open Badges 2.0, verification object of a profile).

use serde_json::Value;
use url::Url;

use super::assertion;
use crate::status::text;

/// Whether the assertions of an issuer may lie at this address. By itself, an issuer speaks for its
/// own origin.
pub(super) fn allows(issuer: &Value, url: &Url) -> bool {
    let verification = &issuer["verification"];
    let within = match verification.get("startsWith") {
        None => true,
        Some(prefixes) => texts(prefixes).any(|prefix| begins_with(url, prefix)),
    };
    let at_home = match verification.get("allowedOrigins") {
        Some(hosts) => texts(hosts).any(|host| is_at(url, host)),
        None if verification.get("startsWith").is_some() => true,
        None => text(issuer, "id")
            .and_then(assertion::address)
            .is_some_and(|own| own.origin() == url.origin()),
    };
    within && at_home
}

/// Whether the badge classes of an issuer may lie at this address: only one that says nothing of places
/// keeps them at home (Open Badges 2.0, hosted verification).
pub(super) fn allows_badge_class(issuer: &Value, url: &Url) -> bool {
    issuer.get("verification").is_some() || allows(issuer, url)
}

/// Compared as addresses are: a host that only begins with the issuer's is another's.
fn begins_with(url: &Url, prefix: &str) -> bool {
    Url::parse(prefix).is_ok_and(|prefix| {
        prefix.origin() == url.origin() && url.as_str().starts_with(prefix.as_str())
    })
}

/// Whether an address lies on a host, which some write with its scheme.
fn is_at(url: &Url, host: &str) -> bool {
    let name = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    !name.is_empty()
        && (host.eq_ignore_ascii_case(&name) || host == url.origin().ascii_serialization())
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    values.iter().filter_map(Value::as_str).take(MOST_PLACES)
}

/// Real profiles name one or two places.
const MOST_PLACES: usize = 64;
