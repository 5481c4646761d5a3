//! `assay backup` and `assay restore`: everything that the service remembers, written out and put in place again.

use std::path::Path;
use std::process::ExitCode;

use issuer::backup::{self, Backup};
use issuer::config::{Config, IssuerIdentity};
use issuer::http::edge::Clock;
use tracing::warn;

use super::Done;
use crate::start;

/// Writes a backup into a new folder. The service must not run meanwhile: the store is in use by one process at a time.
pub fn write(to: &Path, file: Option<&Path>) -> Done {
    let config = Config::load(file, std::env::vars())?;
    start::write_log(&config.log)?;
    let started = start::from(&config)?;
    let (edge, _upkeep) = started.into_service();
    let runtime = tokio::runtime::Runtime::new()?;
    // Files that nothing refers to any more are removed first: those of who was erased are among them.
    let receiving = edge.receiving();
    if let Err(error) = runtime.block_on(receiving.look_after(Clock::System.now())) {
        warn!("Uploads were not looked after: {error}");
    }
    let app = &edge.app;
    let written = backup::write(app.store.engine(), &app.log, &config.folder, to)?;
    tell("Wrote", &written, to);
    println!("The keys are not in it. Keep copies of them in another place:");
    let jwt = (config.issuer.identity == IssuerIdentity::DidWeb).then_some(&config.keys.jwt);
    let keys = [
        Some(&config.keys.signing),
        jwt,
        Some(&config.keys.log),
        Some(&config.keys.organisations),
    ];
    for key in keys.into_iter().flatten().filter(|key| key.exists()) {
        println!("  {}", key.display());
    }
    println!("Keep log-high-water and erased there as well, always as they are now:");
    println!("  {}", config.folder.display());
    Ok(ExitCode::SUCCESS)
}

/// Puts a backup in place where there is no store.
pub fn restore(from: &Path, file: Option<&Path>) -> Done {
    let config = Config::load(file, std::env::vars())?;
    let restored = backup::restore(from, &config.folder)?;
    tell("Restored", &restored, &config.folder);
    println!("Whoever was erased since is erased again at the next start.");
    Ok(ExitCode::SUCCESS)
}

fn tell(what: &str, backup: &Backup, place: &Path) {
    println!(
        "{what} {} records and {} files of evidence: {}",
        backup.records,
        backup.files,
        place.display()
    );
    println!(
        "The log has {} entries, root {}",
        backup.log.size, backup.log.root
    );
}
