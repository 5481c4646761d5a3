//! The service description: operations, shapes and names as the standard has them, in words of our own, with what
//! is said of this service.
//!
//! What the standard asks each service to say for itself is put in here: the server, the addresses of OAuth, and
//! the terms.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::{BASE, policy_url, terms_url};
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::oauth::Endpoints;
use crate::oauth::BadgeScope;

/// The description of this service.
pub fn document(edge: &Edge) -> Result<String, HttpError> {
    let endpoints = Endpoints::of(&edge.public_url);
    let (policy, terms) = (policy_url(edge), terms_url(edge));
    let sign = format!("{}/assets/icon.svg", edge.public_url);
    let name = &edge.masthead.issuer_name;
    let mut document = DESCRIPTION.clone();
    document["servers"] = json!([{
        "url": format!("{}{BASE}", edge.public_url),
        "description": format!("The Open Badges API of {name}"),
    }]);
    let info = &mut document["info"];
    info["title"] = json!(name);
    info["termsOfService"] = json!(terms);
    info["x-imssf-privacyPolicyUrl"] = json!(policy);
    info["x-imssf-image"] = json!(sign);
    let scopes: Map<String, Value> = BadgeScope::ALL
        .iter()
        .map(|scope| (scope.to_string(), json!(scope.told())))
        .collect();
    document["components"]["securitySchemes"] = json!({
        "OAuth2ACG": {
            "type": "oauth2",
            "description": "OAuth 2.0, authorization code with PKCE (S256)",
            "x-imssf-name": name,
            "x-imssf-registrationUrl": endpoints.register,
            "x-imssf-privacyPolicyUrl": policy,
            "x-imssf-termsOfServiceUrl": terms,
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": endpoints.authorize,
                    "tokenUrl": endpoints.token,
                    "refreshUrl": endpoints.token,
                    "scopes": scopes,
                },
            },
        },
    });
    serde_json::to_string(&document).map_err(HttpError::fault)
}

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../assets/open_badges_api.json");
    serde_json::from_str(text).expect("the document is part of this program")
});
