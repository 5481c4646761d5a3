//! The quality of reviewing: training, certifications, calibration, and how far reviewers agree.

mod bodies;
pub mod calibration;
pub mod dashboard;
mod sessions;
pub mod training;
pub mod trying;

use crate::http::route::Route;

pub fn routes() -> Vec<Route> {
    let routes = [
        training::routes(),
        trying::routes(),
        calibration::routes(),
        dashboard::routes(),
    ];
    routes.into_iter().flatten().collect()
}
