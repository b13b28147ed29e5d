//! What is sent to wallets, for every channel from one
//! [`Requested`](super::Requested).
//!
//! A request says what `Requested` says and nothing more, so what may not be
//! asked for cannot be sent either.

mod apple;
mod credentials;
mod dcql;
mod device_request;
mod edition;
mod iso_mdoc;
mod openid4vp;
mod reader;
mod use_case;

pub use apple::{AppleMerchant, AppleRequest};
pub use credentials::DigitalCredentialsRequest;
pub use device_request::DeviceRequest;
pub use edition::{Edition, Purposes};
pub use openid4vp::{ClientAuthentication, ClientIdentifier, ResponseMode};
pub use reader::{ReaderAuthentication, ReaderIdentity};

pub(crate) use dcql::document_of;
pub(crate) use iso_mdoc::{encryption_info, iso_mdoc};
pub(crate) use openid4vp::Parameters;

#[cfg(test)]
pub(crate) mod testing;
