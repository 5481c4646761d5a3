//! How often anybody may call: each person, and each address that nobody known calls from.

use crate::config::RequestRate;
use crate::error::Error;
use crate::id::PersonId;
use crate::limit::Buckets;
use schemas::timestamp::Timestamp;

use super::client::Client;

/// The uses that are left to everybody who calls. The memory they take is bounded.
#[derive(Debug)]
pub struct Rates {
    people: Buckets,
    addresses: Buckets,
}

impl Rates {
    /// Rates for each person and for each address.
    pub fn new(person: RequestRate, address: RequestRate) -> Rates {
        let buckets = |rate: RequestRate| Buckets::filling(rate.at_once, rate.a_second);
        Rates {
            people: buckets(person),
            addresses: buckets(address),
        }
    }

    /// Counts a request of somebody known.
    pub fn person(&self, person: PersonId, now: Timestamp) -> Result<(), Error> {
        self.people.take(&person.to_string(), now)
    }

    /// Counts a request of nobody known.
    pub fn address(&self, client: &Client, now: Timestamp) -> Result<(), Error> {
        self.addresses.take(&client.0, now)
    }
}
