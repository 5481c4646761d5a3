//! Changes that another change comes before, made again.

use crate::error::Error;

/// Makes a change again while others change the same things at the same moment, so many times in all. The change reads
/// anew what it rests on, each time; what it comes to last stands.
pub(crate) fn retried<T>(
    attempts: usize,
    mut change: impl FnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    for _ in 1..attempts {
        match change() {
            Err(Error::Conflict { .. }) => {}
            done => return done,
        }
    }
    change()
}
