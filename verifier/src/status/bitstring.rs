//! Statuses that are bits in a list (W3C Bitstring Status List v1.0, section 3.2; Status List 2021).

use schemas::json::JsonLimits;
use schemas::timestamp::Timestamp;
use serde_json::Value;
use url::Url;

use super::{ListEdition, StatusReason, edition, fetched, has_type, malformed, text, unknown};
use crate::binding::Lookup;
use crate::decoded::Decoded;
use crate::documents::{DocumentKind, Request};
use crate::issuer;
use crate::policy::Policy;
use crate::presented::Presented;
use crate::proof;
use crate::reason::Reason;
use crate::report::{CheckedStatus, DataModel, Form, Halt};
use crate::status_list::{self, LEAST_ENTRIES, StatusListError};
use crate::validity::Period;

/// The standards for lists of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// W3C Bitstring Status List v1.0.
    Bitstring,
    /// Its forerunner, of which badges exist in the field.
    StatusList2021,
}

/// An entry that names a place in a list of bits.
pub(super) struct BitEntry {
    kind: Kind,
    pointer: String,
    purpose: Purpose,
    /// The address of the list, as the badge writes it.
    list: String,
    url: Url,
    index: u64,
    size: u8,
    messages: Vec<(u64, String)>,
}

/// The purposes that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Revocation,
    Suspension,
    Refresh,
    Message,
}

impl BitEntry {
    pub(super) fn read(entry: &Value, pointer: &str, kind: Kind) -> Result<BitEntry, Reason> {
        let purpose =
            text(entry, "statusPurpose").ok_or_else(|| malformed(pointer, "it has no purpose"))?;
        let purpose = match purpose {
            "revocation" => Purpose::Revocation,
            "suspension" => Purpose::Suspension,
            "refresh" => Purpose::Refresh,
            "message" => Purpose::Message,
            other => return Err(unknown(pointer, other)),
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
                .filter(|size| (1..=LARGEST_SIZE).contains(size))
                .ok_or_else(|| malformed(pointer, "`statusSize` is not a number from 1 to 16"))?,
        };
        let index = read_index(&entry["statusListIndex"]).ok_or_else(|| {
            Reason::Status(StatusReason::Index {
                pointer: format!("{pointer}/statusListIndex"),
            })
        })?;
        Ok(BitEntry {
            kind,
            pointer: pointer.to_owned(),
            purpose,
            list: list.to_owned(),
            url,
            index,
            size,
            messages: read_messages(entry, size, pointer)?,
        })
    }

    /// Whether a value other than zero takes the badge away.
    pub(super) fn takes_away(&self) -> bool {
        matches!(self.purpose, Purpose::Revocation | Purpose::Suspension)
    }

    /// Looks up a status on which the badge does not depend, and tells it; gives the list that is
    /// missing.
    pub(super) fn inform(
        &self,
        credential: &Value,
        lookup: &Lookup,
        warnings: &mut Vec<Reason>,
    ) -> Result<Option<CheckedStatus>, Request> {
        let told = self.value(credential, lookup);
        if let Err(Halt::Unknown(Reason::DocumentMissing { url, kind }, _)) = told {
            return Err(Request { url, kind });
        }
        let value = told.ok();
        warnings.push(Reason::Status(StatusReason::Informs {
            pointer: self.pointer.clone(),
            purpose: self.purpose.name().to_owned(),
            value,
            message: value.and_then(|value| self.message(value)),
        }));
        Ok(value.map(|value| self.checked(value)))
    }

    /// Looks up a status that takes the badge away when it is set.
    pub(super) fn check(&self, credential: &Value, lookup: &Lookup) -> Result<CheckedStatus, Halt> {
        let value = self.value(credential, lookup)?;
        if value == 0 {
            return Ok(self.checked(value));
        }
        let (list, index, message) = (self.list.clone(), Some(self.index), self.message(value));
        Err(match self.purpose {
            Purpose::Suspension => StatusReason::Suspended {
                list,
                index,
                message,
            },
            _ => StatusReason::Revoked {
                list,
                index,
                message,
            },
        }
        .into())
    }

    fn checked(&self, value: u32) -> CheckedStatus {
        CheckedStatus {
            purpose: self.purpose.name().to_owned(),
            list: self.list.clone(),
            index: Some(self.index),
            value,
            message: self.message(value),
        }
    }

    /// What the badge says a value means.
    fn message(&self, value: u32) -> Option<String> {
        let own = |(status, _): &&(u64, String)| *status == u64::from(value);
        self.messages
            .iter()
            .find(own)
            .map(|(_, message)| message.clone())
    }

    /// The value at the badge's place in the list.
    fn value(&self, credential: &Value, lookup: &Lookup) -> Result<u32, Halt> {
        if text(credential, "id") == Some(self.list.as_str()) {
            let list = self.list.clone();
            return Err(StatusReason::Cycle { list }.into());
        }
        let bits = self.bits(lookup)?;
        if bits.len() * 8 / usize::from(self.size) < LEAST_ENTRIES {
            let fault = "the list has fewer than 131 072 entries";
            return Err(malformed(self.list.as_str(), fault).into());
        }
        status_list::read(&bits, self.index, self.size).ok_or_else(|| {
            Halt::from(StatusReason::Index {
                pointer: format!("{}/statusListIndex", self.pointer),
            })
        })
    }

