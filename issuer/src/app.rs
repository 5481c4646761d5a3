//! Everything an operation of the service works with.

use crate::catalogue::Catalogue;
use crate::cohort::CohortLimits;
use crate::erasure::ErasureNotes;
use crate::id::RunId;
use crate::issuers::Issuers;
use crate::link::LinkLimits;
use crate::log::Log;
use crate::oauth::OauthLimits;
use crate::organisation::joining::JoinLimits;
use crate::random::Random;
use crate::retention::Retention;
use crate::site::Site;
use crate::status::Fill;
use crate::store::Store;

/// Everything an operation of the service works with. It is put together where the program
/// starts, and nowhere else.
pub struct App {
    /// What the service remembers.
    pub store: Store,
    /// The issuance log in the store.
    pub log: Log,
    /// Who was erased, in a file of its own.
    pub erasures: ErasureNotes,
    /// The keys of every organisation that issues.
    pub issuers: Issuers,
    /// The addresses the service publishes under.
    pub site: Site,
    /// Where random values come from.
    pub random: Random,
    /// How far the current status lists are filled, as far as this process knows.
    pub fill: Fill,
    /// The catalogue as this process holds it.
    pub catalogue: Catalogue,
    /// How often links may be asked for.
    pub link_limits: LinkLimits,
    /// How often codes to join with may be tried.
    pub join_limits: JoinLimits,
    /// How often things may be done in cohorts.
    pub cohort_limits: CohortLimits,
    /// How often applications may register themselves.
    pub oauth_limits: OauthLimits,
    /// What is kept how long.
    pub retention: Retention,
    /// This run of the program, where no other works on the store meanwhile: whatever another run
    /// had begun is nobody's any more.
    pub run: Option<RunId>,
    /// Is told after every step of reviewing, issuing and revoking. Where the service runs for real it
    /// writes a line for debugging; in tests it ends the process.
    pub observer: fn(Step),
}

/// A step of reviewing, issuing or revoking that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reviewing, 1: a version is claimed.
    Claimed,
    /// Reviewing, 2: what one reviewer found is kept, and another looks at it next.
    Scored,
    /// Reviewing, 3: the version is decided; if it is accepted, the award is stored with it.
    Decided,
    /// Issuing, 1: the document is built and linted.
    Linted,
    /// Issuing, 2: the allocation is stored.
    Allocated,
    /// Issuing, 3: both forms are signed.
    Signed,
    /// Issuing, 4: both forms verify.
    Checked,
    /// Issuing, 5: the badge is recorded.
    Recorded,
    /// Letting go, 1: a piece of evidence is removed.
    PieceRemoved,
    /// Letting go, 2: all of it is, and what was written beside it.
    EvidenceRemoved,
    /// Revoking, 1: the badge is found.
    RevocationFound,
    /// Revoking, 2: the status list is signed anew.
    RevocationSigned,
    /// Revoking, 3: the revocation is recorded.
    RevocationRecorded,
}

impl App {
    /// An observer that writes a line for debugging.
    pub fn log_step(step: Step) {
        tracing::debug!(?step, "Done with step {step:?}");
    }

    pub(crate) fn observe(&self, step: Step) {
        (self.observer)(step);
    }
}
