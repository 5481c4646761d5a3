//! `assay serve`: the service, until it is told to stop.

use std::future::Future;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use issuer::config::Config;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use super::Done;
use crate::start::{self, Started};

/// Serves until SIGINT or SIGTERM.
pub fn run(file: Option<&Path>) -> Done {
    let config = Config::load(file, std::env::vars())?;
    start::write_log(&config.log)?;
    let started = start::from(&config)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(config.listen).await?;
        serve(started, listener, &config).await
    })
}

async fn serve(started: Started, listener: TcpListener, config: &Config) -> Done {
    let stop = told_to_stop()?;
    let (edge, upkeep) = started.into_service();
    upkeep.first().await?;
    let keeping = tokio::spawn(upkeep.for_ever());
    info!(
        "Serving {} on {}",
        config.public_url,
        listener.local_addr()?
    );
    let router = issuer::http::router(edge);
    issuer::server::serve(listener, router, config.limits.connections, stop).await;
    keeping.abort();
    info!("Stopped");
    Ok(ExitCode::SUCCESS)
}

/// SIGINT or SIGTERM. From here on a signal is a wish to stop in order, also before the first request.
pub(super) fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    let (interrupted, terminated) = (SignalKind::interrupt(), SignalKind::terminate());
    let (mut interrupted, mut terminated) = (signal(interrupted)?, signal(terminated)?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}
