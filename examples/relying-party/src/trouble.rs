//! Why a request is refused.

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tashika::Error;
use tashika_tower::Refusal;

use crate::page::{Frame, Problem};

/// Why a request is refused: by the house, or by the sdk.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// By the house.
    Ours(Problem),
    /// By the sdk.
    Sdk(Error),
}

impl Trouble {
    /// The refusal, as a layer would say it.
    #[must_use]
    pub fn respond(&self, frame: &Frame) -> Response {
        match self {
            Self::Ours(problem) => problem.respond(frame),
            Self::Sdk(error) => {
                let refusal = Refusal::new(*error, frame.language);
                refusal.into_response().map(Body::from).into_response()
            }
        }
    }
}

/// JSON, or why there is none.
pub fn told(frame: &Frame, said: Result<Value, Trouble>) -> Response {
    match said {
        Ok(said) => Json(said).into_response(),
        Err(trouble) => trouble.respond(frame),
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Ours(problem)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Sdk(error)
    }
}
