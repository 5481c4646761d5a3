//! What the pages do on which somebody sees endorsements of what is theirs: an organisation, and the holder of a badge.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::account::sentence;
use crate::app::App;
use crate::endorsement::asking::{self, Whose};
use crate::endorsement::{Showing, answering};
use crate::error::Error;
use crate::http::caller::Caller;
use crate::http::edge::Edge;
use crate::http::endorsing::Asked;
use crate::http::error::HttpError;
use crate::http::form::Form;
use crate::id::EndorsementId;

/// Asks for an endorsement, as the form says.
pub async fn ask(
    edge: &Edge,
    caller: &Caller,
    whose: Whose,
    asked: Asked,
) -> Result<(), HttpError> {
    let (by, now) = (caller.person.id, edge.clock.now());
    let work = move |app: &App| asked.ask(app, by, &whose, now).map(drop);
    edge.work(work).await
}

/// Says where an endorsement is shown, as the form says.
pub async fn set_showing(
    edge: &Edge,
    caller: &Caller,
    whose: Whose,
    id: EndorsementId,
    form: &Form,
) -> Result<(), HttpError> {
    let chosen = form.text("showing").unwrap_or_default().to_owned();
    let (by, now) = (caller.person.id, edge.clock.now());
    let work = move |app: &App| {
        let wanted = Showing::chosen(&chosen)?;
        answering::show(app, by, &whose, id, wanted, now).map(drop)
    };
    edge.work(work).await
}

/// Takes a request back that nobody has answered.
pub async fn take_back(edge: &Edge, whose: Whose, id: EndorsementId) -> Result<(), HttpError> {
    edge.work(move |app| asking::take_back(app, &whose, id))
        .await
}

/// Leads back to the list once something was done. What the asker can mend they are told beside the list, which
/// `shown` puts together with that sentence.
pub async fn answered<F>(
    done: Result<(), HttpError>,
    list: String,
    shown: impl FnOnce(String) -> F,
) -> Result<Response, HttpError>
where
    F: Future<Output = Result<Response, HttpError>>,
{
    match done {
        Ok(()) => Ok(Redirect::to(&list).into_response()),
        Err(HttpError::Service(problem)) if problem.is_the_askers() => {
            let status = match problem {
                Error::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::CONFLICT,
            };
            Ok((status, shown(sentence(&problem)).await?).into_response())
        }
        Err(error) => Err(error),
    }
}
