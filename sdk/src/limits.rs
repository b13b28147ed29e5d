//! Budgets: how much of anything is read from outside, and why that much.

use crate::time::Duration;

/// A certificate, in octets. Card certificates are under 2 KiB; certificates
/// with an RSA-4096 key and every extension of the profile stay under 4 KiB.
pub const CERTIFICATE: usize = 16 * 1024;

/// Extensions in one certificate or list. Card certificates carry nine.
pub const EXTENSIONS: usize = 32;

/// Octets of a serial number (RFC 5280, 4.1.2.2).
pub const SERIAL: usize = 20;

/// Distribution points in a certificate, and names in each. A card
/// certificate has one with one name.
pub const DISTRIBUTION_POINTS: usize = 8;

/// Anchors in one store: two kinds, four generations and the test hierarchies
/// fit many times over.
pub const ANCHORS: usize = 64;

/// A CMS message, in octets, with its content if that is attached: scanned
/// documents reach some tens of megabytes. A larger document is supplied
/// beside its message, and is the caller's to bound.
pub const CMS: usize = 64 * 1024 * 1024;

/// Certificates carried in a CMS message: the signer's and a chain.
pub const CMS_CERTIFICATES: usize = 4;

/// Signed attributes of a CMS signer. Common software writes three to six.
pub const CMS_ATTRIBUTES: usize = 32;

/// Nesting of a BER message. SignedData of our profile needs ten levels.
pub const NESTING: usize = 16;

/// A revocation list that is read into memory at once, in octets: the largest
/// cities have some hundred thousand entries of under 40 octets each.
pub const CRL: usize = 64 * 1024 * 1024;

/// Entries of a revocation list that is read into memory at once.
pub const CRL_ENTRIES: usize = 4_000_000;

/// Revocation lists held in memory at once: two kinds, 1,741 municipalities
/// and two generations of keys fit.
pub const CRL_SET: usize = 8192;

/// Entries of the lists held in memory at once, with those that lists have
/// dropped.
pub const CRL_SET_ENTRIES: usize = 4 * CRL_ENTRIES;

/// A revocation list that is read piece by piece into an index, in octets: what
/// four octets of length can say. All 23 million entries that one kind of card
/// certificate has in the country take 0.9 GiB.
pub const CRL_STREAM: u64 = u32::MAX as u64;

/// Entries of a revocation list that is read piece by piece: twice the entries
/// of both kinds in the country. The shortest entries fill
/// [`CRL_STREAM`] with more, and would cost 16 octets of memory each before the
/// signature is known to be good.
pub const CRL_STREAM_ENTRIES: u64 = 64_000_000;

/// What a list that is read piece by piece may have in one piece, in octets:
/// one entry, what stands before the entries, and what stands behind them.
/// Each of them takes some hundred.
pub const CRL_STREAM_PART: usize = 1024 * 1024;

/// Partitions in a store: two kinds, 1,741 municipalities and four generations
/// of keys fit. Their manifest stays under ten megabytes.
pub const CRL_STORE: usize = 16_384;

/// Octets of a list's number (RFC 5280, 5.2.3).
pub const CRL_NUMBER: usize = 20;

/// An OCSP response, in octets: its certificates, its answers and their
/// extensions fit. Common responses are of 2 KiB.
pub const OCSP: usize = 128 * 1024;

/// Answers in an OCSP response. One is asked for; responders that answer for
/// a whole page of certificates are none of ours.
pub const OCSP_ANSWERS: usize = 16;

/// Certificates in an OCSP response: the responder's, and a chain that is not
/// looked at.
pub const OCSP_CERTIFICATES: usize = 4;

/// Octets of a nonce in an OCSP response (RFC 9654, 2.1).
pub const OCSP_NONCE: usize = 128;

/// A challenge or signing request, in octets: twice its longest form.
pub const TRANSACTION: usize = 4 * 1024;

/// The sealed state of an open transaction, in octets: what asks for every
/// element of four documents fits, and common ones have one kilobyte.
pub const TRANSACTION_STATE: usize = 64 * 1024;

/// The body of an answer over HTTP, in octets, unless a request says
/// otherwise: an OCSP response with four certificates stays under 16 KiB.
pub const HTTP_BODY: u64 = 256 * 1024;

/// A platform operator's answer, in octets: its longest form with all links
/// stays under 16 KiB.
pub const OPERATOR_ANSWER: usize = 64 * 1024;

/// Links in an operator's answer: two kinds, two carriers and eight renewals.
pub const OPERATOR_LINKS: usize = 32;

/// Revoked certificates that are remembered: as many as were presented, not as
/// many as there are. With their keys some 30 MB.
pub const TOMBSTONES: usize = 262_144;

/// Verified answers that are kept until they age, unless configured otherwise.
pub const ANSWERS: u64 = 100_000;

/// Nesting of CBOR. A presentation needs nine levels, with driving privileges
/// in it eleven.
pub const CBOR_NESTING: usize = 16;

/// Keys of one map of CBOR: the digests of a namespace are the most that anything
/// needs. Keys are kept until the end of their map, which takes many times the
/// octets of short ones.
pub const CBOR_KEYS: usize = MDOC_DIGESTS;

/// A device response, in octets: every element of a document with a portrait of
/// a megabyte, twice.
pub const MDOC_RESPONSE: usize = 3 * 1024 * 1024;

/// What a response is enveloped in, in octets: base64url in base64url makes 16
/// octets of nine.
pub const MDOC_ENVELOPE: usize = 2 * MDOC_RESPONSE;

