//! `assay serve`: the service, until it is told to stop.

use std::path::Path;
use std::process::ExitCode;

use issuer::config::Config;
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
        let listener = tokio::net::TcpListener::bind(config.listen).await?;
        info!("Serving {} on {}", config.public_url, config.listen);
        serve(started, listener, config.limits.connections).await
    })
}

async fn serve(started: Started, listener: tokio::net::TcpListener, connections: u32) -> Done {
    let (edge, upkeep) = started.into_service();
    upkeep.first().await?;
    let keeping = tokio::spawn(upkeep.for_ever());
    issuer::server::serve(listener, issuer::http::router(edge), connections, stop()).await;
    keeping.abort();
    info!("Stopped");
    Ok(ExitCode::SUCCESS)
}

/// Done when the process is told to stop.
async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
