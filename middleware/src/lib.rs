//! How the verifier meets HTTP: a refusal as a response, a proof as an
//! extension of the request.
//!
//! This version holds the two types that every layer in front of a service
//! needs. It holds no layers.
//!
//! ```
//! use http::StatusCode;
//! use tashika::{Code, Error, Language};
//! use tashika_tower::Refusal;
//!
//! let refusal = Refusal::new(Error::new(Code::RevocationStale), Language::English);
//! let response = refusal.into_response();
//! assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
//! assert!(response.headers().contains_key(http::header::RETRY_AFTER));
//! ```

mod refusal;
mod verified;

pub use refusal::Refusal;
pub use verified::Verified;
