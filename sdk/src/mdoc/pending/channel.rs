//! How an answer may come, and what was made for it.

use std::fmt;

use crate::jose::jwk::Jwk;
use crate::mdoc::envelope::RequestForm;
use crate::mdoc::{EphemeralKey, SessionTranscript};
use crate::transaction::RelyingParty;

pub(super) enum Channel {
    AnnexC(AnnexC),
    Openid4vp(Openid4vp),
    Apple(Apple),
}

/// `org-iso-mdoc` over the Digital Credentials API.
pub(super) struct AnnexC {
    pub(super) key: EphemeralKey,
    /// The string that was sent.
    pub(super) encryption_info: String,
}

/// OpenID4VP over the Digital Credentials API.
pub(super) struct Openid4vp {
    pub(super) nonce: String,
    pub(super) form: RequestForm,
    /// To which the answer is encrypted; none if it comes in the clear.
    pub(super) key: Option<EphemeralKey>,
}

/// An app on an iPhone. Its key is configured, and known here by its digest.
pub(super) struct Apple {
    pub(super) nonce: Vec<u8>,
    pub(super) merchant_id: String,
    pub(super) team_id: String,
    pub(super) public_key_hash: [u8; 32],
}

impl AnnexC {
    pub(super) fn transcript(&self, relying_party: &RelyingParty) -> SessionTranscript {
        SessionTranscript::annex_c(&self.encryption_info, relying_party.as_str())
    }
}

impl Openid4vp {
    pub(super) fn transcript(&self, relying_party: &RelyingParty) -> SessionTranscript {
        let key = self.key.as_ref();
        let thumbprint = key.map(|key| Jwk::of_p256_point(key.point()).thumbprint());
        let origin = relying_party.as_str();
        SessionTranscript::openid4vp_dc_api(origin, &self.nonce, thumbprint.as_ref())
    }
}

impl Apple {
    pub(super) fn transcript(&self) -> SessionTranscript {
        let Self {
            nonce,
            merchant_id,
            team_id,
            public_key_hash,
        } = self;
        SessionTranscript::apple(nonce, merchant_id, team_id, public_key_hash)
    }
}

// Keys and nonces are not printed.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnnexC(_) => "AnnexC",
            Self::Openid4vp(_) => "Openid4vp",
            Self::Apple(_) => "Apple",
        })
    }
}
