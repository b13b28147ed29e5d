//! Documents that a person signs through the auth app, with the 署名用
//! certificate of the card and its password.
//!
//! ```text
//! SigningToken::request                ─→ the client's own token
//!     .transaction_request(input)      ─→ SignTransaction
//! PendingSigning::begin(transaction)   ─→ URL, browser's secret, PendingSigning ─→ sealed, in a store
//!     .receive(callback, cookie)       ─→ AuthorizedSigning   ─→ token request
//!     .tokens(response)                ─→ SigningTokens       ─→ keys, by the key's name
//!     .verify(keys, now)               ─→ AuthenticatedSigner ─→ result request
//!     .result(response)                ─→ SigningResult
//! ```
//!
//! ```
//! use tashika::auth_app::signing::{
//!     AuthenticatedSigner, BegunSigning, PendingSigning, SignInput, SignTransaction,
//!     SignatureRequest, SignerExpectation, SigningOperator, SigningProfile, SigningResult,
//!     SigningToken, ToSign, VerifiedSigning,
//! };
//! use tashika::auth_app::{Fault, Registration, Subject};
//! use tashika::jpki::SigningVerifier;
//! use tashika::revocation::{Policy, RevocationQuery, Status};
//! use tashika::transaction::Binding;
//! use tashika::{Duration, Time};
//! # type Answer = http::Response<bytes::Bytes>;
//! # type Request = http::Request<bytes::Bytes>;
//!
//! /// Sends somebody who logged in before to sign a contract.
//! fn begin(
//!     (registration, profile): (&Registration, &SigningProfile),
//!     (token, binding): (&SigningToken, Binding),
//!     (contract, who): (&[u8], Subject),
//!     ask: impl Fn(Request) -> Answer,
//! ) -> Result<BegunSigning, Fault> {
//!     let input = SignInput::Sha256DigestInfo(ToSign::document(contract));
//!     let answer = ask(token.transaction_request(registration, profile, &input)?);
//!     let transaction = SignTransaction::read(registration, profile, input, &answer)?;
//!     let request = SignatureRequest::new(SignerExpectation::SameAs(who));
//!     Ok(PendingSigning::begin(binding, registration, transaction, request)?)
//! }
//!
//! /// From the person's tokens to the proof, whichever form the result has.
//! fn finish(
//!     signer: &AuthenticatedSigner,
//!     (registration, profile): (&Registration, &SigningProfile),
//!     (verifier, operator): (&SigningVerifier, &SigningOperator),
//!     (ask, status): (impl Fn(Request) -> Answer, impl Fn(&RevocationQuery) -> Status),
//!     now: Time,
//! ) -> Result<VerifiedSigning, Fault> {
//!     let answer = ask(signer.result_request(registration, profile)?);
//!     match signer.result(profile, &answer)? {
//!         SigningResult::Jwe(sealed) => {
//!             let answer = ask(sealed.request(operator)?);
//!             sealed.verify(operator, &answer)
//!         }
//!         SigningResult::Plain(plain) => {
//!             let unconfirmed = plain.check(verifier, now)?;
//!             let status = status(unconfirmed.query());
//!             let policy = Policy::strict(Duration::hours(48));
//!             Ok(unconfirmed.confirm(&status, &policy, now)?)
//!         }
//!     }
//! }
//! ```
//!
//! With the feature `fetch` an `AuthApp` asks the
//! provider on the way, and an `OperatorClient` the operator.
//!
//! # What a result is worth
//!
//! Nothing, before it is verified: for private relying parties the service does
//! not look at what a card made. Who verifies it depends on what comes.
//!
//! * [`SigningResult::Jwe`] is encrypted for the platform operator. It is handed
//!   to the operator with our own digest, and the operator's word counts if it
//!   repeats digest, transaction and person: [`SealedResult::verify`].
//! * [`SigningResult::Plain`] is verified here with a
//!   [`SigningVerifier`](crate::jpki::SigningVerifier), revocation included:
//!   [`PlainSignature::check`].
//!
//! Both end in a [`VerifiedSigning`], which says who verified it. Until then
//! there is nothing to read: no signature, no certificate, no holder.
//!
//! # What is signed
//!
//! The octets that the service gets, and nothing around them but padding: see
//! [`SignInput`], which is the caller's choice between a standard signature and
//! others.
//!
//! # What is not published
//!
//! The names of members, words and some statuses. They are data, with defaults
//! that refuse what they do not know: [`SigningProfile`], [`OperatorProfile`].

#[cfg(feature = "fetch")]
mod driver;
mod input;
mod names;
mod operator;
mod pending;
mod profile;
mod result;
mod signed;
mod transaction;
mod verified;

#[cfg(feature = "fetch")]
pub use driver::OperatorClient;
pub use input::{RawOctets, SignInput, ToSign};
pub use operator::{
    CertificateRule, OperatorDigest, OperatorMember, OperatorProfile, OperatorVerdict,
    SigningOperator, SubjectRule,
};
pub use pending::{BegunSigning, PendingSigning, SignatureRequest, SignerExpectation};
pub use profile::{OctetEncoding, SigningMember, SigningProfile, SigningState};
pub use result::{PlainSignature, SealedResult, SigningResult};
pub use signed::{AuthenticatedSigner, AuthorizedSigning, SigningTokens};
pub use transaction::{SignTransaction, SigningToken};
pub use verified::{
    OperatorCertificate, OperatorSubject, OperatorWord, UnconfirmedSigning, Verification,
    VerifiedSigning,
};
