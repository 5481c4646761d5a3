//! How long reviews take, in the interface.

use serde::Serialize;
use utoipa::ToSchema;

use crate::review::Turnaround;

/// How long the reviews of an organisation take.
#[derive(Serialize, ToSchema)]
pub struct TurnaroundBody {
    /// How many of the last decisions are counted.
    decided: usize,
    /// The median of the seconds from handing in to the decision; left out while there are few.
    #[serde(skip_serializing_if = "Option::is_none")]
    median_seconds: Option<i64>,
    /// How many versions wait now.
    waiting: usize,
    /// Whether more wait than were counted.
    more_wait: bool,
    /// The median of the seconds for which they have waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    median_age_seconds: Option<i64>,
    /// For how many seconds the oldest has waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_seconds: Option<i64>,
}

/// Where one's own submission stands in the queue.
#[derive(Serialize, ToSchema)]
pub struct PlaceBody {
    /// How many were handed in before and wait still; left out if it does not wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<usize>,
    #[serde(flatten)]
    turnaround: TurnaroundBody,
}

impl PlaceBody {
    pub fn new(before: Option<usize>, turnaround: Turnaround) -> PlaceBody {
        PlaceBody {
            before,
            turnaround: turnaround.into(),
        }
    }
}

impl From<Turnaround> for TurnaroundBody {
    fn from(turnaround: Turnaround) -> TurnaroundBody {
        TurnaroundBody {
            decided: turnaround.decided,
            median_seconds: turnaround.median,
            waiting: turnaround.waiting,
            more_wait: turnaround.more_wait,
            median_age_seconds: turnaround.median_age,
            oldest_seconds: turnaround.oldest,
        }
    }
}
