//! The issuer's side of the My Number ecosystem, for tests and demonstrations.
//!
//! [`Testbed`] stands in for J-LIS and the municipalities: CAs of both kinds in three
//! generations, cardholders with their cards, revocation lists for each municipality
//! and OCSP responders. Beneath it lie builders in which every field can be changed before
//! it is signed, so that evidence with exactly one defect carries a valid signature.
//!
//! [`mdoc`] does the same for My Number Cards on phones: their issuer, the wallet, and what
//! the wallet asks of a reader.
//!
//! [`auth_app`] is the provider of the auth app, right and wrong.
//!
//! Nothing here is shared with the verifier: encoding, key generation and the RSA
//! private operation are this package's own.
//!
//! ```
//! use tashika_testbed::{Extension, Generation, Kind, Scheme, Hash, Testbed, oid};
//!
//! let testbed = Testbed::from_seed(1, 1_800_000_000);
//! let card = testbed.card(0);
//! let signature = card.sign_raw(Scheme::Pkcs1(Hash::Sha256), b"contract");
//! assert_eq!(signature.len(), 256);
//!
//! // The same certificate, but its key may sign certificates.
//! let authority = testbed.authority(Kind::Signing, Generation::Third);
//! let terms = testbed.terms(card.person(), Kind::Signing, Generation::Third, 0);
//! let defective = authority
//!     .leaf(card.person(), card.signing().key(), &terms)
//!     .extension(Extension::key_usage(&[0, 1, 5]))
//!     .sign(authority.key());
//! assert_ne!(defective, card.signing().certificate());
//! ```

pub mod auth_app;
mod authority;
pub mod calendar;
mod card;
mod certificate;
mod cms;
mod credential;
mod crl;
pub mod der;
mod element;
mod envelope;
mod extension;
mod hash;
mod keys;
mod list;
pub mod mdoc;
mod municipality;
mod name;
mod ocsp;
pub mod oid;
mod operator;
mod person;
mod profile;
pub mod responder;
mod revocation;
mod rng;
mod server;
mod testbed;

pub use authority::{Authority, Generation, Terms};
pub use card::Card;
pub use certificate::CertificateBuilder;
pub use cms::{Attribute, Attributes, CmsBuilder, Encoding, Signer, SignerId};
pub use credential::Credential;
pub use crl::{CrlBuilder, Entry, IssuingDistributionPoint, LargeList, Reason};
pub use extension::{Criticality, Extension, Extensions, distribution_point, policy};
pub use hash::Hash;
pub use keys::{Algorithm, KeyPair, PublicKey, RsaKey, Scheme, pss_identifier};
pub use list::{Identified, List};
pub use municipality::Municipality;
pub use name::{GeneralName, Name};
pub use ocsp::{CertificateId, OcspAnswer, OcspBuilder, OcspQuestion, ocsp_status};
pub use operator::{Link, Operator, Register as OperatorRegister, Word};
pub use person::{Person, birth_date};
pub use profile::{Kind, Profile, subject_item_names, subject_items};
pub use revocation::{Partition, Register, RevocationList};
pub use rng::Rng;
pub use server::{Answer, Ending, Received, Server};
pub use testbed::Testbed;
