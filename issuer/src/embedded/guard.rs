//! What stands between sled and the rest: a panic inside it becomes an ordinary refusal.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Once;

use crate::engine::EngineError;

/// Calls sled, which answers some damage with a panic, and turns that into an ordinary refusal.
pub(super) fn guarded<T>(
    path: &Path,
    call: impl FnOnce() -> sled::Result<T>,
) -> Result<T, EngineError> {
    quiet_guarded_panics();
    let outer = GUARDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    GUARDED.set(outer);
    let corrupt = |reason: String| EngineError::Corrupt {
        path: path.to_owned(),
        reason,
    };
    match outcome {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(source))) => Err(EngineError::Io {
            doing: "use",
            path: path.to_owned(),
            source,
        }),
        Ok(Err(error)) => Err(corrupt(error.to_string())),
        Err(panic) => Err(corrupt(match panic.downcast_ref::<String>() {
            Some(text) => text.lines().next().unwrap_or_default().to_owned(),
            None => panic
                .downcast_ref::<&str>()
                .copied()
                .unwrap_or("unknown")
                .to_owned(),
        })),
    }
}

/// Keeps the panics that `guarded` turns into an error off the error output; all others are printed as ever.
fn quiet_guarded_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                usual(info);
            }
        }));
    });
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}
