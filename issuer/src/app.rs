//! Everything an operation of the service works with.

use crate::random::Random;
use crate::site::Site;
use crate::store::Store;

/// Everything an operation of the service works with. It is put together where the program
/// starts, and nowhere else.
pub struct App {
    /// What the service remembers.
    pub store: Store,
    /// The addresses it publishes under.
    pub site: Site,
    /// Where random values come from.
    pub random: Random,
}
