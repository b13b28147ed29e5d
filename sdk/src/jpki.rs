//! 公的個人認証サービス: signatures and logins with the certificates of the
//! My Number Card.
//!
//! Both verifiers work in two steps. The first, `check`, looks at everything
//! but revocation and gives an [`Unconfirmed`](crate::revocation::Unconfirmed),
//! of which nothing is readable but whom to ask. The second, `confirm`, takes
//! the [`Status`](crate::revocation::Status) and gives the proof.
//!
//! What people at a counter really meet has codes of its own, each with a text
//! for them in Japanese and English ([`Code::message`](crate::Code::message)):
//!
//! | circumstance | code |
//! |---|---|
//! | no signing certificate on the card, as is the rule under 15 | `jpki.no_certificate` |
//! | the certificate has expired, the card has not | `x509.expired` |
//! | the certificate was renewed, or the card replaced, and the old one is shown | `revoked.superseded` |
//! | the certificate of the other kind | `trust.purpose` |
//! | the answer came too late | `transaction.expired` |
//! | it cannot be checked now | any `revocation.` code |

mod authentication;
mod certificate;
mod challenge;
mod desk;
mod header;
mod holder;
mod profile;
mod proven;
mod reason;
mod signed_document;
mod signing;
mod signing_request;

pub use crate::identity::{CertificateIdentity, Lookup, LookupKey};
pub use authentication::{
    AuthenticationVerifier, ChallengeResponse, PendingAuthentication, VerifiedAuthentication,
};
pub use certificate::{Leaf, PendingCertificate, VerifiedCertificate};
pub use challenge::Challenge;
pub use holder::{Era, Holder, RegisteredText};
pub use profile::{Carrier, Kind, Profile, ProfileTable};
pub use proven::Proven;
pub use reason::{Action, Meaning, MeaningTable, Row, Text};
pub(crate) use signed_document::Form;
pub use signed_document::SignedDocument;
pub use signing::{PendingSignature, SigningVerifier, VerifiedSignature};
pub use signing_request::SigningRequest;
