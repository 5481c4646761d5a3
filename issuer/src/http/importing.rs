//! Looking at badges that were read at another host, in the background: each is verified before it is kept.

use super::edge::Edge;
use super::error::HttpError;
use super::pages::other_hosts::take;
use crate::error::Error;
use crate::hosted::waiting;
use crate::id::PersonId;

/// Looks at some badges of everybody who waits, and says how many. What fails for a fault of ours waits for the
/// next round, and keeps nobody else's from theirs.
pub async fn work_off(edge: &Edge) -> Result<usize, Error> {
    let app = edge.app.clone();
    let open = tokio::task::spawn_blocking(move || app.store.open_imports(PEOPLE)).await;
    // A panic ends with its thread and was written there.
    let open = open.unwrap_or(Ok(Vec::new()))?;
    let mut looked_at = 0;
    for person in open {
        for _ in 0..AT_ONCE {
            match look_at_next(edge, person).await {
                Ok(true) => looked_at += 1,
                Ok(false) => break,
                // The same badge was counted by another process, or its person changed something.
                Err(HttpError::Service(Error::Conflict { .. })) => break,
                Err(error) => {
                    let cause = error.cause().map(ToString::to_string).unwrap_or_default();
                    tracing::error!("An import of badges waits because of {cause}");
                    break;
                }
            }
        }
    }
    Ok(looked_at)
}

async fn look_at_next(edge: &Edge, id: PersonId) -> Result<bool, HttpError> {
    let next = edge.work(move |app| {
        let next = waiting::next(app, id)?;
        if next.is_none() {
            app.store.forget_import(id)?;
        }
        Ok(next)
    });
    let Some((person, source, badge)) = next.await? else {
        return Ok(false);
    };
    // 1. It is verified, and kept. A crash after this looks at it again, and finds it known.
    let came_to = match take(edge, badge, &person, source).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => match error.told_beside_a_form() {
            Some(reason) => Err(reason),
            None => return Err(error),
        },
    };
    // 2. It is counted, and what waited of it is forgotten.
    let now = edge.clock.now();
    edge.work(move |app| waiting::count(app, id, came_to, now))
        .await?;
    Ok(true)
}

/// Turns are taken by so many; the others wait for the next round.
const PEOPLE: usize = 100;

/// Each verification may ask two servers, for some seconds each.
const AT_ONCE: usize = 5;
