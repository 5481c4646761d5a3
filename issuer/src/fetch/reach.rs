//! Which addresses may be called, judged by their text before any name is looked up.

use std::str::FromStr;

use url::{Host, Origin, Url};
use verifier::FetchFailure;

use crate::address::PublicAddress;

/// What may be called: the public web, and what an operator allows beside it.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    private_hosts: Vec<PrivateHost>,
    development: Option<Origin>,
}

/// The way on which an address is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Over the public web: the name's addresses are judged once it is resolved.
    Public,
    /// To a host that the operator named: its addresses may be private.
    Private,
    /// To the one origin on the loopback interface that development allows.
    Development,
}

/// A host of a private network that its operator allows by name, at one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateHost {
    host: Host<String>,
    port: u16,
}

impl Reach {
    /// Reaches the public web and the named hosts.
    pub fn with_private_hosts(private_hosts: Vec<PrivateHost>) -> Reach {
        Reach {
            private_hosts,
            development: None,
        }
    }

    /// Reaches one origin on the loopback interface as well.
    pub fn and_development(self, origin: &Url) -> Reach {
        Reach {
            development: Some(origin.origin()),
            ..self
        }
    }

    pub(super) fn has_private_hosts(&self) -> bool {
        !self.private_hosts.is_empty()
    }

    pub(super) fn has_development(&self) -> bool {
        self.development.is_some()
    }

    /// The way to an address, or why it is not called. Every hop of a redirect passes through here.
    pub fn way(&self, url: &Url) -> Result<Way, FetchFailure> {
        // A user and a password in an address are a trick or a secret; neither is sent on.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchFailure::NotAllowed);
        }
        if self.development.as_ref() == Some(&url.origin()) {
            return Ok(Way::Development);
        }
        if url.scheme() != "https" {
            return Err(FetchFailure::NotAllowed);
        }
        if self.private_hosts.iter().any(|host| host.is_of(url)) {
            return Ok(Way::Private);
        }
        // The URL standard has turned octal, hexadecimal and single numbers into an address by now.
        // The resolver never sees one: it is judged here, and the connection is made to just it.
        let public = match url.host() {
            Some(Host::Ipv4(address)) => PublicAddress::new(address.into()).is_some(),
            Some(Host::Ipv6(address)) => PublicAddress::new(address.into()).is_some(),
            Some(Host::Domain(name)) => !is_local(name),
            None => false,
        };
        if public {
            Ok(Way::Public)
        } else {
            Err(FetchFailure::AddressBlocked)
        }
    }
}

impl PrivateHost {
    /// The host of an address, at the address's port.
    pub fn of(url: &Url) -> Option<PrivateHost> {
        Some(PrivateHost {
            host: url.host()?.to_owned(),
            port: url.port_or_known_default()?,
        })
    }

    fn is_of(&self, url: &Url) -> bool {
        let host = url.host().map(|host| host.to_owned());
        host.as_ref() == Some(&self.host) && url.port_or_known_default() == Some(self.port)
    }
}

impl FromStr for PrivateHost {
    type Err = PrivateHostError;

    /// Reads `badges.example.internal` or `badges.example.internal:8443`. Without a port it is 443:
    /// a host that serves badges may serve at its other ports what no badge shall reach.
    fn from_str(text: &str) -> Result<PrivateHost, PrivateHostError> {
        let url = Url::parse(&format!("https://{text}/")).map_err(|_| PrivateHostError)?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && !text.contains(['/', '\\', '@', '?', '#', '*'])
            && !text.contains(char::is_whitespace);
        match (url.host(), url.port_or_known_default()) {
            (Some(host), Some(port)) if bare => Ok(PrivateHost {
                host: host.to_owned(),
                port,
            }),
            _ => Err(PrivateHostError),
        }
    }
}

/// The text names no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a host, as badges.example.internal or badges.example.internal:8443")]
pub struct PrivateHostError;

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.') || LOCAL_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// Names that are special by RFC 6761, RFC 6762 or use, and never lead to a public host.
const LOCAL_SUFFIXES: [&str; 6] = [
    ".localhost",
    ".local",
    ".internal",
    ".intranet",
    ".home.arpa",
    ".onion",
];
