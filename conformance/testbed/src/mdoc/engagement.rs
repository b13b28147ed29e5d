//! Device engagement (ISO/IEC 18013-5, 8.2.1), by QR code and by NFC.

mod ndef;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Cbor, CoseKey};
use crate::KeyPair;

/// What a device shows to be engaged, with the private key behind it.
///
/// ```
/// use tashika_testbed::{Algorithm, mdoc::{Engagement, MdocTestbed}};
///
/// let testbed = MdocTestbed::from_seed(1, 1_800_000_000);
/// let engagement = Engagement::new(testbed.key(Algorithm::P256, "session"));
/// assert!(engagement.uri().starts_with("mdoc:"));
/// ```
#[derive(Clone, Debug)]
pub struct Engagement {
    key: KeyPair,
    item: Cbor,
}

impl Engagement {
    /// Version 1.0, a key of cipher suite 1, and Bluetooth Low Energy where the device
    /// is the central, as for a QR code.
    ///
    /// # Panics
    ///
    /// If the key is RSA.
    #[must_use]
    pub fn new(key: KeyPair) -> Self {
        let engaged = Self::for_nfc(key);
        let options = Cbor::map([
            (0, Cbor::from(false)),
            (1, true.into()),
            (11, UUID.to_vec().into()),
        ]);
        let method = Cbor::array([2.into(), 1.into(), options]);
        engaged.edit(|item| item.set("2", Cbor::array([method])))
    }

    /// The same without ways to connect, which the Handover Select message tells.
    ///
    /// # Panics
    ///
    /// If the key is RSA.
    #[must_use]
    pub fn for_nfc(key: KeyPair) -> Self {
        let security = Cbor::array([1.into(), Cbor::tag24(CoseKey::of(&key.public()))]);
        let item = Cbor::map([(0, Cbor::from("1.0")), (1, security)]);
        Self { key, item }
    }

    /// Change what is shown.
    #[must_use]
    pub fn edit(mut self, change: impl FnOnce(&mut Cbor) -> &mut Cbor) -> Self {
        change(&mut self.item);
        self
    }

    /// EDeviceKey.
    #[must_use]
    pub fn key(&self) -> &KeyPair {
        &self.key
    }

    /// DeviceEngagement.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.item.encode()
    }

    /// DeviceEngagementBytes: the same wrapped in tag 24, as transcripts have it.
    #[must_use]
    pub fn tagged(&self) -> Cbor {
        Cbor::tag24(self.item.clone())
    }

    /// The content of the QR code.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("mdoc:{}", URL_SAFE_NO_PAD.encode(self.encode()))
    }

    /// The Handover Select message, with Bluetooth Low Energy as its one carrier;
    /// `bluetooth` is the out-of-band data of that carrier.
    #[must_use]
    pub fn handover_select(&self, bluetooth: &[u8]) -> Vec<u8> {
        ndef::handover_select(bluetooth, &self.encode())
    }
}

/// Of the service through which the device is found; of this testbed alone.
const UUID: [u8; 16] = *b"tashika\0test\0bed";
