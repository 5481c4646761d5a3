//! `assay serve --interop`: the W3C VC-API, until it is told to stop.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use issuer::config::{LogConfig, LogFormat, Mode};
use issuer::fetch::Web;
use issuer::http::edge::Clock;
use issuer::interop::{self, Interop, InteropKeys};
use issuer::public_url::PublicUrl;
use issuer::random::Random;
use issuer::server::{self, Transport};
use issuer::tls;
use tokio::net::TcpListener;
use tracing::info;

use super::serve::told_to_stop;
use super::{Done, InteropOptions};
use crate::start::{self, StartError};

/// Serves until SIGINT or SIGTERM. Nothing is written but the keys, where a folder is given for them.
pub fn run(options: &InteropOptions) -> Done {
    start::write_log(&LogConfig {
        filter: "info".to_owned(),
        format: LogFormat::Text,
    })?;
    let transport = transport(options)?;
    let random = Random::system()?;
    let keys = match &options.keys {
        Some(folder) => InteropKeys::in_folder(folder, &random)?,
        None => InteropKeys::generate(&random)?,
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let public_url = public_url(options, address)?;
        let stop = told_to_stop()?;
        info!("Serving the VC-API at {public_url}/interop on {address}");
        let web = Arc::new(Web::new());
        let interop = Interop::new(public_url, keys, random, Clock::System, web);
        let router = interop::router(interop);
        server::serve_over(listener, transport, router, MOST_CONNECTIONS, stop).await;
        info!("Stopped");
        Ok(ExitCode::SUCCESS)
    })
}

/// Without a certificate nobody but this machine may ask.
fn transport(options: &InteropOptions) -> Result<Transport, StartError> {
    match (&options.certificate, &options.private_key) {
        (Some(certificate), Some(key)) => Ok(Transport::Tls(tls::acceptor(certificate, key)?)),
        _ if options.listen.ip().is_loopback() => Ok(Transport::Plain),
        _ => Err(StartError::Interop(
            "without a certificate it may listen on the loopback interface only",
        )),
    }
}

fn public_url(options: &InteropOptions, address: SocketAddr) -> Result<PublicUrl, StartError> {
    let listening = || {
        let scheme = options.certificate.as_ref().map_or("http", |_| "https");
        format!("{scheme}://{address}")
    };
    let url = options.public_url.clone().unwrap_or_else(listening);
    PublicUrl::new(&url, Mode::Development)
        .map_err(|_| StartError::Interop("the public address is not an origin on the web"))
}

/// A test suite opens a few, and a browser that looks at the list a few more.
const MOST_CONNECTIONS: u32 = 256;
