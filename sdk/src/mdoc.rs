//! Presentations of a card in a phone (mdoc).

pub(crate) mod cbor;
pub(crate) mod cose;
mod key;
mod transcript;

pub use key::{Curve, EphemeralKey};
pub use transcript::{Flow, SessionTranscript};
