//! What both sides know of a presentation: the session transcript.
//!
//! The device's signature is over it, so a presentation that was made for
//! another place, another request or another key does not verify. There is one
//! constructor for each way in which a presentation can come, and each takes
//! the bytes as they were sent and received.

use std::fmt;

use bytes::Bytes;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::cbor::{Kind, Reader, write};
use crate::trust::sha256;

/// How a presentation comes from the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flow {
    /// Proximity, engaged by a QR code (ISO/IEC 18013-5, 9.1.5.1).
    Qr,
    /// Proximity, engaged by NFC.
    Nfc,
    /// OpenID4VP 1.0 by redirect (its appendix B.2.6.1).
    Openid4vpRedirect,
    /// OpenID4VP 1.0 over the Digital Credentials API (its appendix B.2.6.2).
    Openid4vpDcApi,
    /// ISO/IEC TS 18013-7:2024, annex B.
    AnnexB,
    /// `org-iso-mdoc` over the Digital Credentials API (ISO/IEC 18013-7, annex C).
    AnnexC,
    /// In an app on an iPhone.
    Apple,
}

impl Flow {
    /// Every flow.
    pub const ALL: &'static [Self] = &[
        Self::Qr,
        Self::Nfc,
        Self::Openid4vpRedirect,
        Self::Openid4vpDcApi,
        Self::AnnexB,
        Self::AnnexC,
        Self::Apple,
    ];

    /// The word by which command lines and reports call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::Nfc => "nfc",
            Self::Openid4vpRedirect => "openid4vp-redirect",
            Self::Openid4vpDcApi => "openid4vp-dc-api",
            Self::AnnexB => "annex-b",
            Self::AnnexC => "annex-c",
            Self::Apple => "apple",
        }
    }

    /// Whether the device may authenticate itself by a MAC: only where both
    /// sides have agreed on keys face to face.
    pub(crate) const fn allows_mac(self) -> bool {
        matches!(self, Self::Qr | Self::Nfc)
    }
}

/// `SessionTranscript` (ISO/IEC 18013-5, 9.1.5.1): engagement, reader's key and
/// handover, as CBOR.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionTranscript {
    flow: Flow,
    octets: Bytes,
}

impl SessionTranscript {
    /// Proximity by QR code: the device engagement as the code held it, and
    /// `EReaderKeyBytes` (with its tag 24) as it was sent.
    ///
    /// # Errors
    /// `input.session` if either is not of its form.
    pub fn qr(device_engagement: &[u8], e_reader_key_bytes: &[u8]) -> Result<Self, Error> {
        let handover = write::null();
        Self::proximity(Flow::Qr, device_engagement, e_reader_key_bytes, &handover)
    }

    /// Proximity by NFC: as [`qr`](Self::qr), with the Handover Select message
    /// and, in negotiated handover, the Handover Request message, as they went
    /// over the air.
    ///
    /// # Errors
    /// `input.session` if the engagement or the key is not of its form.
    pub fn nfc(
        device_engagement: &[u8],
        e_reader_key_bytes: &[u8],
        handover_select: &[u8],
        handover_request: Option<&[u8]>,
    ) -> Result<Self, Error> {
        let request = handover_request.map_or_else(write::null, |r| write::bytes(&[r]));
        let handover = write::array(&[write::bytes(&[handover_select]), request]);
        Self::proximity(Flow::Nfc, device_engagement, e_reader_key_bytes, &handover)
    }

    fn proximity(
        flow: Flow,
        device_engagement: &[u8],
        e_reader_key_bytes: &[u8],
        handover: &[u8],
    ) -> Result<Self, Error> {
        let malformed = Code::InputSession;
        Reader::only(device_engagement, malformed)?;
        let key = Reader::only(e_reader_key_bytes, malformed)?.embedded()?;
        key.reader(malformed)?;
        let engagement = write::embedded(device_engagement);
        Ok(Self::new(flow, &engagement, e_reader_key_bytes, handover))
    }

    /// OpenID4VP by redirect: the client identifier with its prefix, the
    /// nonce, the thumbprint of the key that the response was encrypted to
    /// (RFC 7638, SHA-256; none if it was not), and the response URI.
    #[must_use]
    pub fn openid4vp_redirect(
        client_id: &str,
        nonce: &str,
        jwk_thumbprint: Option<&[u8; 32]>,
        response_uri: &str,
    ) -> Self {
        let info = write::array(&[
            write::text(client_id),
            write::text(nonce),
            thumbprint(jwk_thumbprint),
            write::text(response_uri),
        ]);
        Self::hashed(Flow::Openid4vpRedirect, "OpenID4VPHandover", &info)
    }

