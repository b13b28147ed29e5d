//! Presentations of a card in a phone (mdoc).

pub(crate) mod cbor;
mod element;
pub mod status;

pub use element::Element;
