//! How a wallet can be reached in proximity (ISO/IEC 18013-5, 8.2.1.1).

use std::fmt;

use bytes::Bytes;

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::{Key, Reader};

/// A way to reach the wallet that is known here. Connecting is the gate's.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetrievalMethod {
    /// NFC, with the longest command and the longest response, in octets.
    Nfc {
        /// The longest command data field.
        command: u64,
        /// The longest response data field.
        response: u64,
    },
    /// Bluetooth Low Energy.
    Ble(BleOptions),
    /// Wi-Fi Aware: its options, in CBOR as they arrived.
    WifiAware(Bytes),
}

/// The options of Bluetooth Low Energy.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct BleOptions {
    peripheral_server: bool,
    central_client: bool,
    peripheral_server_uuid: Option<[u8; 16]>,
    central_client_uuid: Option<[u8; 16]>,
    device_address: Option<[u8; 6]>,
}

const NFC: u64 = 1;
const BLE: u64 = 2;
const WIFI_AWARE: u64 = 3;
/// The version of each of them.
const VERSION: u64 = 1;

/// Reads the methods. One that is not known, or of another version, may stand
/// beside those that are.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Vec<RetrievalMethod>, Code> {
    let mut methods = Vec::new();
    reader.array(|position, method| {
        if position == limits::RETRIEVAL_METHODS {
            return Err(Code::InputTooMany);
        }
        methods.extend(RetrievalMethod::read(method)?);
        Ok(())
    })?;
    Ok(methods)
}

impl RetrievalMethod {
    fn read(reader: &mut Reader<'_>) -> Result<Option<Self>, Code> {
        reader.tuple(3, |parts| {
            let method = parts.unsigned()?;
            let version = parts.unsigned()?;
            Ok(match (method, version) {
                (NFC, VERSION) => Some(Self::nfc(parts)?),
                (BLE, VERSION) => Some(Self::Ble(BleOptions::read(parts)?)),
                (WIFI_AWARE, VERSION) => {
                    Some(Self::WifiAware(Bytes::copy_from_slice(parts.raw()?)))
                }
                _ => {
                    parts.raw()?;
                    None
                }
            })
        })
    }

    fn nfc(options: &mut Reader<'_>) -> Result<Self, Code> {
        let malformed = options.malformed();
        let (mut command, mut response) = (None, None);
        options.map(|key, value| {
            match key {
                Key::Integer(0) => command = Some(value.unsigned()?),
                Key::Integer(1) => response = Some(value.unsigned()?),
                _ => {}
            }
            Ok(())
        })?;
        let (command, response) = command.zip(response).ok_or(malformed)?;
        Ok(Self::Nfc { command, response })
    }
}

impl BleOptions {
    fn read(options: &mut Reader<'_>) -> Result<Self, Code> {
        let mut read = Self::default();
        options.map(|key, value| {
            match key {
                Key::Integer(0) => read.peripheral_server = value.boolean()?,
                Key::Integer(1) => read.central_client = value.boolean()?,
                Key::Integer(10) => read.peripheral_server_uuid = Some(octets(value)?),
                Key::Integer(11) => read.central_client_uuid = Some(octets(value)?),
                Key::Integer(20) => read.device_address = Some(octets(value)?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(read)
    }

    /// Whether the wallet can be the peripheral, and the reader the central.
    #[must_use]
    pub fn peripheral_server(&self) -> bool {
        self.peripheral_server
    }

    /// Whether the wallet can be the central, and the reader the peripheral.
    #[must_use]
    pub fn central_client(&self) -> bool {
        self.central_client
    }

    /// The service's UUID where the wallet is the peripheral.
    #[must_use]
    pub fn peripheral_server_uuid(&self) -> Option<&[u8; 16]> {
        self.peripheral_server_uuid.as_ref()
    }

    /// The service's UUID where the wallet is the central.
    #[must_use]
    pub fn central_client_uuid(&self) -> Option<&[u8; 16]> {
        self.central_client_uuid.as_ref()
    }

    /// The wallet's address, which saves looking for it.
    #[must_use]
    pub fn device_address(&self) -> Option<&[u8; 6]> {
        self.device_address.as_ref()
    }
}

fn octets<const N: usize>(value: &mut Reader<'_>) -> Result<[u8; N], Code> {
    let malformed = value.malformed();
    let octets = value.bytes()?;
    octets.as_ref().try_into().map_err(|_| malformed)
}

// Addresses make a wallet known again.
impl fmt::Debug for RetrievalMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nfc { .. } => "Nfc",
            Self::Ble(_) => "Ble",
            Self::WifiAware(_) => "WifiAware",
        })
    }
}

