//! `assay demo`: the whole line once, on this machine, through the same doors that everybody uses.
//!
//! Nothing here reaches into the service but the making of its first person, which `assay person`
//! does as well: all else goes through the public interface over HTTP.

mod cast;
mod client;
mod folder;
mod story;
mod teller;
mod title;

use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;

use issuer::fetch::Web;
use issuer::server;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use self::folder::DemoFolder;
use self::story::Story;
use self::teller::Teller;
use crate::command::DemoOptions;
use crate::start::{self, StartError};

/// Tells the story, and serves on until Ctrl-C unless it is told once.
pub fn run(options: &DemoOptions) -> Result<ExitCode, StartError> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(tell(options))
}

async fn tell(options: &DemoOptions) -> Result<ExitCode, StartError> {
    let folder = DemoFolder::open(options.folder.as_deref())?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, folder.port()?.unwrap_or(0))).await?;
    let port = listener.local_addr()?.port();
    folder.keep_port(port)?;
    let config = folder.config(port)?;
    folder.make_keys(&config.keys)?;

    let started = start::from(&config)?;
    let mut teller = Teller::new();
    teller.say(&format!("Folder    {}", folder.describe()));
    teller.say(&format!("Address   {}", config.public_url));
    teller.say(&format!(
        "Issuer    {}",
        started.app.issuers.host().issuer_id()
    ));
    teller.say(&format!("Mail      {}/outbox", config.public_url));
    let first_token = match folder.kept()? {
        Some(_) => None,
        None => Some(cast::register_first(&started.app)?),
    };

    let (edge, upkeep) = started.into_service();
    upkeep.first().await?;
    let stop = Arc::new(Notify::new());
    let stopped = stop.clone();
    let router = issuer::http::router(edge);
    let serving = tokio::spawn(async move {
        server::serve(
            listener,
            router,
            config.limits.connections,
            stopped.notified(),
        )
        .await;
    });

    // The story revokes a badge and looks at once.
    let web = Web::with_development_origin(config.public_url.url()).asking_each_time();
    let mut story = Story::new(config.public_url.url(), &web, &folder, &mut teller);
    if let Err(broken) = story.tell(first_token).await {
        teller.fails(&broken.to_string());
    }
    let as_told = teller.ending();
    if !options.once {
        teller.say("Serving until Ctrl-C.");
        let keeping = tokio::spawn(upkeep.for_ever());
        // An error means that the signal cannot be waited for: then the demo ends here.
        let _ = tokio::signal::ctrl_c().await;
        keeping.abort();
    }
    stop.notify_one();
    // The server's own task neither fails nor is cancelled by anybody else.
    let _ = serving.await;
    Ok(if as_told {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