    /// OpenID4VP over the Digital Credentials API: the origin of our page
    /// without a slash at its end, the nonce, and the thumbprint of the key
    /// that the response was encrypted to (none if it was not).
    #[must_use]
    pub fn openid4vp_dc_api(origin: &str, nonce: &str, jwk_thumbprint: Option<&[u8; 32]>) -> Self {
        let info = write::array(&[
            write::text(origin),
            write::text(nonce),
            thumbprint(jwk_thumbprint),
        ]);
        Self::hashed(Flow::Openid4vpDcApi, "OpenID4VPDCAPIHandover", &info)
    }

    /// ISO/IEC TS 18013-7:2024, annex B: client identifier, response URI, our
    /// nonce, and the one that the wallet made (`apu` of its JWE).
    #[must_use]
    pub fn annex_b(
        client_id: &str,
        response_uri: &str,
        nonce: &str,
        mdoc_generated_nonce: &str,
    ) -> Self {
        let hash = |text: &str| {
            let pair = [write::text(text), write::text(mdoc_generated_nonce)];
            write::bytes(&[&sha256(&[&write::array(&pair)])])
        };
        let handover = [hash(client_id), hash(response_uri), write::text(nonce)];
        Self::remote(Flow::AnnexB, &write::array(&handover))
    }

    /// `org-iso-mdoc` over the Digital Credentials API: the base64url string of
    /// `EncryptionInfo` as it was sent, and the origin of our page without a
    /// slash at its end.
    #[must_use]
    pub fn annex_c(encryption_info: &str, origin: &str) -> Self {
        let info = write::array(&[write::text(encryption_info), write::text(origin)]);
        Self::hashed(Flow::AnnexC, "dcapi", &info)
    }

    /// An app on an iPhone: the nonce, our merchant and team identifiers, and
    /// SHA-256 over the uncompressed point of the key it was encrypted to.
    #[must_use]
    pub fn apple(
        nonce: &[u8],
        merchant_id: &str,
        team_id: &str,
        public_key_hash: &[u8; 32],
    ) -> Self {
        let handover = write::array(&[
            write::text(APPLE),
            write::bytes(&[nonce]),
            write::text(merchant_id),
            write::text(team_id),
            write::bytes(&[public_key_hash]),
        ]);
        Self::remote(Flow::Apple, &handover)
    }

    /// One that was kept, in CBOR, by itself or under tag 24. Which flow it is
    /// of shows in its handover.
    ///
    /// # Errors
    /// `input.session` or a code of `input.cbor_` if it is none.
    pub fn stored(octets: &[u8]) -> Result<Self, Error> {
        let malformed = Code::InputSession;
        let mut reader = Reader::only(octets, malformed)?;
        if reader.kind()? == Kind::Tag {
            let embedded = reader.embedded()?;
            return Ok(Self::read(&embedded.content)?);
        }
        Ok(Self::read(octets)?)
    }

    fn read(octets: &[u8]) -> Result<Self, Code> {
        let malformed = Code::InputSession;
        let flow = Reader::only(octets, malformed)?.tuple(3, |parts| {
            let proximity = !parts.take_null()?;
            if proximity {
                parts.embedded()?;
                parts.embedded()?;
            } else if !parts.take_null()? {
                return Err(malformed);
            }
            match (proximity, parts.kind()?) {
                (true, Kind::Null) => parts.raw().map(|_| Flow::Qr),
                (true, Kind::Array) => parts.raw().map(|_| Flow::Nfc),
                (false, Kind::Array) => remote_flow(parts),
                _ => Err(malformed),
            }
        })?;
        let octets = Bytes::copy_from_slice(octets);
        Ok(Self { flow, octets })
    }

    fn hashed(flow: Flow, name: &str, info: &[u8]) -> Self {
        let digest = write::bytes(&[&sha256(&[info])]);
        Self::remote(flow, &write::array(&[write::text(name), digest]))
    }

    fn remote(flow: Flow, handover: &[u8]) -> Self {
        Self::new(flow, &write::null(), &write::null(), handover)
    }

    fn new(flow: Flow, engagement: &[u8], key: &[u8], handover: &[u8]) -> Self {
        let octets = write::array(&[engagement, key, handover]).into();
        Self { flow, octets }
    }

    /// How the presentation comes.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.flow
    }

    /// The transcript in CBOR.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// `SessionTranscriptBytes`: the same in a byte string, under tag 24.
    #[must_use]
    pub fn embedded(&self) -> Vec<u8> {
        write::embedded(&self.octets)
    }
}

const APPLE: &str = "AppleIdentityPresentment_1.0";

fn thumbprint(thumbprint: Option<&[u8; 32]>) -> Vec<u8> {
    thumbprint.map_or_else(write::null, |octets| write::bytes(&[octets]))
}

