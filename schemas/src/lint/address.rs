//! Rules about identifiers and links.

use url::Url;

use super::Faults;
use super::node::{Node, NodeClass};

/// Identifiers are whole addresses, never relative to where the document was found (W3C Verifiable
/// Credentials Data Model 2.0, Identifiers).
pub(super) fn identifiers_are_absolute(node: &Node, faults: &mut Faults) {
    const IDENTIFIERS: [&str; 8] = [
        "id",
        "issuer",
        "url",
        "targetUrl",
        "achievedLevel",
        "resultDescription",
        "requiredLevel",
        "verificationMethod",
    ];
    for member in IDENTIFIERS {
        if node.text(member).is_some_and(|text| !is_absolute(text)) {
            faults.add(node.at(member), "is not an absolute address");
        }
    }
}

/// Links that people follow lead to a page or name a thing, and never run a script or open a file.
pub(super) fn links_can_be_followed(node: &Node, faults: &mut Faults) {
    const PAGES: &[&str] = &["https", "http"];
    const PAGES_OR_NAMES: &[&str] = &["https", "http", "urn", "did"];
    const PAGES_OR_CONTENT: &[&str] = &["https", "http", "urn", "did", "data"];
    let (member, schemes) = match node.class {
        NodeClass::Profile => ("url", PAGES),
        NodeClass::Alignment => ("targetUrl", PAGES),
        NodeClass::Criteria => ("id", PAGES_OR_NAMES),
        NodeClass::Evidence | NodeClass::Image => ("id", PAGES_OR_CONTENT),
        _ => return,
    };
    let Some((scheme, _)) = node.text(member).and_then(|link| link.split_once(':')) else {
        return;
    };
    if !schemes.iter().any(|own| own.eq_ignore_ascii_case(scheme)) {
        faults.add(
            node.at(member),
            format!("does not begin with {}", schemes.join(", ")),
        );
    }
}

/// Pictures of profiles and of awards are PNG or SVG, as far as their address tells (Open Badges
/// 3.0, Profile and AchievementSubject).
pub(super) fn images_are_png_or_svg(node: &Node, faults: &mut Faults) {
    if !matches!(
        node.class,
        NodeClass::Profile | NodeClass::AchievementSubject
    ) {
        return;
    }
    let image = node.members.get("image");
    let Some(link) = image.and_then(|image| image["id"].as_str()) else {
        return;
    };
    let is_other = match link.strip_prefix("data:") {
        Some(content) => !["image/png", "image/svg+xml"]
            .iter()
            .any(|kind| content.starts_with(kind)),
        None => {
            let path = link
                .split(['?', '#'])
                .next()
                .unwrap_or(link)
                .to_ascii_lowercase();
            OTHER_PICTURES.iter().any(|ending| path.ends_with(ending))
        }
    };
    if is_other {
        faults.add(node.at("image") + "/id", "is neither PNG nor SVG");
    }
}

const OTHER_PICTURES: [&str; 6] = [".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp"];

/// Says whether a text is an address by itself: a scheme, and something after it that has no
/// character which addresses exclude (RFC 3987); on the web also a host.
pub(super) fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let scheme_fits = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let excluded = |letter: char| {
        letter.is_whitespace() || letter.is_control() || "<>\"{}|\\^`".contains(letter)
    };
    if !scheme_fits || rest.is_empty() || rest.contains(excluded) {
        return false;
    }
    match scheme {
        "http" | "https" => {
            rest.starts_with("//") && Url::parse(text).is_ok_and(|url| url.has_host())
        }
        _ => true,
    }
}
