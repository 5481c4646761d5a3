//! The older list of Open Badges: the ids of revoked credentials in plain JSON (1EdTech Revocation
//! List). Nobody signs it; that it lies at an address the issuer signed is all that speaks for it.

use schemas::json::{self, JsonLimits};
use serde_json::Value;
use url::Url;

use super::{StatusReason, fetched, malformed, text};
use crate::binding::Lookup;
use crate::documents::DocumentKind;
use crate::issuer;
use crate::policy::OldLists;
use crate::reason::Reason;
use crate::report::{CheckedStatus, Halt};

/// A `1EdTechRevocationList` that a badge names.
pub(super) struct RevocationEntry {
    /// The address of the list, as the badge writes it.
    list: String,
    url: Url,
}

impl RevocationEntry {
    pub(super) fn read(entry: &Value, pointer: &str) -> Result<RevocationEntry, Reason> {
        let list = text(entry, "id").unwrap_or_default();
        let url = issuer::web_address(list)
            .ok_or_else(|| malformed(pointer, "it names no list on the web"))?;
        Ok(RevocationEntry {
            list: list.to_owned(),
            url,
        })
    }

    /// Looks the credential up by its id; nothing is told of a list that was let pass.
    pub(super) fn check(
        &self,
        credential: &Value,
        lookup: &Lookup,
        warnings: &mut Vec<Reason>,
    ) -> Result<Option<CheckedStatus>, Halt> {
        let id = text(credential, "id")
            .ok_or_else(|| malformed(&self.list, "the badge has no id to look for"))?;
        let document = match fetched(&self.list, &self.url, DocumentKind::RevocationList, lookup) {
            Ok(document) => document,
            Err(Halt::Unknown(reason @ Reason::Status(StatusReason::Unreachable { .. }), _))
                if lookup.policy.old_lists == OldLists::Warn =>
            {
                warnings.push(reason);
                return Ok(None);
            }
            Err(halt) => return Err(halt),
        };
        let limits = JsonLimits {
            bytes: lookup.policy.limits.status_list_bytes,
            members: lookup.policy.limits.status_list_bytes / 32,
            ..JsonLimits::default()
        };
        let list = json::read(&document.bytes, &limits).map_err(|error| {
            let fault = format!("it cannot be read (`{}`)", error.code());
            malformed(&self.list, &fault)
        })?;
        self.check_issuer(&list, lookup)?;
        match self.entry(&list, id)? {
            Some(entry) => Err(StatusReason::Revoked {
                list: self.list.clone(),
                index: None,
                message: text(entry, "revocationReason").map(shortened),
            }
            .into()),
            None => Ok(Some(CheckedStatus {
                purpose: "revocation".to_owned(),
                list: self.list.clone(),
                index: None,
                value: 0,
                message: None,
            })),
        }
    }

    fn check_issuer(&self, list: &Value, lookup: &Lookup) -> Result<(), Reason> {
        let list_issuer = match list.get("issuer") {
            None => return Ok(()),
            Some(Value::Object(issuer)) => issuer.get("id").and_then(Value::as_str),
            Some(issuer) => issuer.as_str(),
        };
        if list_issuer == Some(lookup.issuer) {
            return Ok(());
        }
        Err(StatusReason::IssuerMismatch {
            list: self.list.clone(),
            issuer: lookup.issuer.to_owned(),
            list_issuer: list_issuer.map(shortened).unwrap_or_default(),
        }
        .into())
    }

    /// The entry that revokes this credential. The member that holds the entries has been spelled in
    /// two ways; a list may use either, or both for readers of both.
    fn entry<'a>(&self, list: &'a Value, id: &str) -> Result<Option<&'a Value>, Reason> {
        let mut is_list = false;
        let mut revokes = None;
        for member in ["revokedCredential", "revokedCredentials"] {
            let entries = match list.get(member) {
                None => continue,
                Some(Value::Array(entries)) => entries.as_slice(),
                Some(one) => std::slice::from_ref(one),
            };
            is_list = true;
            for entry in entries {
                let named = entry.as_str().or_else(|| text(entry, "id"));
                if named.map(str::trim) != Some(id.trim()) {
                    continue;
                }
                match entry.get("revoked") {
                    None | Some(Value::Bool(true)) => revokes = Some(entry),
                    Some(Value::Bool(false)) => {}
                    Some(_) => return Err(malformed(&self.list, "`revoked` is not true or false")),
                }
            }
        }
        if is_list {
            return Ok(revokes);
        }
        Err(malformed(&self.list, "it has no `revokedCredential`"))
    }
}

/// As much of a stranger's text as stands in a sentence.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(500).collect()
}
