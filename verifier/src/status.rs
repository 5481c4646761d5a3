//! Whether the issuer has taken the badge back (W3C Bitstring Status List v1.0, section 3.2).
//!
//! Runs only on a document whose proof holds: otherwise a forged badge could make us call an
//! address of its choosing.

use schemas::json::JsonLimits;
use schemas::timestamp::Timestamp;
use serde_json::Value;
use url::Url;

use crate::binding::Lookup;
use crate::conform;
use crate::decoded::Decoded;
use crate::documents::DocumentKind;
use crate::issuer;
use crate::policy::{Policy, UnknownStatus};
use crate::presented::Presented;
use crate::proof;
use crate::reason::Reason;
use crate::report::{CheckedStatus, Form, Halt};
use crate::status_list::{self, LEAST_ENTRIES, StatusListError};
use crate::validity::Period;

/// The status step: every status that takes a badge away was looked up and is not set; `None` if
/// there is none to look up.
pub(crate) fn check(
    credential: &Value,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Result<Option<Vec<CheckedStatus>>, Halt> {
    let (mut checked, mut failed, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for entry in Entry::all(credential, lookup.policy, warnings)? {
        match entry.check(credential, lookup) {
            Ok(status) => checked.push(status),
            Err(Halt::Fail(reason, _)) => failed.push(reason),
            Err(Halt::Unknown(reason, further)) => {
                unknown.extend([reason].into_iter().chain(further))
            }
        }
    }
    // One status that is set decides, whatever the others would have shown.
    let (mut failed, mut unknown) = (failed.into_iter(), unknown.into_iter());
    match (failed.next(), unknown.next()) {
        (Some(first), _) => Err(Halt::Fail(first, failed.collect())),
        (None, Some(first)) => Err(Halt::Unknown(first, unknown.collect())),
        (None, None) if checked.is_empty() => Ok(None),
        (None, None) => Ok(Some(checked)),
    }
}

/// A `BitstringStatusListEntry`.
struct Entry {
    purpose: Purpose,
    /// The address of the list, as the badge writes it.
    list: String,
    url: Url,
    index: u64,
    size: u8,
}

/// The purposes whose bit takes a badge away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Revocation,
    Suspension,
}

impl Entry {
    /// The entries that have to be looked up; the others are told or end the step.
    fn all(
        credential: &Value,
        policy: &Policy,
        warnings: &mut Vec<Reason>,
    ) -> Result<Vec<Entry>, Halt> {
        let entries: Vec<(String, &Value)> = match credential.get("credentialStatus") {
            None => Vec::new(),
            Some(Value::Array(entries)) => {
                let numbered = entries.iter().enumerate();
                numbered
                    .map(|(index, entry)| (format!("/credentialStatus/{index}"), entry))
                    .collect()
            }
            Some(entry) => vec![("/credentialStatus".to_owned(), entry)],
        };
        if entries.len() > policy.limits.statuses {
            return Err(malformed("/credentialStatus", "there are too many").into());
        }
        let mut known = Vec::new();
        for (pointer, value) in entries {
            match Entry::read(value, &pointer) {
                Ok(Some(entry)) => known.push(entry),
                Ok(None) => warnings.push(Reason::StatusInforms {
                    pointer,
                    purpose: text(value, "statusPurpose").unwrap_or_default().to_owned(),
                }),
                Err(reason @ Reason::StatusUnknown { .. }) => match policy.unknown_status {
                    UnknownStatus::Warn => warnings.push(reason),
                    UnknownStatus::Undetermined => return Err(Halt::Unknown(reason, Vec::new())),
                },
                Err(reason) => return Err(reason.into()),
            }
        }
        Ok(known)
    }

    /// Reads one entry; `None` is one that only informs.
    fn read(entry: &Value, pointer: &str) -> Result<Option<Entry>, Reason> {
        let unknown = |found: &str| Reason::StatusUnknown {
            pointer: pointer.to_owned(),
            found: found.chars().take(64).collect(),
        };
        if !has_type(entry, "BitstringStatusListEntry") {
            let found = entry["type"].as_str().or_else(|| entry["type"][0].as_str());
            return Err(unknown(found.unwrap_or("none")));
        }
        let purpose =
            text(entry, "statusPurpose").ok_or_else(|| malformed(pointer, "it has no purpose"))?;
        let purpose = match purpose {
            "revocation" => Purpose::Revocation,
            "suspension" => Purpose::Suspension,
            "refresh" | "message" => return Ok(None),
            other => return Err(unknown(other)),
        };
        let list = text(entry, "statusListCredential").unwrap_or_default();
        let url = issuer::web_address(list)
            .ok_or_else(|| malformed(pointer, "it names no list on the web"))?;
        if text(entry, "id") == Some(list) {
            return Err(malformed(pointer, "it has the same `id` as its list"));
        }
        let size = match entry.get("statusSize") {
            None => 1,
            Some(size) => size
                .as_u64()
                .and_then(|size| u8::try_from(size).ok())
                .filter(|size| (1..=32).contains(size))
                .ok_or_else(|| malformed(pointer, "`statusSize` is not a number from 1 to 32"))?,
        };
        let index = read_index(&entry["statusListIndex"]).ok_or_else(|| Reason::StatusIndex {
            pointer: format!("{pointer}/statusListIndex"),
        })?;
        Ok(Some(Entry {
            purpose,
            list: list.to_owned(),
            url,
            index,
            size,
        }))
    }

    fn check(&self, credential: &Value, lookup: &Lookup) -> Result<CheckedStatus, Halt> {
        let list = || self.list.clone();
        if text(credential, "id") == Some(self.list.as_str()) {
            return Err(Reason::StatusCycle { list: list() }.into());
        }
        let bits = self.bits(lookup)?;
        if bits.len() * 8 / usize::from(self.size) < LEAST_ENTRIES {
            return Err(malformed(
                self.list.as_str(),
                "the list has fewer than 131 072 entries",
            )
            .into());
        }
        match (
            status_list::read(&bits, self.index, self.size),
            self.purpose,
        ) {
            (None, _) => Err(Reason::StatusIndex {
                pointer: "/credentialStatus/statusListIndex".to_owned(),
            }
            .into()),
            (Some(0), purpose) => Ok(CheckedStatus {
                purpose: purpose.name().to_owned(),
                list: list(),
                index: self.index,
            }),
            (Some(_), Purpose::Revocation) => Err(Reason::Revoked {
                list: list(),
                index: self.index,
            }
            .into()),
            (Some(_), Purpose::Suspension) => Err(Reason::Suspended {
                list: list(),
                index: self.index,
            }
            .into()),
        }
    }

    /// The bits of the list, once the list credential has itself been verified.
    fn bits(&self, lookup: &Lookup) -> Result<Vec<u8>, Halt> {
        let place = self.list.as_str();
        let document = match lookup.documents.answer(&self.url, DocumentKind::StatusList) {
            Some(Ok(document)) => document,
            Some(Err(failure)) => {
                return Err(Halt::Unknown(
                    Reason::StatusUnreachable {
                        list: place.to_owned(),
                        failure: *failure,
                    },
                    Vec::new(),
                ));
            }
            None => {
                return Err(Halt::Unknown(
                    Reason::DocumentMissing {
                        url: self.url.clone(),
                        kind: DocumentKind::StatusList,
                    },
                    Vec::new(),
                ));
            }
        };
        let decoded = decode(&document.bytes, lookup.policy).map_err(|reason| {
            malformed(place, &format!("it cannot be read (`{}`)", reason.code()))
        })?;
        let credential = decoded.document();
        let token_period = self.check_list(&decoded, lookup)?;
        check_period(credential, token_period, place, lookup.now)?;

        let encoded = text(&credential["credentialSubject"], "encodedList")
            .ok_or_else(|| malformed(place, "it has no `encodedList`"))?;
        let limit = lookup.policy.limits.status_list_bytes;
        status_list::decode(encoded, limit).map_err(|error| match error {
            StatusListError::TooLarge { limit } => Halt::from(Reason::StatusTooLarge {
                list: place.to_owned(),
                limit,
            }),
            StatusListError::Malformed { fault } => malformed(place, fault).into(),
        })
    }

    /// The list is a list, from the same issuer, for this purpose, and its proof holds.
    fn check_list(&self, decoded: &Decoded, lookup: &Lookup) -> Result<Period, Halt> {
        let place = self.list.as_str();
        let credential = decoded.document();
        let subject = &credential["credentialSubject"];
        if !conform::begins_with_credentials_v2(credential) {
            return Err(malformed(place, "it does not have the form of VC Data Model 2.0").into());
        }
        if !has_type(credential, "VerifiableCredential")
            || !has_type(credential, "BitstringStatusListCredential")
            || !has_type(subject, "BitstringStatusList")
        {
            return Err(malformed(place, "it is not a `BitstringStatusListCredential`").into());
        }
        if credential.get("id").is_some_and(|id| id != place) {
            return Err(malformed(place, "its `id` is another address").into());
        }
        let list_issuer =
            issuer::id(credential).map_err(|_| malformed(place, "it names no issuer"))?;
        if list_issuer != lookup.issuer {
            return Err(Reason::StatusIssuerMismatch {
                list: place.to_owned(),
                issuer: lookup.issuer.to_owned(),
                list_issuer: list_issuer.to_owned(),
            }
            .into());
        }
        // A warning about a proof of the list says nothing about the badge, so none is passed on.
        let proven = proof::check(decoded, lookup, &mut Vec::new()).map_err(|halt| match halt {
            Halt::Fail(reason, _) => {
                let fault = format!("its proof does not hold (`{}`)", reason.code());
                malformed(place, &fault).into()
            }
            unknown => unknown,
        })?;
        let purposes = &subject["statusPurpose"];
        let name = self.purpose.name();
        let serves = purposes == name
            || purposes
                .as_array()
                .is_some_and(|all| all.iter().any(|purpose| purpose == name));
        if !serves {
            return Err(Reason::StatusPurpose {
                list: place.to_owned(),
                purpose: name.to_owned(),
            }
            .into());
        }
        Ok(proven.token_period)
    }
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Revocation => "revocation",
            Purpose::Suspension => "suspension",
        }
    }
}

