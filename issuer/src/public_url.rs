//! The public address of the service, which stands in every badge for ever.

use std::fmt;

use url::Url;

use crate::config::Mode;

/// The address under which strangers reach the service: every link and identifier begins with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    url: Url,
    base: String,
}

impl PublicUrl {
    /// Takes an origin: `https`, or on the loopback interface `http` too when developing.
    pub fn new(text: &str, mode: Mode) -> Result<PublicUrl, &'static str> {
        let url = Url::parse(text).map_err(|_| "is not a URL")?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare {
            return Err("must be an origin alone: no path, query, fragment or user");
        }
        match (url.scheme(), mode) {
            ("https", _) if url.host().is_some() => {}
            ("http", Mode::Development) if is_loopback(&url) => {}
            ("http", Mode::Development) => {
                return Err("may use http on the loopback interface only");
            }
            _ => return Err("must be an https address"),
        }
        let base = url.as_str().trim_end_matches('/').to_owned();
        Ok(PublicUrl { url, base })
    }

    /// The address without a closing slash, to which a path can be appended.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The address as a URL.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

/// Whether a URL's host is the machine itself, by number or by the one name reserved for it.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
