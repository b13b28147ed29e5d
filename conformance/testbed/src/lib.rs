//! The issuer's side of the My Number ecosystem, for tests and demonstrations.

mod authority;
pub mod calendar;
mod certificate;
mod cms;
mod credential;
mod crl;
pub mod der;
mod envelope;
mod extension;
mod hash;
mod keys;
mod list;
mod municipality;
mod name;
pub mod oid;
mod person;
mod profile;
mod rng;

pub use authority::{Authority, Generation, Terms};
pub use certificate::CertificateBuilder;
pub use cms::{Attribute, Attributes, CmsBuilder, Encoding, Signer, SignerId};
pub use credential::Credential;
pub use crl::{CrlBuilder, Entry, IssuingDistributionPoint, LargeList, Reason};
pub use extension::{Criticality, Extension, Extensions, distribution_point, policy};
pub use hash::Hash;
pub use keys::{Algorithm, KeyPair, RsaKey, Scheme, pss_identifier};
pub use list::{Identified, List};
pub use municipality::Municipality;
pub use name::{GeneralName, Name};
pub use person::{Person, birth_date};
pub use profile::{Kind, Profile, subject_item_names, subject_items};
pub use rng::Rng;
