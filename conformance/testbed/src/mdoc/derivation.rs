//! Keys out of an agreement.

use hkdf::Hkdf;
use sha2::Sha256;

use super::Transcript;
use crate::Hash;

/// HKDF-SHA256 with the hash of SessionTranscriptBytes as its salt, by which ISO/IEC
/// 18013-5 (9.1.1.5 and 9.1.3.5) derives the keys of a session and that of the MAC.
#[expect(clippy::expect_used, reason = "32 octets are few enough for HKDF")]
pub(super) fn derive(agreement: &[u8], transcript: &Transcript, info: &str) -> [u8; 32] {
    let salt = Hash::Sha256.digest(&transcript.tagged());
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(&salt), agreement)
        .expand(info.as_bytes(), &mut key)
        .expect("32 octets");
    key
}
