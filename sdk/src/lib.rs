//! Tashika.

pub mod algorithm;
mod asn1;
mod certificate;
mod cms;
mod code;
mod error;
mod hex;
pub mod jpki;
pub mod limits;
mod message;
pub mod person;
pub mod report;
pub mod revocation;
mod time;
pub mod transaction;
pub mod trust;
pub mod x509;

pub use code::{CheckId, Code, Disposition};
pub use error::{Error, Trace};
pub use message::{Language, Message};
pub use time::{Duration, Time, Validity};
