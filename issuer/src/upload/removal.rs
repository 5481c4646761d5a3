//! Files that nothing refers to any more, until they are gone from the disk.
//!
//! Whatever lets go of a file notes it in the same commit, and gives its room back there. So a crash leaves
//! neither a file that nobody can ask for nor room that nobody has: upkeep removes what is noted.

use super::receiving::{ReceiveError, Receiving};
use super::{SpaceChange, space};
use crate::app::App;
use crate::error::Error;
use crate::id::OrganisationId;
use crate::store::{StoreError, Stored};
use crate::submission::{Evidence, EvidenceFile};
use schemas::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A file that is to be removed when its time has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// Where its pieces lie in the evidence store.
    pub object_key: String,
    /// From when on nothing can refer to it any more.
    pub due: Timestamp,
}

/// What letting go of a piece of evidence does beside forgetting it.
pub(crate) struct LetGo {
    pub(crate) removals: Vec<Removal>,
    pub(crate) space: SpaceChange,
}

/// Lets go of the files of a piece of evidence, if it has any: they are noted, and their room is given back.
pub(crate) fn let_go(
    app: &App,
    evidence: &Evidence,
    organisation: &OrganisationId,
    now: Timestamp,
) -> Result<LetGo, Error> {
    let files = evidence.content.files();
    let bytes = files.iter().map(|file| file.bytes).sum();
    let removal = |file: &&EvidenceFile| Removal {
        object_key: file.object_key.clone(),
        due: now,
    };
    Ok(LetGo {
        removals: files.iter().map(removal).collect(),
        space: space::without(app, evidence.owner, organisation, bytes)?,
    })
}

/// Files whose time has come.
fn due(app: &App, now: Timestamp) -> Result<Vec<Stored<Removal>>, StoreError> {
    app.store.removals_due(now, super::AT_ONCE)
}

impl Receiving {
    /// Removes the files whose time has come.
    pub async fn remove_due(&self, now: Timestamp) -> Result<(), ReceiveError> {
        for held in self.work(move |app| Ok(due(app, now)?)).await? {
            self.files.delete(&held.value.object_key).await?;
            self.work(move |app| Ok(app.store.end_removal(&held)?))
                .await?;
        }
        Ok(())
    }
}
