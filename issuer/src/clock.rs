//! Where the service learns what time it is.

use std::time::SystemTime;

use schemas::timestamp::Timestamp;

/// Where a request learns what time it is; read once, where the request enters.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always the same time, so that tests see the same bytes again.
    Fixed(Timestamp),
}

impl Clock {
    /// The time, in whole seconds, which is what a JWT can say (RFC 7519, NumericDate).
    pub fn now(self) -> Timestamp {
        match self {
            Clock::Fixed(now) => now,
            Clock::System => {
                let since = SystemTime::now()
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap_or_default();
                let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
                Timestamp::from_unix(seconds)
                    .expect("a machine's clock shows a time before the year 10000")
            }
        }
    }
}
