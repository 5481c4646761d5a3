//! Taking a presentation that shows that an identifier is its holder's: documents it needs are fetched by the rules
//! for every address that a stranger chose.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use verifier::{DocumentKind, Documents, FetchFailure};

use super::edge::Edge;
use super::error::HttpError;
use crate::fetch::Wanted;
use crate::id::PersonId;
use crate::person::Person;
use crate::person::did::{self, Judged};

/// Binds the identifier that somebody was challenged about, if the presentation answers.
pub(super) async fn bind(
    edge: &Edge,
    person: PersonId,
    presentation: Value,
) -> Result<Person, HttpError> {
    let now = edge.clock.now();
    let deadline = Instant::now() + WHOLE;
    let open = edge.work(move |app| did::open_challenge(app, person, now));
    let asked = Arc::new((open.await?, presentation));
    let (mut documents, mut requests_left) = (Documents::default(), MOST_REQUESTS);
    loop {
        let question = asked.clone();
        let (judged, found) = edge
            .work(move |app| {
                let (challenge, presentation) = question.as_ref();
                let judged = did::judge(app, challenge, presentation, &documents, now)?;
                Ok((judged, documents))
            })
            .await?;
        documents = found;
        let missing = match judged {
            Judged::Good => break,
            Judged::Missing(missing) => missing,
        };
        for request in missing {
            let answer = match (request.kind, requests_left) {
                (DocumentKind::DidDocument, left) if left > 0 => {
                    requests_left = left - 1;
                    let fetching = edge.fetch.fetch(&request.url, Wanted::Part(request.kind));
                    let answer = tokio::time::timeout_at(deadline, fetching).await;
                    answer.unwrap_or(Err(FetchFailure::Budget))
                }
                _ => Err(FetchFailure::Budget),
            };
            documents.insert(request.url, answer);
        }
    }
    edge.work(move |app| did::bind(app, &asked.0, now)).await
}

/// The document of the one identifier that is asked about.
const MOST_REQUESTS: usize = 1;
/// Whoever waits for the answer is a person.
const WHOLE: Duration = Duration::from_secs(10);