    /// The bits of the list, once the list credential has itself been verified.
    fn bits(&self, lookup: &Lookup) -> Result<Vec<u8>, Halt> {
        let place = self.list.as_str();
        let document = fetched(place, &self.url, DocumentKind::StatusList, lookup)?;
        let decoded = decode(&document.bytes, lookup.policy).map_err(|reason| {
            malformed(place, &format!("it cannot be read (`{}`)", reason.code()))
        })?;
        let credential = decoded.document();
        let token_period = self.check_list(&decoded, lookup)?;
        let valid_from = check_period(credential, token_period, place, lookup.now)?;
        if let Some(valid_from) = valid_from {
            let edition = ListEdition::new(place, lookup.issuer, valid_from);
            lookup.documents.note_edition(edition.clone());
            edition::check(&edition, lookup.policy)?;
        }

        let encoded = text(&credential["credentialSubject"], "encodedList")
            .ok_or_else(|| malformed(place, "it has no `encodedList`"))?;
        let limit = lookup.policy.limits.status_list_bytes;
        let bits = self.kind.decode(encoded, limit);
        lookup
            .documents
            .count_bytes(bits.as_ref().map_or(limit, Vec::len));
        bits.map_err(|error| match error {
            StatusListError::TooLarge { limit } => Halt::from(StatusReason::TooLarge {
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
        self.kind.check_form(decoded, place)?;
        if credential.get("id").is_some_and(|id| id != place) {
            return Err(malformed(place, "its `id` is another address").into());
        }
        let list_issuer =
            issuer::id(credential).map_err(|_| malformed(place, "it names no issuer"))?;
        if list_issuer != lookup.issuer {
            return Err(StatusReason::IssuerMismatch {
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
            return Err(StatusReason::Purpose {
                list: place.to_owned(),
                purpose: name.to_owned(),
            }
            .into());
        }
        Ok(proven.token_period)
    }
}

impl Kind {
    fn check_form(self, decoded: &Decoded, place: &str) -> Result<(), Reason> {
        let credential = decoded.document();
        let subject = &credential["credentialSubject"];
        let (is_model, credential_type, list_type, fault) = match self {
            Kind::Bitstring => (
                decoded.model() == Some(DataModel::Vc2),
                "BitstringStatusListCredential",
                "BitstringStatusList",
                "it is not a `BitstringStatusListCredential`",
            ),
            // The older list was published in both forms of the data model.
            Kind::StatusList2021 => (
                matches!(decoded.model(), Some(DataModel::Vc1 | DataModel::Vc2)),
                "StatusList2021Credential",
                "StatusList2021",
                "it is not a `StatusList2021Credential`",
            ),
        };
        if !is_model {
            return Err(malformed(
                place,
                "it does not have the form of the W3C data model",
            ));
        }
        if !has_type(credential, "VerifiableCredential")
            || !has_type(credential, credential_type)
            || !has_type(subject, list_type)
        {
            return Err(malformed(place, fault));
        }
        Ok(())
    }

    fn decode(self, encoded: &str, limit: usize) -> Result<Vec<u8>, StatusListError> {
        match self {
            Kind::Bitstring => status_list::decode(encoded, limit),
            Kind::StatusList2021 => status_list::decode_2021(encoded, limit),
        }
    }
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Revocation => "revocation",
            Purpose::Suspension => "suspension",
            Purpose::Refresh => "refresh",
            Purpose::Message => "message",
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
/// Gives from when on it is valid.
fn check_period(
    credential: &Value,
    token: Period,
    place: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, Halt> {
    let period = Period::read(credential).map_err(|reason| {
        malformed(
            place,
            &format!("its validity cannot be read (`{}`)", reason.code()),
        )
    })?;
    match period.check(now).and_then(|()| token.check(now)) {
        Ok(()) => Ok(period.from().or(token.from())),
        Err(Reason::Expired {
            valid_until, now, ..
        }) => Err(Halt::Unknown(
            Reason::Status(StatusReason::Expired {
                list: place.to_owned(),
                valid_until,
                now,
            }),
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

/// What each value means: one message for each, and needed where there are more than two
/// (W3C Bitstring Status List v1.0, section 2.1).
fn read_messages(entry: &Value, size: u8, pointer: &str) -> Result<Vec<(u64, String)>, Reason> {
    let faulty = |fault| malformed(pointer, fault);
    let messages = match entry.get("statusMessage") {
        None if size == 1 => return Ok(Vec::new()),
        None => return Err(faulty("entries of several bits need a `statusMessage`")),
        Some(Value::Array(messages)) => messages.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    if messages.len() != 1 << size {
        return Err(faulty("`statusMessage` has not one message for each value"));
    }
    let read = |message: &Value| {
        let status = text(message, "status")?.strip_prefix("0x")?;
        let status = u64::from_str_radix(status, 16).ok()?;
        let words = text(message, "message")?.chars().take(500).collect();
        Some((status, words))
    };
    let messages: Option<Vec<_>> = messages.iter().map(read).collect();
    messages
        .ok_or_else(|| faulty("a `statusMessage` has no `status` in hexadecimal, or no `message`"))
}

/// The largest entries: each value has a message, and a badge has room for no more.
const LARGEST_SIZE: u8 = 16;
