//! The issuer's and the holder's side of mdoc presentations: ISO/IEC 18013-5, TS 18013-7,
//! OpenID4VP 1.0 and Apple's envelope, for My Number Cards on phones and driving licences.
//!
//! [`MdocTestbed`] hands out everything from one seed. Beneath it:
//!
//! | what | where |
//! |---|---|
//! | certificates of issuers, document signers, readers and status signers, and revocation lists | [`Authority`] |
//! | what a document says about a person | [`Elements`], [`elements`] |
//! | issuing: items → digests → signature | [`Issuance`] → [`Digested`] → [`Mdoc`] |
//! | presenting: selection, device signature or MAC | [`Holder`] → [`Presentation`] → [`Response`] |
//! | the transcript of every flow | [`Transcript`] |
//! | proximity: engagement and session encryption | [`Engagement`], [`Session`] |
//! | envelopes: Annex C, Apple, OpenID4VP | [`AnnexC`], [`Apple`], [`Openid4vp`] with [`openid4vp::Jwe`] |
//! | what the wallet checks before it answers | [`DeviceRequest`], [`ReaderTrust`], [`Refusal`] |
//! | a wallet that does all of it | [`Wallet`] |
//! | status lists and identifier lists | [`StatusToken`] |
//! | CBOR and COSE underneath, with any defect | [`Cbor`], [`Sign1`], [`Mac0`] |
//!
//! A defect is made at the step where it belongs, so everything after it is right: what
//! is changed in an [`Issuance`] is digested and signed, in a [`Digested`] it is signed
//! under digests that do not fit, in an [`Mdoc`] or a [`Response`] neither follows.
//!
//! ```
//! use tashika_testbed::mdoc::{Form, MdocTestbed, Response, Transcript, cose, elements};
//!
//! let testbed = MdocTestbed::from_seed(1, 1_800_000_000);
//! let transcript = Transcript::openid4vp_dc_api("https://rp.example", "nonce", None);
//! let present = |mdoc| {
//!     let holder = testbed.japan().with_mdoc(mdoc);
//!     let age = holder.present(&transcript).select(elements::COMMON_NAME_SPACE, &["age_over_20"]);
//!     Response::of(age.signed()).encode()
//! };
//! let issuance = testbed.japan_issuance();
//! let signer = testbed.japan_signer();
//! let good = present(issuance.sign(signer));
//!
//! // The issuer itself says 1 where a truth value belongs.
//! let integer = issuance.clone().item(elements::COMMON_NAME_SPACE, "age_over_20", |item| {
//!     item.set("elementValue", 1)
//! });
//! // The MSO is of another document type, and written with an indefinite length.
//! let other = issuance.digest().mso(|mso| {
//!     mso.set("docType", elements::LICENCE)
//!         .edit("validityInfo", |info| info.formed(Form::Indefinite))
//! });
//! // The algorithm stands in the unprotected header.
//! let unprotected = issuance.digest().sign_with(signer, |sign1| {
//!     sign1.unprotected(cose::label::ALGORITHM, cose::algorithm::ES256)
//! });
//! for mdoc in [integer.sign(signer), other.sign(signer), unprotected] {
//!     assert_ne!(present(mdoc), good);
//! }
//! ```

mod annex_c;
mod apple;
mod authority;
mod cbor;
pub mod cose;
mod derivation;
mod document;
pub mod elements;
mod engagement;
mod holder;
mod hpke;
mod issuance;
pub mod openid4vp;
mod reader;
mod refusal;
mod request;
mod response;
mod session;
mod status;
mod testbed;
mod transcript;
mod wallet;

pub use annex_c::AnnexC;
pub use apple::Apple;
pub use authority::Authority;
pub use cbor::{Cbor, Form};
pub use cose::{Attached, Chain, CoseKey, Mac0, Sign1};
pub use document::Mdoc;
pub use elements::Elements;
pub use engagement::Engagement;
pub use holder::{Holder, Presentation};
pub use hpke::Sealed;
pub use issuance::{Digested, Issuance};
pub use openid4vp::Openid4vp;
pub use reader::{Reader, ReaderTrust};
pub use refusal::Refusal;
pub use request::{Asked, AskedElement, DeviceRequest, DocRequest};
pub use response::Response;
pub use session::{Handover, Session, Side};
pub use status::{StatusToken, claim};
pub use testbed::MdocTestbed;
pub use transcript::Transcript;
pub use wallet::{Proof, Wallet};
