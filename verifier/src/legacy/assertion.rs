//! What an assertion, a badge class and a profile have to say (Open Badges 2.0, data classes).

use keys::vc_jwt::Compact;
use schemas::timestamp::Timestamp;
use serde_json::Value;
use url::Url;

use super::{CONTEXT, LegacyReason};
use crate::decoded::{CREDENTIALS_V1, CREDENTIALS_V2, Decoded};
use crate::form::FormFault;
use crate::issuer;
use crate::reason::Reason;
use crate::status::{has_type, text};

/// An assertion with everything in it that it has to have.
pub(super) struct Assertion<'a> {
    pub(super) document: &'a Value,
    pub(super) id: &'a str,
    pub(super) verification: Verification<'a>,
}

/// How an assertion can be seen to be its issuer's.
pub(super) enum Verification<'a> {
    /// It lies at its own address.
    Hosted { url: Url },
    /// It is signed with the key at an address, or with any key of its issuer.
    Signed {
        compact: &'a Compact,
        creator: Option<&'a str>,
    },
}

impl<'a> Assertion<'a> {
    pub(super) fn read(decoded: &'a Decoded) -> Result<Assertion<'a>, Reason> {
        let document = decoded.document();
        check_contexts(document)?;
        require(document, "", "Assertion", &["id"])?;
        let missing =
            |pointer: &str, expected| Reason::from(LegacyReason::malformed(pointer, expected));

        for member in ["recipient", "verification"] {
            if !document[member].is_object() {
                return Err(missing(&format!("/{member}"), "an object"));
            }
        }
        let recipient = &document["recipient"];
        for member in ["identity", "type"] {
            text(recipient, member)
                .ok_or_else(|| missing(&format!("/recipient/{member}"), "a text"))?;
        }
        if !recipient["hashed"].is_boolean() {
            return Err(missing("/recipient/hashed", "true or false"));
        }
        if recipient.get("salt").is_some_and(|salt| !salt.is_string()) {
            return Err(missing("/recipient/salt", "a text"));
        }
        match &document["badge"] {
            badge @ Value::Object(_) => check_badge_class(badge, "/badge")?,
            Value::String(url) if address(url).is_some() => {}
            _ => return Err(missing("/badge", "a badge class or its address")),
        }
        if document.get("issuedOn").is_none() {
            return Err(missing("/issuedOn", "a time"));
        }
        if !matches!(document["revoked"], Value::Null | Value::Bool(_)) {
            return Err(missing("/revoked", "true or false"));
        }
        check_time(document, "issuedOn")?;
        check_time(document, "expires")?;
        Ok(Assertion {
            document,
            id: text(document, "id").unwrap_or_default(),
            verification: Verification::read(decoded, document)?,
        })
    }
}

impl<'a> Verification<'a> {
    fn read(decoded: &'a Decoded, document: &'a Value) -> Result<Verification<'a>, Reason> {
        let malformed =
            |pointer: &str, expected| Err(LegacyReason::malformed(pointer, expected).into());
        let verification = &document["verification"];
        let is = |names: [&str; 2]| names.iter().any(|name| has_type(verification, name));
        match (decoded, is(HOSTED), is(SIGNED)) {
            (Decoded::Json(_), true, false) => match text(document, "id").and_then(address) {
                Some(url) => Ok(Verification::Hosted { url }),
                None => malformed("/id", "an address on the web"),
            },
            (Decoded::Json(_), false, true) => Err(Reason::ProofMissing),
            // The assertion is the payload, not a claim in it.
            (Decoded::Jwt(token), ..) if token.is_wrapped() => Err(FormFault::Wrapped.into()),
            (Decoded::Jwt(token), false, true) => {
                let creator = text(verification, "creator");
                if creator.is_none() && verification.get("creator").is_some() {
                    return malformed("/verification/creator", "the address of a key");
                }
                Ok(Verification::Signed {
                    compact: &token.compact,
                    creator,
                })
            }
            (Decoded::Jwt(_), true, false) => {
                malformed("/verification/type", "`SignedBadge` in a signed assertion")
            }
            _ => malformed("/verification/type", "`HostedBadge` or `SignedBadge`"),
        }
    }
}

/// The members that a badge class has to have.
pub(super) fn check_badge_class(badge: &Value, pointer: &str) -> Result<(), LegacyReason> {
    require(badge, pointer, "BadgeClass", &["id", "name", "description"])?;
    for (member, expected) in [
        ("image", "a picture or its address"),
        ("criteria", "the criteria or their address"),
    ] {
        if !badge[member].is_string() && !badge[member].is_object() {
            return Err(LegacyReason::malformed(
                &format!("{pointer}/{member}"),
                expected,
            ));
        }
    }
    if issuer_id(badge).is_none() {
        let pointer = format!("{pointer}/issuer");
        return Err(LegacyReason::malformed(
            &pointer,
            "a profile on the web or its address",
        ));
    }
    Ok(())
}

/// The members that the profile of an issuer has to have.
pub(super) fn check_profile(profile: &Value) -> Result<(), LegacyReason> {
    if has_type(profile, "Issuer") {
        return require(profile, "", "Issuer", &PROFILE);
    }
    require(profile, "", "Profile", &PROFILE)
}

/// Who issues a badge class: the one address at which a profile speaks for itself.
pub(super) fn issuer_id(badge: &Value) -> Option<&str> {
    let issuer = &badge["issuer"];
    let id = issuer.as_str().or_else(|| text(issuer, "id"))?;
    (issuer::is_well_formed(id) && issuer::web_address(id).is_some()).then_some(id)
}

fn require(
    value: &Value,
    pointer: &str,
    kind: &'static str,
    texts: &[&str],
) -> Result<(), LegacyReason> {
    if !has_type(value, kind) {
        return Err(LegacyReason::malformed(&format!("{pointer}/type"), kind));
    }
    let is_text = |member: &str| text(value, member).is_some_and(|text| !text.trim().is_empty());
    match texts.iter().find(|member| !is_text(member)) {
        Some(member) => Err(LegacyReason::malformed(
            &format!("{pointer}/{member}"),
            "a text",
        )),
        None => Ok(()),
    }
}

/// Two standards in one document would let two readers see two badges.
fn check_contexts(document: &Value) -> Result<(), LegacyReason> {
    let contexts = match &document["@context"] {
        Value::Array(contexts) => contexts.as_slice(),
        context => std::slice::from_ref(context),
    };
    let is_newer = |context: &Value| {
        context.as_str().is_some_and(|context| {
            [CREDENTIALS_V1, CREDENTIALS_V2].contains(&context)
                || context.starts_with("https://purl.imsglobal.org/spec/")
        })
    };
    if contexts.iter().any(is_newer) || !contexts.iter().any(|context| context == CONTEXT) {
        return Err(LegacyReason::Mixed);
    }
    Ok(())
}

fn check_time(document: &Value, member: &str) -> Result<(), Reason> {
    match document.get(member) {
        None => Ok(()),
        Some(Value::String(time)) if Timestamp::parse(time).is_ok() => Ok(()),
        Some(_) => Err(Reason::TimeSyntax {
            pointer: format!("/{member}"),
        }),
    }
}

/// An address in the one spelling that is compared.
pub(super) fn address(text: &str) -> Option<Url> {
    issuer::web_address(text).filter(|_| issuer::is_well_formed(text))
}

const HOSTED: [&str; 2] = ["HostedBadge", "hosted"];
const SIGNED: [&str; 2] = ["SignedBadge", "signed"];

const PROFILE: [&str; 4] = ["id", "name", "url", "email"];
