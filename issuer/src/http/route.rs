//! One line of the route table: a method, an address, and the action that it does.

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware;
use axum::routing::{self, MethodRouter};

use super::edge::Edge;
use super::gate;
use super::tags::MindsTags;
use crate::rights::Action;

/// One line of the route table. There is no other way to an answer, and none past the gate.
pub struct Route {
    /// The method of the request. What answers GET answers HEAD as well.
    pub method: Method,
    /// The address, with the names of its values in braces.
    pub path: String,
    /// What is done, and so who may do it.
    pub action: Action,
    /// Whether its handler makes a change on the condition of an `If-Match`.
    minds_tags: bool,
    answer: MethodRouter<Edge>,
}

/// Reads something.
pub(super) fn get<H: Handler<T, Edge>, T: 'static>(path: &str, action: Action, answer: H) -> Route {
    Route::new(Method::GET, path, action, routing::get(answer))
}

/// Adds something, or does something.
pub(super) fn post<H: Handler<T, Edge>, T: 'static>(
    path: &str,
    action: Action,
    answer: H,
) -> Route {
    Route::new(Method::POST, path, action, routing::post(answer))
}

/// Writes something whole.
pub(super) fn put<H: Handler<T, Edge>, T: 'static>(path: &str, action: Action, answer: H) -> Route {
    Route::new(Method::PUT, path, action, routing::put(answer))
}

/// Takes something away.
pub(super) fn delete<H: Handler<T, Edge>, T: 'static>(
    path: &str,
    action: Action,
    answer: H,
) -> Route {
    Route::new(Method::DELETE, path, action, routing::delete(answer))
}

/// Goes on with something.
pub(super) fn patch<H: Handler<T, Edge>, T: 'static>(
    path: &str,
    action: Action,
    answer: H,
) -> Route {
    Route::new(Method::PATCH, path, action, routing::patch(answer))
}

/// Says what can be done at an address.
pub(super) fn options<H: Handler<T, Edge>, T: 'static>(
    path: &str,
    action: Action,
    answer: H,
) -> Route {
    Route::new(Method::OPTIONS, path, action, routing::options(answer))
}

/// The router of these lines, each behind the gate.
pub(super) fn router(edge: &Edge, routes: Vec<Route>) -> Router<Edge> {
    routes.into_iter().fold(Router::new(), |router, route| {
        let (action, minds_tags) = (route.action, route.minds_tags);
        let gate = middleware::from_fn_with_state(
            edge.clone(),
            move |State(edge): State<Edge>, mut request: Request, next| {
                if minds_tags {
                    request.extensions_mut().insert(MindsTags);
                }
                gate::pass(edge, action, request, next)
            },
        );
        router.route(&route.path, route.answer.layer(gate))
    })
}

impl Route {
    fn new(method: Method, path: &str, action: Action, answer: MethodRouter<Edge>) -> Route {
        Route {
            method,
            path: path.to_owned(),
            action,
            minds_tags: false,
            answer,
        }
    }

    /// The same, of a handler that makes its change on the condition of an `If-Match`; all others refuse
    /// such a condition, so that none is passed over in silence.
    pub(super) fn minding_tags(self) -> Route {
        Route {
            minds_tags: true,
            ..self
        }
    }

    /// Whether its handler makes a change on the condition of an `If-Match`.
    pub(super) fn minds_tags(&self) -> bool {
        self.minds_tags
    }

    /// The same below another address.
    pub(super) fn below(self, base: &str) -> Route {
        Route {
            path: format!("{base}{}", self.path),
            ..self
        }
    }
}
