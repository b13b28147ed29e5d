//! Engagement by NFC (ISO/IEC 18013-5, 8.2.2.1): the messages of a connection
//! handover.

use std::fmt;

use bytes::Bytes;

use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::mdoc::engagement::ndef::{Name, records};
use crate::mdoc::engagement::{DeviceEngagement, MALFORMED};

/// A connection handover, as it went over the air, and the engagement in it.
pub struct NfcHandover {
    select: Bytes,
    request: Option<Bytes>,
    engagement: DeviceEngagement,
    carriers: Vec<Carrier>,
}

/// A carrier that the wallet offers, with its configuration as it arrived. What
/// stands in it is for the radio to read.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Carrier {
    /// Bluetooth Low Energy (`application/vnd.bluetooth.le.oob`).
    Ble(Bytes),
    /// NFC (`iso.org:18013:nfc`).
    Nfc(Bytes),
    /// Wi-Fi Aware (`application/vnd.wfa.nan`).
    WifiAware(Bytes),
}

/// The auxiliary record with the engagement.
const ENGAGEMENT: &[u8] = b"iso.org:18013:deviceengagement";
const ENGAGEMENT_ID: &[u8] = b"mdoc";
/// The major version of connection handover, in the upper four bits.
const MAJOR_VERSION: u8 = 1;

impl NfcHandover {
    /// Static handover: the Handover Select message that was read off the
    /// wallet.
    ///
    /// # Errors
    /// `input.session` if it is none or has not one engagement,
    /// `input.too_large` or `input.too_many` if it is over its budget,
    /// `mdoc.engagement` if its version is not 1, and what
    /// [`DeviceEngagement::from_cbor`] says of the engagement.
    pub fn from_select(select: &[u8]) -> Result<Self, Error> {
        Self::new(select, None)
    }

    /// Negotiated handover: the Handover Request message that we sent, and the
    /// Handover Select message that answered it.
    ///
    /// # Errors
    /// As for [`from_select`](Self::from_select).
    pub fn negotiated(request: &[u8], select: &[u8]) -> Result<Self, Error> {
        Self::new(select, Some(Bytes::copy_from_slice(request)))
    }

    fn new(select: &[u8], request: Option<Bytes>) -> Result<Self, Error> {
        if select.len() > limits::NFC_HANDOVER {
            return Err(Code::InputTooLarge.into());
        }
        let records = records(select)?;
        let (first, others) = records.split_first().ok_or(MALFORMED)?;
        check_select(first.name, first.payload)?;
        let engagements = others.iter().filter(|record| {
            record.name == Name::External(ENGAGEMENT) && record.id == ENGAGEMENT_ID
        });
        let [engagement] = engagements.collect::<Vec<_>>()[..] else {
            return Err(MALFORMED.into());
        };
        let engagement = DeviceEngagement::from_cbor(engagement.payload)?;
        let carriers = others.iter();
        let carriers = carriers.filter_map(|record| Carrier::of(record.name, record.payload));
        Ok(Self {
            select: Bytes::copy_from_slice(select),
            request,
            engagement,
            carriers: carriers.collect(),
        })
    }

    /// The engagement.
    #[must_use]
    pub fn engagement(&self) -> &DeviceEngagement {
        &self.engagement
    }

    /// The carriers that the wallet offers, in its order, as far as they are
    /// known here.
    #[must_use]
    pub fn carriers(&self) -> &[Carrier] {
        &self.carriers
    }

    /// The Handover Select message.
    #[must_use]
    pub fn select(&self) -> &[u8] {
        &self.select
    }

    /// The Handover Request message, if the handover was negotiated.
    #[must_use]
    pub fn request(&self) -> Option<&[u8]> {
        self.request.as_deref()
    }
}

/// That the first record is a Handover Select record of a known version.
fn check_select(name: Name<'_>, payload: &[u8]) -> Result<(), Code> {
    match (name, payload) {
        (Name::WellKnown(b"Hs"), [version, ..]) if version >> 4 == MAJOR_VERSION => Ok(()),
        (Name::WellKnown(b"Hs"), [_, ..]) => Err(Code::MdocEngagement),
        _ => Err(MALFORMED),
    }
}

impl Carrier {
    fn of(name: Name<'_>, payload: &[u8]) -> Option<Self> {
        let configuration = Bytes::copy_from_slice(payload);
        match name {
            Name::Media(b"application/vnd.bluetooth.le.oob") => Some(Self::Ble(configuration)),
            Name::Media(b"application/vnd.wfa.nan") => Some(Self::WifiAware(configuration)),
            Name::External(b"iso.org:18013:nfc") => Some(Self::Nfc(configuration)),
            _ => None,
        }
    }
}

// Keys and addresses make a wallet known again.
impl fmt::Debug for NfcHandover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NfcHandover({:?}, {:?})", self.engagement, self.carriers)
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ble(_) => "Ble",
            Self::Nfc(_) => "Nfc",
            Self::WifiAware(_) => "WifiAware",
        })
    }
}

