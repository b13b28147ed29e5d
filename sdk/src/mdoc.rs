//! Presentations of a card in a phone (mdoc).

pub(crate) mod cbor;
mod certificate_profile;
pub(crate) mod cose;
mod device;
mod element;
pub mod envelope;
mod forbidden;
mod issuer;
mod key;
mod mso;
mod presentation;
mod request;
mod requested;
mod response;
pub mod status;
mod transcript;
mod verifier;

pub use certificate_profile::CertificateProfile;
pub use element::Element;
pub use issuer::{IssuerProfile, JP_MNC, Lifetime, MDL};
pub use key::{Curve, EphemeralKey};
pub use mso::ValidityInfo;
pub use presentation::{
    PendingDocument, Question, UnconfirmedPresentation, VerifiedDocument, VerifiedPresentation,
};
pub use request::{
    AppleMerchant, AppleRequest, ClientAuthentication, ClientIdentifier, DeviceRequest,
    DigitalCredentialsRequest, Edition, Purposes, ReaderAuthentication, ReaderIdentity,
    ResponseMode,
};
pub use requested::{AgeEvidence, Need, Requested, RequestedDocument, RequestedElement, Retention};
pub use response::DeviceResponse;
pub use transcript::{Flow, SessionTranscript};
pub use verifier::{PresentationVerifier, Presented};
