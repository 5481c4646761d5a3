//! Whether the issuer has taken the badge back.
//!
//! Runs only on a document whose proof holds: otherwise a forged badge could make us call an
//! address of its choosing.

mod bitstring;
mod edition;
mod reason;
pub(crate) mod revocation_list;

use serde_json::Value;
use url::Url;

use self::bitstring::{BitEntry, Kind};
use self::revocation_list::RevocationEntry;
use crate::binding::Lookup;
use crate::documents::{Document, DocumentKind, Request};
use crate::policy::{Policy, UnknownStatus};
use crate::reason::Reason;
use crate::report::{CheckedStatus, Halt};

pub use edition::ListEdition;
pub(crate) use reason::CODES;
pub use reason::StatusReason;

/// What the statuses of a badge that stands told.
pub(crate) struct Statuses {
    /// The statuses that were looked up and take nothing away.
    pub(crate) checked: Vec<CheckedStatus>,
    /// Lists that would tell more, and on which nothing depends.
    pub(crate) wanted: Vec<Request>,
}

/// The status step: every status that takes a badge away was looked up and is not set; `None` if
/// there is none to look up.
pub(crate) fn check(
    credential: &Value,
    lookup: &Lookup,
    warnings: &mut Vec<Reason>,
) -> Result<Option<Statuses>, Halt> {
    let (mut checked, mut wanted) = (Vec::new(), Vec::new());
    let (mut failed, mut unknown) = (Vec::new(), Vec::new());
    for (pointer, entry) in entries(credential, lookup.policy)? {
        let told = match Entry::read(entry, &pointer) {
            Ok(Entry::Bits(entry)) if !entry.takes_away() => {
                match entry.inform(credential, lookup, warnings) {
                    Ok(status) => checked.extend(status),
                    Err(request) => wanted.push(request),
                }
                continue;
            }
            Ok(Entry::Bits(entry)) => entry.check(credential, lookup).map(Some),
            Ok(Entry::Listed(entry)) => entry.check(credential, lookup, warnings),
            Err(reason @ Reason::Status(StatusReason::Unknown { .. })) => {
                match lookup.policy.unknown_status {
                    UnknownStatus::Warn => {
                        warnings.push(reason);
                        continue;
                    }
                    UnknownStatus::Undetermined => Err(Halt::Unknown(reason, Vec::new())),
                }
            }
            Err(reason) => Err(reason.into()),
        };
        match told {
            Ok(status) => checked.extend(status),
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
        (None, None) if checked.is_empty() && wanted.is_empty() => Ok(None),
        (None, None) => Ok(Some(Statuses { checked, wanted })),
    }
}

/// One `credentialStatus` that can be looked up.
enum Entry {
    Bits(BitEntry),
    Listed(RevocationEntry),
}

impl Entry {
    fn read(entry: &Value, pointer: &str) -> Result<Entry, Reason> {
        if has_type(entry, "BitstringStatusListEntry") {
            return BitEntry::read(entry, pointer, Kind::Bitstring).map(Entry::Bits);
        }
        if has_type(entry, "StatusList2021Entry") {
            return BitEntry::read(entry, pointer, Kind::StatusList2021).map(Entry::Bits);
        }
        if has_type(entry, "1EdTechRevocationList") {
            return RevocationEntry::read(entry, pointer).map(Entry::Listed);
        }
        let found = entry["type"].as_str().or_else(|| entry["type"][0].as_str());
        Err(unknown(pointer, found.unwrap_or("none")))
    }
}

/// The statuses of a badge, each with its place.
fn entries<'a>(credential: &'a Value, policy: &Policy) -> Result<Vec<(String, &'a Value)>, Reason> {
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
        return Err(malformed("/credentialStatus", "there are too many"));
    }
    Ok(entries)
}

/// The document of a list, if it could be had.
pub(crate) fn fetched<'a>(
    list: &str,
    url: &Url,
    kind: DocumentKind,
    lookup: &Lookup<'a>,
) -> Result<&'a Document, Halt> {
    let reason = match lookup.documents.answer(url, kind) {
        Some(Ok(document)) => return Ok(document),
        Some(Err(failure)) => Reason::Status(StatusReason::Unreachable {
            list: list.to_owned(),
            failure: *failure,
        }),
        None => Reason::DocumentMissing {
            url: url.clone(),
            kind,
        },
    };
    Err(Halt::Unknown(reason, Vec::new()))
}

pub(crate) fn has_type(value: &Value, name: &str) -> bool {
    let types = &value["type"];
    types == name
        || types
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == name))
}

pub(crate) fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member)?.as_str()
}

fn unknown(pointer: &str, found: &str) -> Reason {
    Reason::Status(StatusReason::Unknown {
        pointer: pointer.to_owned(),
        found: found.chars().take(64).collect(),
    })
}

pub(crate) fn malformed(place: &str, fault: &str) -> Reason {
    Reason::Status(StatusReason::Malformed {
        place: place.to_owned(),
        fault: fault.to_owned(),
    })
}