/// The flow of a handover without engagement. Annex B begins with a hash, the
/// others with their names.
fn remote_flow(handover: &mut Reader<'_>) -> Result<Flow, Code> {
    let mut flow = None;
    handover.array(|position, part| {
        if position == 0 {
            flow = match part.kind()? {
                Kind::Bytes => Some(Flow::AnnexB),
                Kind::Text => match &*part.text()? {
                    "OpenID4VPHandover" => Some(Flow::Openid4vpRedirect),
                    "OpenID4VPDCAPIHandover" => Some(Flow::Openid4vpDcApi),
                    "dcapi" => Some(Flow::AnnexC),
                    APPLE => Some(Flow::Apple),
                    _ => None,
                },
                _ => None,
            };
        }
        Ok(())
    })?;
    flow.ok_or(handover.malformed())
}

// Nonces and keys tie a person to a transaction.
impl fmt::Debug for SessionTranscript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionTranscript({})", self.flow.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::Hex;

    const THUMBPRINT: &str = "4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047";
    const NONCE: &str = "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA";

    fn hex(transcript: &SessionTranscript) -> String {
        Hex(transcript.octets()).to_string()
    }

    /// The figures of OpenID4VP 1.0, appendices B.2.6.1 and B.2.6.2.
    #[test]
    fn openid4vp_has_the_published_values() {
        let thumbprint = crate::hex::decode(THUMBPRINT).unwrap();
        let redirect = SessionTranscript::openid4vp_redirect(
            "x509_san_dns:example.com",
            NONCE,
            Some(&thumbprint),
            "https://example.com/response",
        );
        assert_eq!(
            hex(&redirect),
            "83f6f682714f70656e494434565048616e646f7665725820\
             048bc053c00442af9b8eed494cefdd9d95240d254b046b11b68013722aad38ac"
        );
        let dc_api =
            SessionTranscript::openid4vp_dc_api("https://example.com", NONCE, Some(&thumbprint));
        assert_eq!(
            hex(&dc_api),
            "83f6f682764f70656e4944345650444341504948616e646f7665725820\
             fbece366f4212f9762c74cfdbf83b8c69e371d5d68cea09cb4c48ca6daab761a"
        );
        let other = SessionTranscript::openid4vp_dc_api("https://example.com", NONCE, None);
        assert_ne!(other, dc_api);
    }

    #[test]
    fn the_handover_tells_the_flow() {
        let key = write::embedded(&[0xa0]);
        for transcript in [
            SessionTranscript::qr(&[0xa0], &key).unwrap(),
            SessionTranscript::nfc(&[0xa0], &key, &[1], None).unwrap(),
            SessionTranscript::nfc(&[0xa0], &key, &[1], Some(&[2])).unwrap(),
            SessionTranscript::openid4vp_redirect("c", "n", None, "u"),
            SessionTranscript::openid4vp_dc_api("o", "n", None),
            SessionTranscript::annex_b("c", "u", "n", "m"),
            SessionTranscript::annex_c("e", "o"),
            SessionTranscript::apple(&[1], "m", "t", &[0; 32]),
        ] {
            for octets in [transcript.octets(), &transcript.embedded()] {
                assert_eq!(SessionTranscript::stored(octets).unwrap(), transcript);
            }
            let name = transcript.flow().as_str();
            assert_eq!(
                format!("{transcript:?}"),
                format!("SessionTranscript({name})")
            );
        }
    }

    #[test]
    fn what_is_no_transcript_is_refused() {
        let refused = |octets: &[u8]| SessionTranscript::stored(octets).unwrap_err().code();
        for octets in [
            &[0x80][..],
            &[0x83, 0xf6, 0xf6, 0xf6],
            &[0x83, 0xf6, 0xf6, 0x80],
            &[0x83, 0xf6, 0xf6, 0x81, 0x61, b'a'],
            &[0x83, 0xf6, 0xa0, 0xf6],
            &[0x83, 0xa0, 0xa0, 0xf6],
            &[0x82, 0xf6, 0xf6],
        ] {
            assert_eq!(refused(octets), Code::InputSession, "{octets:02x?}");
        }
        assert_eq!(
            refused(&[0x83, 0xf6, 0xf6, 0xf6, 0x00]),
            Code::InputCborTrailing
        );

        let key = write::embedded(&[0xa0]);
        for (engagement, key) in [(&[][..], &key[..]), (&[0xa0], &[0xa0]), (&[0xa0], &[])] {
            let error = SessionTranscript::qr(engagement, key).unwrap_err();
            assert_eq!(error.code(), Code::InputSession);
        }
    }
}
