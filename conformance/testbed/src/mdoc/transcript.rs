//! SessionTranscript of every flow, as the wallet computes it.

use super::Cbor;
use crate::Hash;

/// `[DeviceEngagementBytes, EReaderKeyBytes, Handover]` (ISO/IEC 18013-5, 9.1.5.1): what
/// binds a presentation to where and by whom it was asked for.
///
/// ```
/// use tashika_testbed::mdoc::Transcript;
///
/// let transcript = Transcript::openid4vp_dc_api("https://rp.example", "n-0", None);
/// assert_eq!(transcript.encode()[..3], [0x83, 0xF6, 0xF6]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript(Cbor);

impl Transcript {
    /// Any item in place of a transcript.
    #[must_use]
    pub const fn new(item: Cbor) -> Self {
        Self(item)
    }

    /// Proximity, engaged by a QR code; both keys as the tag 24 items that were
    /// exchanged.
    #[must_use]
    pub fn qr(engagement: &Cbor, reader_key: &Cbor) -> Self {
        Self(Cbor::array([
            engagement.clone(),
            reader_key.clone(),
            Cbor::NULL,
        ]))
    }

    /// Proximity, engaged by NFC: with the Handover Select message, and the Handover
    /// Request message where the handover was negotiated.
    #[must_use]
    pub fn nfc(
        engagement: &Cbor,
        reader_key: &Cbor,
        select: &[u8],
        request: Option<&[u8]>,
    ) -> Self {
        let handover = Cbor::array([select.into(), request.map_or(Cbor::NULL, Cbor::from)]);
        Self(Cbor::array([
            engagement.clone(),
            reader_key.clone(),
            handover,
        ]))
    }

    /// OpenID4VP 1.0 by redirects (B.2.6.1): `client_id` with its prefix, and the
    /// thumbprint of the key that the response is encrypted for, if it is.
    #[must_use]
    pub fn openid4vp_redirect(
        client_id: &str,
        nonce: &str,
        thumbprint: Option<&[u8]>,
        response_uri: &str,
    ) -> Self {
        let info = Cbor::array([
            client_id.into(),
            nonce.into(),
            optional(thumbprint),
            response_uri.into(),
        ]);
        Self::remote(Cbor::array(["OpenID4VPHandover".into(), sha256(&info)]))
    }

    /// OpenID4VP 1.0 over the Digital Credentials API (B.2.6.2), signed or not.
    #[must_use]
    pub fn openid4vp_dc_api(origin: &str, nonce: &str, thumbprint: Option<&[u8]>) -> Self {
        let info = Cbor::array([origin.into(), nonce.into(), optional(thumbprint)]);
        Self::remote(Cbor::array([
            "OpenID4VPDCAPIHandover".into(),
            sha256(&info),
        ]))
    }

    /// ISO/IEC TS 18013-7:2024, Annex B.
    #[must_use]
    pub fn annex_b(client_id: &str, response_uri: &str, nonce: &str, mdoc_nonce: &str) -> Self {
        let hash = |value: &str| sha256(&Cbor::array([value.into(), mdoc_nonce.into()]));
        Self::remote(Cbor::array([
            hash(client_id),
            hash(response_uri),
            nonce.into(),
        ]))
    }

    /// ISO/IEC TS 18013-7, Annex C: EncryptionInfo as the text that was sent.
    #[must_use]
    pub fn annex_c(encryption_info: &str, origin: &str) -> Self {
        let info = Cbor::array([encryption_info.into(), origin.into()]);
        Self::remote(Cbor::array(["dcapi".into(), sha256(&info)]))
    }

    /// Apple's in-app presentment: the hash is that of the recipient's public key.
    #[must_use]
    pub fn apple(nonce: &[u8], merchant_id: &str, team_id: &str, recipient_hash: &[u8]) -> Self {
        Self::remote(Cbor::array([
            "AppleIdentityPresentment_1.0".into(),
            nonce.into(),
            merchant_id.into(),
            team_id.into(),
            recipient_hash.into(),
        ]))
    }

    /// The item.
    #[must_use]
    pub fn item(&self) -> &Cbor {
        &self.0
    }

    /// The encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.0.encode()
    }

    /// SessionTranscriptBytes: the same wrapped in tag 24.
    #[must_use]
    pub fn tagged(&self) -> Vec<u8> {
        Cbor::tag24(self.0.clone()).encode()
    }

    fn remote(handover: Cbor) -> Self {
        Self(Cbor::array([Cbor::NULL, Cbor::NULL, handover]))
    }
}

fn optional(bytes: Option<&[u8]>) -> Cbor {
    bytes.map_or(Cbor::NULL, Cbor::from)
}

fn sha256(item: &Cbor) -> Cbor {
    Hash::Sha256.digest(&item.encode()).into()
}
