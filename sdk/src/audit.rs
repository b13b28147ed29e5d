//! What is put on record of an outcome, and the chain that shows when a record
//! was changed, added or taken away.
//!
//! A [`Record`] is made of a proof or of a refusal. [`Terms`] write it as an
//! [`Entry`], one line of JSON, and see to it that nothing is kept that the
//! relying party's [`Role`] forbids. A [`Chain`] ties each line to the one before
//! it by a keyed hash, and a [`ChainVerifier`] reads it back.
//!
//! # Members of a record
//!
//! In this order, those that do not apply left out:
//!
//! | member | what it is |
//! |---|---|
//! | `flow` | `signature`, `authentication`, `presentation`, `age`, `login`, `signing`, `session` |
//! | `transaction` | the transaction, 32 hexadecimal digits |
//! | `at`, `at_japan` | when, in RFC 3339, in UTC and with Japan's offset |
//! | `day` | of an age check in place of the four above but `flow`: the day in Japan |
//! | `verdict` | `accepted`, `rejected` or `undetermined` |
//! | `code`, `check` | why it was refused: the code, and the check that failed |
//! | `reason`, `meaning` | of a revocation: its name in RFC 5280, 5.3.1, and what it may mean, in `ja` and `en`; for the operator alone |
//! | `certificate` | the certificate of a card, see below |
//! | `login` | `issuer`, `acr`, and `subject`: the keyed identity of issuer and subject |
//! | `operator` | of a document that was signed through the auth app, if a platform operator verified the signature, and `certificate` is not there: its `url`, what it said of `subject` (`same`, `not_named`) and `certificate` (`valid`, `not_named`), and `signed`, SHA-256 over the document |
//! | `documents` | of a presentation, one by one: `doc_type`, `anchor` (SHA-256), `issuer` and `authority_key_identifier` of its root, `valid_from`, `valid_until` (days in Japan: to the second they tell documents apart), `revocation` (of the signer, as below), `record` (of the document: `status`, `as_of`) |
//! | `age` | `threshold`, `reached` (`yes`, `no`, `unknown`), `statement`, and `doc_type` if it was given |
//! | `method` | the method of 犯収法施行規則6条1項1号: `letter` and `regime`, the days on which it is called so |
//! | `evidence` | commitments to what is kept beside the chain: `label`, `commitment` |
//! | `sdk` | the version of this library |
//!
//! Members of `certificate`:
//!
//! | member | what it is |
//! |---|---|
//! | `kind`, `carrier`, `policy` | `signing` or `authentication`; `card` or `phone`; the policy's OID |
//! | `issuer`, `authority_key_identifier` | SHA-256 over the issuer's name in DER; the identifier of its key |
//! | `keyed`, `key` | the keyed identity ([`Lookup`](crate::jpki::Lookup)), and which key it is under ([`LookupKey::check_value`](crate::jpki::LookupKey::check_value)) |
//! | `valid_from`, `valid_until` | when it begins to be valid; the year in which it ends: the day is the holder's birthday |
//! | `algorithm`, `signed` | the scheme of the signature; SHA-256 over what was signed, if that was here and no `evidence` commits to it |
//! | `revocation` | `status` (`good`, `unchecked`), `method` (`crl`, `ocsp`, `operator`), `number` of the list, `as_of` (thisUpdate), `next_update`, `produced_at`, `reference` of the operator, `freshness`, `flagged` |
//! | `trust` | the version of the set of anchors |
//!
//! What never stands in a record: a PIN, a My Number, a portrait, any of the four
//! items, the subject's name, the serial number, a distribution point (which names
//! a municipality), an element of a document.
//!
//! # Age checks
//!
//! Their record has no transaction, no time but the day, no key and no digest.
//! Its place between others still tells about when it was: who checks ages gives
//! them a chain of their own.

mod chain;
mod evidence;
mod facts;
mod fault;
mod lines;
mod method;
mod record;
mod terms;
mod verify;
mod written;

pub use chain::{Chain, ChainKey, Head, KeyId, WriterId};
pub use evidence::{Evidence, EvidenceCheck, EvidenceCount};
pub use fault::{ChainError, Fault};
pub use method::{InForce, LegalMethod, Means, MethodRow, MethodTable};
pub use record::{Flow, Record};
pub use terms::{Entry, Role, Terms};
pub use verify::{ChainSummary, ChainVerifier, Link, Part};
