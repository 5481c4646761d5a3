//! The page that says how far the reviewers of an organisation agree.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::shown::{Figures, percent};
use super::{Head, name_of, page};
use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::OrganisationId;
use crate::quality::agreement::FEW;
use crate::quality::dashboard::{self, FEW_REVIEWS, OnReviewer};
use crate::rights::Action;
use crate::wording::time;

pub fn routes() -> Vec<Route> {
    vec![get(
        "/organisations/{organisation}/quality",
        Action::ReadQuality,
        open,
    )]
}

#[derive(Template)]
#[template(path = "quality/agreement.html")]
struct AgreementPage<'a> {
    site: &'a Masthead,
    head: Head,
    decided: usize,
    scored_twice: usize,
    few: usize,
    few_reviews: usize,
    criteria: Vec<(String, String, Figures)>,
    reviewers: Vec<Reviewer>,
}

struct Reviewer {
    name: String,
    you: bool,
    reviews: usize,
    median: Option<String>,
    figures: Figures,
    months: Vec<(String, Figures)>,
    /// What the last month says against those before.
    change: Option<String>,
    alarming: bool,
}

async fn open(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(organisation)): Path<Id<OrganisationId>>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    edge.work(move |app| {
        let found = dashboard::shown_to(app, &person, &organisation)?;
        let mut reviewers = Vec::new();
        for one in &found.reviewers {
            reviewers.push(Reviewer::of(app, one, person.is(one.person))?);
        }
        let criteria = found.criteria.into_iter();
        let shown = AgreementPage {
            site: &site,
            head: Head::of(app, person.id, &organisation)?,
            decided: found.decided,
            scored_twice: found.scored_twice,
            few: FEW,
            few_reviews: FEW_REVIEWS,
            criteria: criteria
                .map(|one| (one.title, one.name, Figures::of(&one.agreement)))
                .collect(),
            reviewers,
        };
        Ok(page(&shown))
    })
    .await?
}

impl Reviewer {
    fn of(app: &App, one: &OnReviewer, you: bool) -> Result<Reviewer, Error> {
        let months = one.drift.months.iter();
        let change = one.drift.change.map(|change| {
            let (points, way) = (
                percent(change.abs()),
                if change < 0.0 { "less" } else { "more" },
            );
            let points = points.trim_end_matches(" %");
            format!("In the last month {points} points {way} than before.")
        });
        Ok(Reviewer {
            name: name_of(app, one.person)?,
            you,
            reviews: one.reviews,
            median: one.median.map(time::length),
            figures: Figures::of(&one.agreement),
            months: months
                .map(|one| (one.month.to_string(), Figures::of(&one.agreement)))
                .collect(),
            change,
            alarming: one.drift.is_alarming(),
        })
    }
}
