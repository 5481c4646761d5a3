//! The ways to sign in beside the mailed link: what the sign-in page offers, and what these pages share.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Response;

use crate::http::edge::Edge;
use crate::link::ReturnPath;
use crate::passkey::RelyingParty;

/// What the sign-in page offers beside the mailed link (`templates/doors.html`).
pub struct Doors {
    /// The identity providers.
    pub providers: Vec<Door>,
    /// Whether the site has a domain, to which passkeys belong.
    pub passkeys: bool,
    /// Where the person was going.
    pub next: Option<ReturnPath>,
}

/// One identity provider.
pub struct Door {
    /// Its name on the button.
    pub name: String,
    /// Where the button leads.
    pub path: String,
}

impl Doors {
    /// What this site offers to somebody who was going there.
    pub fn of(edge: &Edge, next: Option<&ReturnPath>) -> Doors {
        let query = next.map(|next| {
            let mut query = url::form_urlencoded::Serializer::new("?".to_owned());
            query.append_pair("next", next.as_str()).finish()
        });
        let providers = edge.providers.iter().map(|calls| Door {
            name: calls.provider.name.to_string(),
            path: format!(
                "/sign-in/oidc/{}{}",
                calls.provider.id,
                query.as_deref().unwrap_or_default()
            ),
        });
        Doors {
            providers: providers.collect(),
            passkeys: RelyingParty::of(&edge.public_url).is_ok(),
            next: next.cloned(),
        }
    }
}

/// Lets the script of passkeys run on a page: a file of ours, which asks nobody but this site.
pub fn with_script(mut response: Response) -> Response {
    response.headers_mut().insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(WITH_PASSKEY_SCRIPT),
    );
    response
}

const WITH_PASSKEY_SCRIPT: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
     style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
