//! The registered claims of a credential's JWT: written beside the credential, and held against it.

use std::borrow::Cow;

use schemas::timestamp::Timestamp;
use serde_json::{Map, Value};

use crate::vc_jwt::JwtError;

/// What the registered claims add to the credential, once none contradicts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Names of claims that the standard asks for and that are absent (code `jwt.claim_missing`).
    pub missing: Vec<&'static str>,
    /// The claim `nbf`: the token is not valid before.
    pub not_before: Option<Timestamp>,
    /// The claim `exp`: the token is not valid from then on, also where the credential names no end.
    pub expires: Option<Timestamp>,
}

/// The credential in a payload: the whole of it, or in the older form the claim `vc`, completed from the other claims
/// (VC data model 1.1, section 6.3.1).
pub fn credential(payload: &Value) -> Cow<'_, Value> {
    let Some(wrapped) = payload.get("vc") else {
        return Cow::Borrowed(payload);
    };
    let mut credential = wrapped.clone();
    let claim = |name: &str| payload.get(name).cloned();
    let time = |name: &str| {
        payload
            .get(name)
            .and_then(instant)
            .map(|instant| instant.to_string().into())
    };
    if let Some(members) = credential.as_object_mut() {
        complete(members, "id", claim("jti"));
        complete(members, "issuanceDate", time("nbf"));
        complete(members, "expirationDate", time("exp"));
        match members.get_mut("issuer").and_then(Value::as_object_mut) {
            Some(issuer) => complete(issuer, "id", claim("iss")),
            None => complete(members, "issuer", claim("iss")),
        }
        if let Some(subject) = members
            .get_mut("credentialSubject")
            .and_then(Value::as_object_mut)
        {
            complete(subject, "id", claim("sub"));
        }
    }
    Cow::Owned(credential)
}

/// Holds the registered claims against the credential (Open Badges 3.0, section 8.2.5).
///
/// A claim that says something else than the credential is an error; one that is absent is told in the answer.
pub fn claims(payload: &Value) -> Result<Claims, JwtError> {
    let (credential, form) = match payload.get("vc") {
        Some(wrapped) => (wrapped, Form::Wrapped),
        None => (payload, Form::Whole),
    };
    let mut missing = Vec::new();
    for (claim, expected) in [
        ("iss", issuer_id(credential)),
        ("jti", id(credential)),
        ("sub", subject_id(credential)),
    ] {
        match (payload.get(claim), expected) {
            (None, _) => missing.push(claim),
            // In the older form a value may stand in the claims alone.
            (Some(Value::String(_)), None) if form == Form::Wrapped => {}
            (Some(Value::String(value)), Some(expected)) if value == expected => {}
            (Some(_), _) => return Err(JwtError::ClaimMismatch(claim)),
        }
    }
    // Each model has its own names, and the older one reserves those of the newer.
    let (begins, ends) = match form {
        Form::Whole => (
            ["validFrom", "issuanceDate"],
            ["validUntil", "expirationDate"],
        ),
        Form::Wrapped => (
            ["issuanceDate", "validFrom"],
            ["expirationDate", "validUntil"],
        ),
    };
    let not_before = time_claim(payload, "nbf", credential, begins, &mut missing)?;
    let expires = time_claim(payload, "exp", credential, ends, &mut missing)?;
    Ok(Claims {
        missing,
        not_before,
        expires,
    })
}

/// The members of a credential with its claims added (Open Badges 3.0, section 8.2.4.2).
pub(crate) fn added_to(credential: &Value) -> Result<Map<String, Value>, JwtError> {
    let mut members = credential
        .as_object()
        .ok_or(JwtError::NotSignable("it is no object"))?
        .clone();
    if ["proof", "vc", "vp", "iss", "jti", "sub", "nbf", "exp"]
        .iter()
        .any(|name| members.contains_key(*name))
    {
        return Err(JwtError::NotSignable("it has a proof or a claim already"));
    }
    let text =
        |value: Option<&str>, fact| value.map(Value::from).ok_or(JwtError::NotSignable(fact));
    let claims = [
        ("iss", text(issuer_id(credential), "its issuer has no id")?),
        ("jti", text(id(credential), "it has no id")?),
        (
            "sub",
            text(subject_id(credential), "its subject has no id")?,
        ),
        (
            "nbf",
            whole_seconds(credential, "validFrom")?
                .ok_or(JwtError::NotSignable("it has no validFrom"))?,
        ),
    ];
    members.extend(claims.map(|(name, value)| (name.to_owned(), value)));
    if let Some(end) = whole_seconds(credential, "validUntil")? {
        members.insert("exp".to_owned(), end);
    }
    Ok(members)
}

/// Where the credential stands in the payload.
#[derive(PartialEq)]
enum Form {
    /// The payload is the credential (VC data model 2.0).
    Whole,
    /// The claim `vc` is the credential (VC data model 1.1).
    Wrapped,
}

/// Reads a claim that is a time and compares it with the credential's, as instants.
fn time_claim(
    payload: &Value,
    claim: &'static str,
    credential: &Value,
    members: [&str; 2],
    missing: &mut Vec<&'static str>,
) -> Result<Option<Timestamp>, JwtError> {
    let stated = members.iter().find_map(|name| credential.get(*name));
    let Some(value) = payload.get(claim) else {
        // Every credential has a beginning, but not every one an end.
        if stated.is_some() || claim == "nbf" {
            missing.push(claim);
        }
        return Ok(None);
    };
    let instant = instant(value).ok_or(JwtError::ClaimMismatch(claim))?;
    if let Some(stated) = stated {
        let stated = stated.as_str().and_then(|text| Timestamp::parse(text).ok());
        // Others write the credential with fractions of a second, which the claim then lacks.
        if stated.map(Timestamp::unix_seconds) != Some(instant.unix_seconds()) {
            return Err(JwtError::ClaimMismatch(claim));
        }
    }
    Ok(Some(instant))
}

/// A NumericDate (RFC 7519, section 2), to the second.
fn instant(value: &Value) -> Option<Timestamp> {
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64))
        .and_then(Timestamp::from_unix)
}

fn whole_seconds(credential: &Value, name: &'static str) -> Result<Option<Value>, JwtError> {
    const NOT_WHOLE: JwtError =
        JwtError::NotSignable("its validity does not begin and end at whole seconds");
    let Some(value) = credential.get(name) else {
        return Ok(None);
    };
    let stated = value
        .as_str()
        .and_then(|text| Timestamp::parse(text).ok())
        .ok_or(NOT_WHOLE)?;
    // A fraction would be lost in the claim, and strict verifiers compare the two.
    let seconds = stated.unix_seconds();
    if Timestamp::from_unix(seconds) != Some(stated) {
        return Err(NOT_WHOLE);
    }
    Ok(Some(seconds.into()))
}

fn id(credential: &Value) -> Option<&str> {
    credential.get("id")?.as_str()
}

fn issuer_id(credential: &Value) -> Option<&str> {
    let issuer = credential.get("issuer")?;
    issuer.as_str().or_else(|| id(issuer))
}

/// The id of the one subject; with several, no claim can stand for them.
fn subject_id(credential: &Value) -> Option<&str> {
    match credential.get("credentialSubject")? {
        Value::Array(subjects) => match subjects.as_slice() {
            [subject] => id(subject),
            _ => None,
        },
        subject => id(subject),
    }
}

fn complete(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    if let (false, Some(value)) = (members.contains_key(name), value) {
        members.insert(name.to_owned(), value);
    }
}
