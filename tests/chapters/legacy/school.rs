//! The school of Open Badges 2.0, asked about its badges.

use verifier::{Outcome, Policy, Reason, Report, StepName};

use crate::web::Web;

pub use crate::forge::school::*;

/// The web on which the school keeps all this, where its profile names one key alone.
pub fn school() -> Web {
    let mut web = Web::read();
    web.serve(ISSUER, profile().to_string());
    web
}

pub fn verify(web: &Web, presented: &str) -> Report {
    web.verify(presented.as_bytes(), &Policy::default())
}

pub fn warnings(report: &Report) -> Vec<&'static str> {
    report.warnings().iter().map(Reason::code).collect()
}

pub fn step(report: &Report, name: StepName) -> &Outcome {
    let mut steps = report.steps().iter();
    &steps
        .find(|step| step.name == name)
        .expect("a step")
        .outcome
}
