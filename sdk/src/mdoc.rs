//! カード代替電磁的記録: the My Number Card in a phone, and other documents of
//! the same make (ISO/IEC 18013-5 and 18013-7).
//!
//! A wallet gets a request, shows it to its holder, and sends back a device
//! response: documents whose elements the issuer made digests of and signed,
//! and a signature of the device over the session in which it was asked. A
//! [`PresentationVerifier`] makes a [`VerifiedPresentation`] of it, or tells
//! the check that failed.
//!
//! # Two steps
//!
//! As everywhere here, `check` looks at all that does not change and gives an
//! [`UnconfirmedPresentation`], of which nothing can be read but what remains to
//! be asked about each document: whether its signer's certificate is revoked,
//! and whether the document itself is. [`confirm`](UnconfirmedPresentation::confirm)
//! takes both answers and a policy about each, and gives the proof.
//!
//! ```
//! use bytes::Bytes;
//! use tashika::mdoc::status::RecordPolicy;
//! use tashika::mdoc::{
//!     Answer, Need, PresentationVerifier, Presented, Requested, RequestedDocument, Retention,
//!     SessionTranscript, VerifiedPresentation, JP_MNC,
//! };
//! use tashika::revocation::{ListSet, Policy, ScopePolicy};
//! use tashika::{Duration, Error, Time};
//!
//! fn requested() -> Result<Requested, Error> {
//!     Requested::one(RequestedDocument::new(JP_MNC)?.element(
//!         "org.iso.23220.1",
//!         "age_over_20",
//!         Retention::NotRetained,
//!         Need::Mandatory,
//!     )?)
//! }
//!
//! fn verify(
//!     verifier: &PresentationVerifier,
//!     lists: &ListSet,
//!     response: &Bytes,
//!     transcript: &SessionTranscript,
//!     now: Time,
//! ) -> Result<VerifiedPresentation, Error> {
//!     let presented = Presented::new(response, transcript);
//!     let unconfirmed = verifier.check(&presented, &requested()?, now)?;
//!     let scope = ScopePolicy::production();
//!     let signers: Vec<_> = unconfirmed
//!         .questions()
//!         .map(|question| lists.status(question.signer(), &scope, now))
//!         .collect();
//!     let answers: Vec<_> = signers.iter().map(Answer::of).collect();
//!     let policy = Policy::strict(Duration::hours(48));
//!     unconfirmed.confirm(&answers, &policy, RecordPolicy::WhereAvailable, now)
//! }
//! ```
//!
//! # Asking
//!
//! [`Requested`] says what is asked for, and every request is written from it.
//! In browsers and apps a [`PendingPresentation`] begins with the request and
//! ends with the answer; in proximity a [`DeviceRequest`] goes into the session.
//! A [`ReaderIdentity`] signs, so that a wallet can say who asks.
//!
//! # Whom to believe
//!
//! Roots (IACA) are anchors of [`Purpose::MdocIssuer`](crate::trust::Purpose),
//! and each store of them vouches for one type of document, under an
//! [`IssuerProfile`]. None is built in. The root of the My Number Card in a
//! phone is to be had from its issuer; whoever runs this confirms its
//! fingerprint out of band and pins it.
//!
//! # One answer, one transaction
//!
//! The [`SessionTranscript`] is what ties an answer to the place, the request
//! and the key that it was made for. It has one constructor for each [`Flow`],
//! and takes what *we* sent; it never takes anything from the answer but what
//! the device had to choose. A request, its keys and its transcript live in one
//! value that is consumed when the answer comes.
//!
//! # What nobody may ask for
//!
//! My Number (個人番号). It cannot be asked for, and a response that carries an
//! element for it is refused and nothing of it kept.
//!
//! # Not assumed
//!
//! A person may hold several records of one card, each with a key of its own,
//! and a new one every month: neither key nor digest finds a person again.
//! A provisional record that was never completed is one that does not verify.

mod age;
pub(crate) mod cbor;
mod certificate_profile;
pub(crate) mod cose;
mod device;
mod element;
mod elements;
pub mod engagement;
pub mod envelope;
pub mod explain;
mod forbidden;
mod issuer;
mod japan;
mod key;
mod mso;
mod pending;
mod presentation;
mod request;
mod requested;
mod response;
pub mod session;
pub mod status;
mod transcript;
mod verifier;

pub use age::{AgeAtLeast, AgeCheck, AgeStatement};
pub use certificate_profile::CertificateProfile;
pub use element::Element;
pub use elements::{
    DateItem, DocumentDate, Elements, ISO_18013, ISO_23220, ISO_23220_JP, Portrait, PortraitCodec,
    TextItem,
};
pub use forbidden::is_forbidden;
pub use issuer::{IssuerProfile, JP_MNC, Lifetime, MDL};
pub use japan::WrittenBirthDate;
pub use key::{Curve, EphemeralKey};
pub use mso::ValidityInfo;
pub use pending::{Offer, PendingPresentation, Received, ReceivedResponse};
pub use presentation::{
    Answer, PendingDocument, Question, UnconfirmedPresentation, VerifiedDocument,
    VerifiedPresentation,
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
