//! `org-iso-mdoc` over the Digital Credentials API (ISO/IEC TS 18013-7, Annex C).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Cbor, CoseKey, Refusal, Transcript, hpke::Sealed};
use crate::{PublicKey, Rng};

/// A request as the browser hands it to the wallet, together with its origin.
#[derive(Clone, Debug)]
pub struct AnnexC {
    origin: String,
    encryption_info: String,
    device_request: Vec<u8>,
    recipient: PublicKey,
}

impl AnnexC {
    /// The name of the protocol.
    pub const PROTOCOL: &'static str = "org-iso-mdoc";

    /// Reads the `data` member of a request: `deviceRequest` and `encryptionInfo`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`], [`Refusal::Nonce`] if it has less than sixteen octets, or
    /// [`Refusal::Key`].
    pub fn read(data: &Value, origin: &str) -> Result<Self, Refusal> {
        let text = |name: &str| data.get(name)?.as_str();
        let octets = |text| URL_SAFE_NO_PAD.decode(text).ok();
        let encryption_info = text("encryptionInfo").ok_or(Refusal::Malformed)?;
        let info = octets(encryption_info).and_then(|info| Cbor::decode(&info));
        let info = info.ok_or(Refusal::Malformed)?;
        match info.as_array() {
            Some([name, _]) if name.as_text() == Some("dcapi") => {}
            _ => return Err(Refusal::Malformed),
        }
        let nonce = info.get("1/nonce").and_then(|nonce| nonce.as_bytes());
        if nonce.is_none_or(|nonce| nonce.len() < 16) {
            return Err(Refusal::Nonce);
        }
        let key = info.get("1/recipientPublicKey").ok_or(Refusal::Key)?;
        Ok(Self {
            origin: origin.to_owned(),
            encryption_info: encryption_info.to_owned(),
            device_request: text("deviceRequest")
                .and_then(octets)
                .ok_or(Refusal::Malformed)?,
            recipient: CoseKey::read(&key).ok_or(Refusal::Key)?,
        })
    }

    /// The encoded DeviceRequest.
    #[must_use]
    pub fn device_request(&self) -> &[u8] {
        &self.device_request
    }

    /// The transcript of this request at its origin.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        Transcript::annex_c(&self.encryption_info, &self.origin)
    }

    /// Whom the response is encrypted for.
    #[must_use]
    pub fn recipient(&self) -> &PublicKey {
        &self.recipient
    }

    /// The envelope of a response as an item, to be changed.
    ///
    /// # Panics
    ///
    /// If the recipient is not on P-256.
    #[must_use]
    pub fn seal(&self, response: &[u8], rng: &mut Rng) -> Cbor {
        let info = self.transcript().encode();
        Self::envelope(&Sealed::new(&self.recipient, &info, response, rng))
    }

    /// The envelope of anything encrypted.
    #[must_use]
    pub fn envelope(sealed: &Sealed) -> Cbor {
        let parts = Cbor::map([
            ("enc", Cbor::from(sealed.encapsulated.clone())),
            ("cipherText", sealed.ciphertext.clone().into()),
        ]);
        Cbor::array(["dcapi".into(), parts])
    }

    /// The `data` member of the answer, as the page receives it.
    ///
    /// # Panics
    ///
    /// If the recipient is not on P-256.
    #[must_use]
    pub fn answer(&self, response: &[u8], rng: &mut Rng) -> Value {
        Self::answer_of(&self.seal(response, rng))
    }

    /// The same of an envelope that was changed.
    #[must_use]
    pub fn answer_of(envelope: &Cbor) -> Value {
        json!({ "response": URL_SAFE_NO_PAD.encode(envelope.encode()) })
    }
}
