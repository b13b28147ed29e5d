//! Presentations of a card in a phone (mdoc).

pub(crate) mod cbor;
pub(crate) mod cose;
mod element;
mod forbidden;
mod key;
mod requested;
pub mod status;
mod transcript;

pub use element::Element;
pub use key::{Curve, EphemeralKey};
pub use requested::{AgeEvidence, Need, Requested, RequestedDocument, RequestedElement, Retention};
pub use transcript::{Flow, SessionTranscript};
