//! Whether the digests of related resources are right, as far as the resources are known.

use keys::ResourceDigest;
use schemas::contexts;
use serde_json::Value;

use crate::reason::{Part, Reason};

/// Holds the digests against the contexts that come with this program. Other resources are not fetched: whoever writes
/// a credential would choose whom we call, and nothing that is decided here depends on them. A warning says so.
pub(super) fn check(document: &Value, warnings: &mut Vec<Reason>) -> Result<(), Reason> {
    let resources = match document.get("relatedResource") {
        None => return Ok(()),
        Some(Value::Array(resources)) => resources.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let mut is_unknown = false;
    for (index, resource) in resources.iter().enumerate() {
        let wrong = |member: &str, message: &str| {
            Reason::from(schemas::Finding {
                code: "vc.related_digest",
                pointer: match document["relatedResource"].is_array() {
                    true => format!("/relatedResource/{index}/{member}"),
                    false => format!("/relatedResource/{member}"),
                },
                message: message.to_owned(),
            })
        };
        let id = resource["id"].as_str().unwrap_or_default();
        let known = contexts::all()
            .iter()
            .chain([&contexts::EXAMPLES])
            .find(|context| context.url == id);
        is_unknown |= known.is_none();
        for member in ["digestSRI", "digestMultibase"] {
            let Some(text) = resource[member].as_str() else {
                continue;
            };
            let digest = match member {
                "digestSRI" => ResourceDigest::from_sri(text),
                _ => ResourceDigest::from_multibase(text),
            };
            match (digest, known) {
                // Digests of all lengths and spellings are about; what cannot be compared is only looked at roughly.
                (None, None) if member == "digestSRI" && is_roughly_sri(text) => {}
                (None, _) => return Err(wrong(member, "is not written as a digest")),
                (Some(digest), Some(context)) if !digest.is_of(context.text.as_bytes()) => {
                    return Err(wrong(member, "is not the digest of the resource"));
                }
                _ => {}
            }
        }
    }
    if is_unknown {
        warnings.push(Reason::NotEvaluated {
            part: Part::RelatedResource,
            pointer: "/relatedResource".to_owned(),
        });
    }
    Ok(())
}

/// Whether a text has the grammar of Subresource Integrity, whatever its length (section 3.5).
fn is_roughly_sri(text: &str) -> bool {
    let value = ["sha256-", "sha384-", "sha512-"]
        .iter()
        .find_map(|name| text.strip_prefix(name));
    value.is_some_and(|value| {
        let digits = value.trim_end_matches('=');
        !digits.is_empty()
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte))
    })
}