/// The header of a JOSE message, in octets. One with a key and two nonces takes
/// some 400.
pub const JOSE_HEADER: usize = 4 * 1024;

/// Values in a JSON text, the one that holds the others among them: an answer
/// with every document that can be asked for has some twenty. A value takes up
/// to a hundred times the octets that it is written in.
pub const JSON_VALUES: usize = 256;

/// Nesting of a JSON text. What a provider says of itself and of people has
/// three levels, a set of keys four.
pub const JSON_NESTING: usize = 16;

/// A message of a session in proximity, in octets: a device response, its tag
/// and what it is wrapped in.
pub const SESSION_DATA: usize = MDOC_RESPONSE + 1024;

/// A device engagement, in octets: a QR code holds under 3 KiB.
pub const ENGAGEMENT: usize = 4 * 1024;

/// Ways to reach a wallet in one engagement. Three are known.
pub const RETRIEVAL_METHODS: usize = 8;

/// A handover message of NFC, in octets: an engagement and its carriers.
pub const NFC_HANDOVER: usize = 8 * 1024;

/// Records in a handover message of NFC. One with every carrier has five.
pub const NDEF_RECORDS: usize = 16;

/// Documents that are asked for at once.
pub const MDOC_DOCUMENTS: usize = 4;

/// Elements that are asked for of one document: a driving licence has some
/// forty, with a statement for each age a hundred more.
pub const MDOC_ELEMENTS: usize = 160;

/// Digests that an issuer makes of one namespace: its elements, and as many
/// decoys several times over.
pub const MDOC_DIGESTS: usize = 1024;

/// Namespaces of one document.
pub const MDOC_NAMESPACES: usize = 16;

/// The name of a document type, a namespace or an element, in octets.
pub const MDOC_NAME: usize = 255;

/// Certificates in a chain of a COSE message: the signer's, and what stands
/// between it and its root.
pub const X5CHAIN: usize = 4;

/// How old an answer may be that a policy accepts although it has expired.
/// Lists come daily, so a week without one is no outage any more.
pub const EXPIRED_STATUS: Duration = Duration::hours(7 * 24);

/// The address of a status list in a document, in octets. Long ones have some
/// hundred.
pub const STATUS_URI: usize = 2048;

/// The identifier of a document in a list of revoked ones, in octets: twice the
/// longest digest.
pub const STATUS_IDENTIFIER: usize = 128;

/// A status token, in octets. Ten million documents of which one in a hundred
/// is revoked take some 800 KiB, compressed.
pub const STATUS_TOKEN: usize = 4 * 1024 * 1024;

/// Identifiers in a list of revoked documents: as many of 32 octets as a token
/// can hold.
pub const STATUS_IDENTIFIERS: usize = STATUS_TOKEN / 32;

/// A status list, in octets when it is unpacked, as far as it is looked at: one
/// bit for every inhabitant of the country. It is never in memory at once.
pub const STATUS_LIST: usize = 16 * 1024 * 1024;

/// The query of a callback, in octets. Common ones have under 500; a code of
/// another provider may be a token of its own.
pub const CALLBACK: usize = 8 * 1024;

/// Parameters of a callback. The auth app sends three or four.
pub const CALLBACK_PARAMETERS: usize = 16;

/// A URL that is registered with a provider, in characters, as the auth app's
/// reference bounds redirect URIs.
pub const REGISTERED_URL: usize = 255;

/// A signed token in compact form, in octets. ID tokens have some 900.
pub const JWT: usize = 16 * 1024;

/// A token response, in octets: three tokens at their longest.
pub const TOKEN_RESPONSE: usize = 4 * JWT;

/// An opaque token, in octets: what fits into a header everywhere.
pub const BEARER: usize = 8 * 1024;

/// A provider's set of keys, in octets: the keys at their longest.
pub const JWKS: usize = 128 * 1024;

/// Keys in a provider's set. Providers have two for each algorithm while they
/// change them.
pub const JWKS_KEYS: usize = 32;

/// Values in a set of keys: each key has some ten members, and a chain of
/// certificates.
pub const JWKS_VALUES: usize = 32 * JWKS_KEYS;

/// Values in what a provider says about itself: long ones have some 300.
pub const DISCOVERY_VALUES: usize = 2048;

/// Userinfo, in octets: four items of a kilobyte each are long ones.
pub const USERINFO: usize = 16 * 1024;

/// A subject, in characters (OpenID Connect Core 1.0, 2).
pub const SUBJECT: usize = 255;

/// An item of userinfo, in characters. The longest address on a card has under
/// two hundred.
pub const CLAIM: usize = 512;

/// What a person signs with the auth app, in octets: what the padding of PKCS #1
/// v1.5 leaves of the 2048 bits of a card's key (RFC 8017, 7.2.1 and 9.2).
pub const SIGN_INPUT: usize = 245;

/// An answer about a signature, in octets: a certificate at its longest, which
/// is encoded twice where the answer is encrypted, and what stands beside it.
pub const SIGNING_ANSWER: usize = 4 * CERTIFICATE;

/// A line of an audit chain, in octets. Records of four documents have some four
/// thousand.
pub const AUDIT_LINE: usize = 64 * 1024;

/// What a person signed, its signature and certificate, in octets together, as
/// far as it is kept as evidence beside an audit chain: contracts have some
/// hundred thousand, and the line that keeps them is in memory at once.
pub const AUDIT_EVIDENCE: usize = 16 * 1024 * 1024;
