//! What is sent: the message of an event, and its signatures (Standard Webhooks 1.0).

use super::Secrets;
use crate::app::App;
use crate::error::Error;
use crate::event::{About, Recorded};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use schemas::timestamp::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

/// A message ready to be sent.
pub struct Message {
    /// Where it goes.
    pub address: Url,
    /// The headers that the standard asks for.
    pub headers: [(&'static str, String); 3],
    /// What it says.
    pub body: String,
}

/// What an event is told as: what was done to what, and when. It has no names, no addresses and no words
/// of anybody, and is the same each time it is sent.
pub fn body(app: &App, recorded: &Recorded) -> Result<String, Error> {
    let event = &recorded.event;
    let mut data = about(app, &event.about)?;
    data["event"] = json!(recorded.id);
    data["organisation"] = json!(event.organisation);
    let message = json!({
        "type": event.kind,
        "timestamp": event.at,
        "data": data,
    });
    Ok(message.to_string())
}

fn about(app: &App, about: &About) -> Result<Value, Error> {
    Ok(match about {
        About::Organisation => json!({}),
        About::Person(person) => json!({ "person": person }),
        About::Member { person, roles } => json!({ "person": person, "roles": roles }),
        About::MicroCredential(id) => {
            json!({ "micro_credential": id, "url": app.site.achievement(id) })
        }
        About::Adoption {
            micro_credential,
            adopter,
        } => json!({ "micro_credential": micro_credential, "adopter": adopter }),
        About::Submission {
            submission,
            version,
        } => json!({ "submission": submission, "version": version }),
        About::Award(award) => json!({ "award": award }),
        About::Badge(badge) => json!({ "badge": badge, "url": app.site.badge(*badge) }),
        About::Endorsement(id) => {
            json!({ "endorsement": id, "url": app.site.endorsement(*id) })
        }
        About::Webhook(webhook) => json!({ "webhook": webhook }),
    })
}

/// The headers of a message: its identifier, the time of this attempt, and a signature by each secret
/// that is good now.
pub fn headers(
    identifier: &str,
    secrets: &Secrets,
    body: &str,
    now: Timestamp,
) -> [(&'static str, String); 3] {
    let seconds = now.unix_seconds().to_string();
    let signed = format!("{identifier}.{seconds}.{body}");
    let secrets = secrets.at(now);
    let signatures: Vec<_> = secrets
        .iter()
        .map(|secret| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes())
                .expect("an HMAC takes keys of every length");
            mac.update(signed.as_bytes());
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        })
        .collect();
    [
        ("webhook-id", identifier.to_owned()),
        ("webhook-timestamp", seconds),
        ("webhook-signature", signatures.join(" ")),
    ]
}
