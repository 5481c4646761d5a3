//! A certificate and its key, for a service that speaks TLS itself.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Reads a certificate chain and its private key, both PEM, and gives what accepts connections with them.
///
/// TLS 1.2 and 1.3, HTTP/1.1. A key that others may read is refused, as every key of the service is.
pub fn acceptor(certificate: &Path, private_key: &Path) -> Result<TlsAcceptor, TlsError> {
    let refused = |path: &Path, source| TlsError::Pem {
        path: path.to_owned(),
        source,
    };
    let chain: Vec<CertificateDer> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|source| refused(certificate, source))?;
    let mode = std::fs::metadata(private_key)
        .map_err(|source| refused(private_key, pem::Error::Io(source)))?
        .permissions()
        .mode();
    if mode & OTHERS != 0 {
        return Err(TlsError::Mode {
            path: private_key.to_owned(),
            mode: mode & 0o777,
        });
    }
    let key =
        PrivateKeyDer::from_pem_file(private_key).map_err(|source| refused(private_key, source))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Why no connection can be accepted with a certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds no PEM of the kind.
    #[error("{} cannot be used: {source}", path.display())]
    Pem { path: PathBuf, source: pem::Error },
    /// Others may read the key.
    #[error("the key {} may be read by others (mode {mode:o}): it must be 600", path.display())]
    Mode { path: PathBuf, mode: u32 },
    /// The certificate and the key do not belong together, or are of no kind that is known.
    #[error("the certificate cannot be used: {0}")]
    Certificate(#[from] rustls::Error),
}

impl TlsError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            TlsError::Pem { .. } => "tls.file",
            TlsError::Mode { .. } => "key.file_mode",
            TlsError::Certificate(_) => "tls.certificate",
        }
    }
}

/// The bits of a mode that let anybody but the owner in.
const OTHERS: u32 = 0o077;
