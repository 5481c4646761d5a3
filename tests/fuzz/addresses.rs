//! Identifiers and what stands in headers.

use issuer::http::negotiation::Face;
use keys::{DidWeb, did_jwk, did_key};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};

/// A did:key has one spelling, and its document is about itself.
pub fn did_key(data: &[u8]) {
    let Ok(did) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(key) = did_key::decode(did) else {
        assert!(did_key::document(did).is_err() && did_key::verification_method(did).is_err());
        return;
    };
    assert_eq!(did_key::encode(&key).as_deref(), Some(did));
    let document = did_key::document(did).expect("a did:key has a document");
    let method = did_key::verification_method(did).expect("a did:key has a method");
    assert_eq!(document.id(), did);
    assert_eq!(document.assertion_method(), std::slice::from_ref(&method));
    assert_eq!(document.assertion_key(&method).expect("its key").key, key);
}

/// The key of a did:jwk leads back to itself, and no secret is taken for one.
pub fn did_jwk(data: &[u8]) {
    let Ok(did) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(key) = did_jwk::decode(did) else {
        return;
    };
    assert_eq!(did_jwk::decode(&did_jwk::encode(&key)).as_ref(), Ok(&key));
    assert!(key.jwk().get("d").is_none());
    let document = did_jwk::document(did).expect("a did:jwk has a document");
    assert_eq!(document.verification_methods()[0].key, key);
}

/// The address of a did:web shows the host that the DID shows, and leads nowhere else.
pub fn did_web(data: &[u8]) {
    let Ok(did) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(web) = DidWeb::parse(did) else {
        return;
    };
    assert_eq!(web.to_string(), did);
    let url = web.url();
    let authority = did["did:web:".len()..]
        .split(':')
        .next()
        .unwrap_or_default();
    let host = authority.split("%3A").next();
    assert_eq!((url.scheme(), url.host_str()), ("https", host));
    assert!(url.username().is_empty() && url.password().is_none());
    assert!(url.query().is_none() && url.fragment().is_none());
    assert!(url.path().ends_with("/did.json") && !url.path().contains('%'));
    assert!(
        url.path()
            .split('/')
            .skip(1)
            .all(|part| !matches!(part, "" | "." | ".."))
    );
    // What the address says is all that the DID says.
    let port = authority.split_once("%3A").map(|(_, port)| port);
    let expected = format!(
        "https://{}{}{}/did.json",
        host.unwrap_or_default(),
        port.filter(|port| *port != "443")
            .map(|port| format!(":{port}"))
            .unwrap_or_default(),
        match did["did:web:".len() + authority.len()..].replace(':', "/") {
            path if path.is_empty() => "/.well-known".to_owned(),
            path => path,
        }
    );
    assert_eq!(url.as_str(), expected);
}

/// What a browser would like to see never takes the service beyond what it offers.
pub fn accept(data: &[u8]) {
    let offered = [Face::Page, Face::Json];
    if let Ok(value) = HeaderValue::from_bytes(data) {
        let headers = HeaderMap::from_iter([(ACCEPT, value)]);
        let chosen = Face::by_accept(&headers, &offered);
        assert!(chosen.is_none_or(|face| offered.contains(&face)));
    }
    if let Ok(name) = std::str::from_utf8(data) {
        let (stem, _) = Face::by_extension(name);
        assert!(name.starts_with(stem));
    }
}