#[cfg(test)]
pub(in crate::mdoc) mod tests {
    use super::*;
    use crate::mdoc::engagement::tests::engagement;
    use crate::mdoc::{Curve, EphemeralKey};

    struct Part<'a>(u8, &'a [u8], &'a [u8], &'a [u8]);

    const SELECT: Part<'_> = Part(1, b"Hs", b"", b"\x15\xd1\x02\x09ac\x01\x010\x01\x04mdoc");
    const BLE: Part<'_> = Part(2, b"application/vnd.bluetooth.le.oob", b"0", &[2, 0x1c, 0]);

    fn message(parts: &[Part<'_>]) -> Vec<u8> {
        let mut octets = Vec::new();
        for (position, Part(format, name, id, payload)) in parts.iter().enumerate() {
            let begin = if position == 0 { 0x80 } else { 0 };
            let end = if position + 1 == parts.len() { 0x40 } else { 0 };
            let length = |part: &[u8]| u8::try_from(part.len()).unwrap();
            octets.extend([begin | end | 0x18 | format, length(name)]);
            octets.extend([length(payload), length(id)]);
            octets.extend([*name, *id, *payload].concat());
        }
        octets
    }

    /// A Handover Select message with the engagement of `key`.
    pub(in crate::mdoc) fn select(key: &EphemeralKey) -> Vec<u8> {
        message(&[SELECT, BLE, Part(4, ENGAGEMENT, b"mdoc", &engagement(key))])
    }

    fn refused(parts: &[Part<'_>]) -> Code {
        let outcome = NfcHandover::from_select(&message(parts));
        outcome.unwrap_err().code()
    }

    #[test]
    fn the_engagement_is_found_in_its_message() {
        let key = EphemeralKey::generate(Curve::P256).unwrap();
        let octets = message(&[
            SELECT,
            BLE,
            Part(4, ENGAGEMENT, b"mdoc", &engagement(&key)),
            Part(4, b"iso.org:18013:nfc", b"nfc", &[1]),
            Part(2, b"application/vnd.wfa.nan", b"W", &[2]),
            Part(2, b"text/plain", b"", &[3]),
        ]);
        let handover = NfcHandover::from_select(&octets).unwrap();
        assert_eq!(handover.engagement().octets(), engagement(&key));
        let carriers = [
            Carrier::Ble(Bytes::from_static(&[2, 0x1c, 0])),
            Carrier::Nfc(Bytes::from_static(&[1])),
            Carrier::WifiAware(Bytes::from_static(&[2])),
        ];
        assert_eq!(handover.carriers(), carriers);
        assert_eq!((handover.select(), handover.request()), (&*octets, None));
        let handover = NfcHandover::negotiated(&[7], &octets).unwrap();
        assert_eq!(handover.request(), Some(&[7][..]));
        assert_eq!(
            format!("{handover:?}"),
            "NfcHandover(DeviceEngagement(P256), [Ble, Nfc, WifiAware])"
        );
    }

    #[test]
    fn what_is_no_handover_is_refused() {
        let key = EphemeralKey::generate(Curve::P256).unwrap();
        let engagement = engagement(&key);
        let sound = || Part(4, ENGAGEMENT, b"mdoc", &engagement);
        for (parts, code) in [
            // Without the engagement, with two, and under other names.
            (&[SELECT][..], Code::InputSession),
            (&[SELECT, sound(), sound()], Code::InputSession),
            (
                &[SELECT, Part(2, ENGAGEMENT, b"mdoc", &engagement)],
                Code::InputSession,
            ),
            (
                &[SELECT, Part(4, b"iso.org:18013:mdoc", b"mdoc", &engagement)],
                Code::InputSession,
            ),
            (
                &[SELECT, Part(4, ENGAGEMENT, b"mdl", &engagement)],
                Code::InputSession,
            ),
            // Not a Handover Select message, or not one of version 1.
            (&[sound(), SELECT], Code::InputSession),
            (&[Part(1, b"Hr", b"", &[0x15]), sound()], Code::InputSession),
            (&[Part(1, b"Hs", b"", &[]), sound()], Code::InputSession),
            (
                &[Part(1, b"Hs", b"", &[0x20]), sound()],
                Code::MdocEngagement,
            ),
            // The engagement is read like any other.
            (
                &[SELECT, Part(4, ENGAGEMENT, b"mdoc", &[0xa0])],
                Code::InputSession,
            ),
        ] {
            assert_eq!(refused(parts), code);
        }
        let error = NfcHandover::from_select(&[]).unwrap_err();
        assert_eq!(error.code(), Code::InputSession);
        let long = vec![0; limits::NFC_HANDOVER + 1];
        let error = NfcHandover::from_select(&long).unwrap_err();
        assert_eq!(error.code(), Code::InputTooLarge);
    }
}
