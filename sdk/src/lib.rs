//! Tashika.

pub mod algorithm;
mod asn1;
mod certificate;
mod code;
mod error;
mod hex;
pub mod limits;
mod message;
pub mod person;
mod time;
pub mod transaction;
pub mod trust;
pub mod x509;

pub use code::{CheckId, Code, Disposition};
pub use error::{Error, Trace};
pub use message::{Language, Message};
pub use time::{Duration, Time, Validity};
