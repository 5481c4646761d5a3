//! What reviewers said of each version, by criterion.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::error::Error;
use crate::http::Masthead;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::error::HttpError;
use crate::http::pages::page;
use crate::http::parameter::{Id, Path};
use crate::http::route::{Route, get};
use crate::id::SubmissionId;
use crate::micro_credential::{self, MicroCredential};
use crate::page::PageRequest;
use crate::person::Person;
use crate::review::{self, Decision, Pin, Review, Spot};
use crate::rights::Action;
use crate::rubric::Met;
use crate::submission::{self, State as Stage};
use crate::wording;

pub fn routes() -> Vec<Route> {
    vec![get(
        "/my/submissions/{submission}/feedback",
        Action::ReadSubmission,
        show,
    )]
}

#[derive(Template)]
#[template(path = "submission/feedback.html")]
struct FeedbackPage {
    site: Masthead,
    id: SubmissionId,
    title: String,
    open: bool,
    reviews: Vec<Reviewed>,
}

struct Reviewed {
    version: u32,
    at: String,
    decision: &'static str,
    comment: Option<String>,
    criteria: Vec<Judged>,
}

struct Judged {
    criterion: String,
    level: String,
    met: bool,
    comment: Option<String>,
    pins: Vec<Pinned>,
}

/// A comment on a moment of a recording, or on a page.
struct Pinned {
    place: String,
    href: String,
    comment: String,
}

async fn show(
    State(edge): State<Edge>,
    Caller { person, .. }: Caller,
    Path(Id(id)): Path<Id<SubmissionId>>,
) -> Result<Response, HttpError> {
    let site = edge.masthead.clone();
    let filled = edge
        .work(move |app| FeedbackPage::of(app, &person, id, site))
        .await?;
    page(&filled)
}

impl FeedbackPage {
    fn of(
        app: &App,
        person: &Person,
        id: SubmissionId,
        site: Masthead,
    ) -> Result<FeedbackPage, Error> {
        let submission = submission::of_earner(app, person, id)?;
        let published = micro_credential::published(app, &submission.micro_credential)?;
        let found = review::feedback(app, person, id, &PageRequest::most())?;
        let mut reviews: Vec<_> = found
            .items
            .into_iter()
            .map(|review| Reviewed::of(review, &published))
            .collect();
        reviews.reverse();
        Ok(FeedbackPage {
            site,
            id,
            title: published.content.name.to_string(),
            open: submission.state == Stage::Returned,
            reviews,
        })
    }
}

impl Reviewed {
    fn of(review: Review, published: &MicroCredential) -> Reviewed {
        let id = review.submission;
        let rubric = &published.content.rubric;
        let mut criteria = Vec::new();
        for score in &review.scores {
            let Some(criterion) = rubric.criterion(&score.criterion) else {
                continue;
            };
            let level = criterion.level(&score.level);
            criteria.push(Judged {
                criterion: criterion.name.to_string(),
                level: level.map_or_else(String::new, |level| level.name.to_string()),
                met: criterion.judge(&score.level) == Some(Met::Met),
                comment: score.comment.as_ref().map(ToString::to_string),
                pins: score.pins.iter().map(|pin| Pinned::of(pin, id)).collect(),
            });
        }
        // What is not met yet comes first: that is what there is to do.
        criteria.sort_by_key(|judged| judged.met);
        Reviewed {
            version: review.version,
            at: wording::day(review.finished),
            decision: match review.decision {
                Decision::Accepted { .. } => "Every criterion is met",
                Decision::Returned { .. } => "Not yet",
                Decision::Declined => "Declined",
            },
            comment: review.comment.map(|comment| comment.to_string()),
            criteria,
        }
    }
}

impl Pinned {
    fn of(pin: &Pin, id: SubmissionId) -> Pinned {
        let (place, fragment) = match pin.at {
            Spot::Second(second) => {
                let (minutes, seconds) = (second / 60, second % 60);
                (format!("{minutes:02}:{seconds:02}"), format!("#t={second}"))
            }
            Spot::Page(page) => (format!("page {page}"), format!("#page={page}")),
        };
        let piece = pin.evidence;
        Pinned {
            place,
            href: format!("/my/submissions/{id}/evidence/{piece}{fragment}"),
            comment: pin.comment.to_string(),
        }
    }
}
