//! Tashika.

pub mod algorithm;
mod asn1;
mod certificate;
mod code;
mod error;
pub mod limits;
mod message;
pub mod revocation;
mod time;
pub mod trust;
pub mod x509;

pub use code::{CheckId, Code, Disposition};
pub use error::{Error, Trace};
pub use message::{Language, Message};
pub use time::{Duration, Time, Validity};