impl fmt::Debug for BleOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BleOptions([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::cbor::write;
    use crate::mdoc::engagement::tests::entry;

    fn method(number: u64, version: u64, options: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<u8> {
        write::array(&[
            write::unsigned(number),
            write::unsigned(version),
            write::map(options),
        ])
    }

    fn methods(methods: &[Vec<u8>]) -> Result<Vec<RetrievalMethod>, Code> {
        read(&mut Reader::only(
            &write::array(methods),
            Code::InputSession,
        )?)
    }

    fn ble(options: Vec<(Vec<u8>, Vec<u8>)>) -> Result<BleOptions, Code> {
        match methods(&[method(2, 1, options)])?.pop() {
            Some(RetrievalMethod::Ble(options)) => Ok(options),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn known_methods_are_read_and_others_skipped() {
        let lengths = vec![
            entry(0, write::unsigned(255)),
            entry(1, write::unsigned(256)),
        ];
        let read = methods(&[
            method(1, 1, lengths),
            method(2, 2, vec![]),
            method(2, 1, vec![]),
            method(3, 1, vec![entry(0, write::text("p"))]),
            method(4, 1, vec![]),
        ]);
        let expected = [
            RetrievalMethod::Nfc {
                command: 255,
                response: 256,
            },
            RetrievalMethod::Ble(BleOptions::default()),
            RetrievalMethod::WifiAware(Bytes::from_static(&[0xa1, 0x00, 0x61, b'p'])),
        ];
        assert_eq!(read.as_deref(), Ok(&expected[..]));
        assert_eq!(format!("{:?}", read.unwrap()), "[Nfc, Ble, WifiAware]");
    }

    #[test]
    fn options_of_ble_are_read() {
        let options = ble(vec![
            entry(0, write::boolean(true)),
            entry(1, write::boolean(true)),
            entry(10, write::bytes(&[&[1; 16]])),
            entry(11, write::bytes(&[&[2; 16]])),
            entry(20, write::bytes(&[&[3; 6]])),
            entry(21, write::null()),
        ])
        .unwrap();
        assert!(options.peripheral_server() && options.central_client());
        assert_eq!(options.peripheral_server_uuid(), Some(&[1; 16]));
        assert_eq!(options.central_client_uuid(), Some(&[2; 16]));
        assert_eq!(options.device_address(), Some(&[3; 6]));
        assert_eq!(format!("{options:?}"), "BleOptions([redacted])");
    }

    #[test]
    fn malformed_options_are_refused() {
        for option in [
            entry(0, write::unsigned(1)),
            entry(1, write::null()),
            entry(10, write::bytes(&[&[1; 15]])),
            entry(11, write::bytes(&[&[1; 17]])),
            entry(20, write::text("123456")),
        ] {
            let outcome = ble(vec![option.clone()]).map(drop);
            assert_eq!(outcome, Err(Code::InputSession), "{option:02x?}");
        }
        for bad in [
            method(1, 1, vec![entry(0, write::unsigned(255))]),
            write::array(&[write::unsigned(2), write::unsigned(1)]),
            write::null(),
        ] {
            let outcome = methods(std::slice::from_ref(&bad)).map(drop);
            assert_eq!(outcome, Err(Code::InputSession), "{bad:02x?}");
        }
    }

    #[test]
    fn there_are_only_so_many_methods() {
        let many = vec![method(9, 1, vec![]); limits::RETRIEVAL_METHODS];
        assert_eq!(methods(&many), Ok(vec![]));
        let more = vec![method(9, 1, vec![]); limits::RETRIEVAL_METHODS + 1];
        assert_eq!(methods(&more), Err(Code::InputTooMany));
    }
}
