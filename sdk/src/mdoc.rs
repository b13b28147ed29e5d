//! Presentations of a card in a phone (mdoc).

pub(crate) mod cbor;
