//! The JSON interface under `/api/v1`: everything the service does, for programs.

mod badges;
mod catalogue;
pub mod evidence;
mod micro_credentials;
mod organisations;
mod people;
mod reviews;
mod submissions;
mod verification;

use super::route::Route;

/// What is done by people and programs that say who they are.
pub fn with_token() -> Vec<Route> {
    [
        people::routes(),
        organisations::routes(),
        micro_credentials::routes(),
        catalogue::routes(),
        submissions::routes(),
        reviews::routes(),
        badges::routes(),
    ]
    .into_iter()
    .flatten()
    .map(|route| route.below(BASE))
    .collect()
}

/// What anybody may do, from any site.
pub fn for_everybody() -> Vec<Route> {
    let routes = verification::routes().into_iter();
    routes.map(|route| route.below(BASE)).collect()
}

const BASE: &str = "/api/v1";