/// Reads a list credential, which may be larger than a badge.
fn decode(bytes: &[u8], policy: &Policy) -> Result<Decoded, Reason> {
    let mut limits = policy.limits.clone();
    // The list in base64, and some room for the credential around it.
    limits.text_bytes = limits.status_list_bytes / 3 * 4 + 64 * 1024;
    let presented = Presented::read_text(bytes, &limits)?;
    match presented.form {
        Form::Jwt => Decoded::read_jwt(&presented.text),
        Form::Json => Decoded::read_json(
            &presented.text,
            &JsonLimits {
                bytes: limits.text_bytes,
                string: limits.text_bytes,
                ..JsonLimits::default()
            },
        ),
    }
}

/// An old list says nothing about now: whoever replays one must not make a revoked badge look good.
fn check_period(
    credential: &Value,
    token: Period,
    place: &str,
    now: Timestamp,
) -> Result<(), Halt> {
    let period = Period::read(credential).map_err(|reason| {
        malformed(
            place,
            &format!("its validity cannot be read (`{}`)", reason.code()),
        )
    })?;
    match period.check(now).and_then(|()| token.check(now)) {
        Ok(()) => Ok(()),
        Err(Reason::Expired {
            valid_until, now, ..
        }) => Err(Halt::Unknown(
            Reason::StatusExpired {
                list: place.to_owned(),
                valid_until,
                now,
            },
            Vec::new(),
        )),
        Err(_) => Err(malformed(place, "it is not valid yet").into()),
    }
}

/// The standard's index is a string of digits; the samples of Open Badges write a number.
fn read_index(index: &Value) -> Option<u64> {
    let Value::String(digits) = index else {
        return index.as_u64();
    };
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    if canonical { digits.parse().ok() } else { None }
}

fn has_type(value: &Value, name: &str) -> bool {
    let types = &value["type"];
    types == name
        || types
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == name))
}

fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member)?.as_str()
}

fn malformed(place: &str, fault: &str) -> Reason {
    Reason::StatusMalformed {
        place: place.to_owned(),
        fault: fault.to_owned(),
    }
}
