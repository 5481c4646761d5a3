//! The secret that messages are signed with.

use crate::random::Random;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A secret that messages are signed with, shared with whoever receives them.
pub struct WebhookSecret(Zeroizing<[u8; BYTES]>);

impl WebhookSecret {
    /// Draws a new secret.
    pub fn draw(random: &Random) -> WebhookSecret {
        WebhookSecret(Zeroizing::new(random.bytes()))
    }

    /// The secret as its receiver writes it down (Standard Webhooks), once.
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(*self.0))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn read(text: &str) -> Option<WebhookSecret> {
        let bytes = Zeroizing::new(STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?);
        Some(WebhookSecret(Zeroizing::new(
            bytes.as_slice().try_into().ok()?,
        )))
    }
}

/// The secrets of a webhook as they are kept. Whoever signs needs them as they are, so no digest will do.
#[derive(Serialize, Deserialize)]
pub struct Secrets {
    current: String,
    former: Option<Former>,
}

#[derive(Serialize, Deserialize)]
struct Former {
    secret: String,
    until: Timestamp,
}

impl Secrets {
    pub(super) fn first(secret: &WebhookSecret) -> Secrets {
        Secrets {
            current: secret.expose(),
            former: None,
        }
    }

    /// With another one in place of the current one, which is good for a while.
    pub(super) fn rotated(&self, secret: &WebhookSecret, now: Timestamp) -> Secrets {
        Secrets {
            current: secret.expose(),
            former: Some(Former {
                secret: self.current.clone(),
                until: now.plus_seconds(FORMER_LASTS),
            }),
        }
    }

    /// Those that messages are signed with now, the current one first.
    pub(super) fn at(&self, now: Timestamp) -> Vec<WebhookSecret> {
        let former = self.former.iter().filter(|former| now < former.until);
        let former = former.map(|former| former.secret.as_str());
        let all = std::iter::once(self.current.as_str()).chain(former);
        all.filter_map(WebhookSecret::read).collect()
    }
}

/// Standard Webhooks: between 24 and 64 bytes, shown in base64 after this word.
const BYTES: usize = 32;
const PREFIX: &str = "whsec_";

/// A day, in seconds, to put the new one in place.
const FORMER_LASTS: i64 = 24 * 60 * 60;
