//! Names that are resolved once and judged, and what a failed call says of them and of certificates.

use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use verifier::FetchFailure;

use crate::address;

/// Where names are looked up: the resolver of this machine, or that of a test.
pub trait Names: Send + Sync {
    /// The addresses of a name.
    fn look_up<'a>(&'a self, name: &'a str) -> LookingUp<'a>;
}

/// The addresses of a name, which are being looked up.
pub type LookingUp<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// The resolver of this machine.
pub(super) struct MachinesNames;

impl Names for MachinesNames {
    fn look_up<'a>(&'a self, name: &'a str) -> LookingUp<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|found| found.ip()).collect())
        })
    }
}

/// Resolves a name once, judges every answer, and hands on only what was judged.
///
/// The connection is made to these addresses and no others, so a name that answers differently a
/// moment later gains nothing.
pub(super) struct JudgedNames(pub(super) Arc<dyn Names>);

impl Resolve for JudgedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.0.clone();
        Box::pin(async move {
            let found = names.look_up(name.as_str()).await?;
            let judged = address::judge_all(found).ok_or(Blocked)?;
            // The port is the URL's: reqwest puts it in place of 0.
            let judged = judged
                .into_iter()
                .map(|address| SocketAddr::new(address.ip(), 0));
            Ok(Box::new(judged) as Addrs)
        })
    }
}

/// Names whose addresses are known beforehand.
pub(super) struct KnownNames(HashMap<String, SocketAddr>);

impl KnownNames {
    pub(super) fn new(addresses: HashMap<String, SocketAddr>) -> KnownNames {
        KnownNames(addresses)
    }
}

impl Resolve for KnownNames {
    fn resolve(&self, name: Name) -> Resolving {
        let known = self.0.get(name.as_str()).copied();
        Box::pin(async move {
            let address = known.ok_or(std::io::Error::from(std::io::ErrorKind::NotFound))?;
            Ok(Box::new(std::iter::once(address)) as Addrs)
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the name resolves to an address that is not public")]
struct Blocked;

/// Why a call came to nothing.
pub(super) fn failure(error: reqwest::Error) -> FetchFailure {
    if error.is_timeout() {
        return FetchFailure::Timeout;
    }
    std::iter::successors(error.source(), |cause| inside(*cause))
        .find_map(|cause| {
            if cause.is::<Blocked>() {
                Some(FetchFailure::AddressBlocked)
            } else {
                cause.is::<rustls::Error>().then_some(FetchFailure::Tls)
            }
        })
        .unwrap_or(FetchFailure::Unreachable)
}

/// What an error was made of. One that is wrapped in an `io::Error` is not among its sources.
fn inside<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
    {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}
