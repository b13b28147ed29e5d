//! `SessionData` (ISO/IEC 18013-5, 9.1.1.4): what a session's messages are
//! wrapped in.

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::{Reader, write};

/// What one side tells the other about the session (9.1.1.4, table 20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// 10: a message did not open.
    EncryptionError,
    /// 11: a message is not CBOR.
    DecodingError,
    /// 20: the session has ended.
    Termination,
}

/// A message of the wallet.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SessionData {
    /// With something sealed in it.
    Data(Vec<u8>),
    /// With something sealed in it, and the end of the session.
    LastData(Vec<u8>),
    /// The end of the session.
    Ended,
    /// The wallet could not read what it was sent, and has ended the session.
    Failed,
}

impl SessionStatus {
    const ALL: [Self; 3] = [
        Self::EncryptionError,
        Self::DecodingError,
        Self::Termination,
    ];

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::EncryptionError => 10,
            Self::DecodingError => 11,
            Self::Termination => 20,
        }
    }

    /// The `SessionData` message that says so, which ends the session.
    #[must_use]
    pub fn session_data(self) -> Vec<u8> {
        let status = write::unsigned(self.number());
        write::map(vec![(write::text("status"), status)])
    }
}

impl SessionData {
    /// Reads a message: `input.session` if it says nothing, or something that
    /// has no meaning here.
    pub(super) fn read(octets: &[u8]) -> Result<Self, Code> {
        let malformed = Code::InputSession;
        if octets.len() > limits::SESSION_DATA {
            return Err(Code::InputTooLarge);
        }
        let (mut data, mut number) = (None, None);
        Reader::only(octets, malformed)?.map(|key, value| {
            if key.is("data") {
                data = Some(value.bytes()?.into_owned());
            } else if key.is("status") {
                number = Some(value.unsigned()?);
            }
            Ok(())
        })?;
        let known = |number| {
            let mut statuses = SessionStatus::ALL.into_iter();
            statuses.find(|status| status.number() == number)
        };
        let status = match number {
            Some(number) => Some(known(number).ok_or(malformed)?),
            None => None,
        };
        match (data, status) {
            (Some(data), None) => Ok(Self::Data(data)),
            (Some(data), Some(SessionStatus::Termination)) => Ok(Self::LastData(data)),
            (None, Some(SessionStatus::Termination)) => Ok(Self::Ended),
            (_, Some(SessionStatus::EncryptionError | SessionStatus::DecodingError)) => {
                Ok(Self::Failed)
            }
            (None, None) => Err(malformed),
        }
    }
}

/// The message with this sealed in it.
pub(super) fn data(sealed: &[u8]) -> Vec<u8> {
    write::map(vec![(write::text("data"), write::bytes(&[sealed]))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, value: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
        (write::text(name), value)
    }

    #[test]
    fn messages_say_what_they_say() {
        let data = || entry("data", write::bytes(&[&[7]]));
        let status = |number| entry("status", write::unsigned(number));
        for (entries, expected) in [
            (vec![data()], SessionData::Data(vec![7])),
            (vec![data(), status(20)], SessionData::LastData(vec![7])),
            (vec![status(20)], SessionData::Ended),
            (vec![status(10)], SessionData::Failed),
            (vec![status(11)], SessionData::Failed),
            (vec![data(), status(10)], SessionData::Failed),
            (
                vec![data(), entry("other", write::null())],
                SessionData::Data(vec![7]),
            ),
        ] {
            assert_eq!(SessionData::read(&write::map(entries)), Ok(expected));
        }
        // ISO/IEC 18013-5, D.5.3.
        let termination = [0xa1, 0x66, b's', b't', b'a', b't', b'u', b's', 0x14];
        assert_eq!(SessionStatus::Termination.session_data(), termination);
        assert_eq!(super::data(&[7]), write::map(vec![data()]));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let data = || entry("data", write::bytes(&[&[7]]));
        for (octets, code) in [
            (vec![], Code::InputSession),
            (write::map(vec![]), Code::InputSession),
            (write::bytes(&[&[7]]), Code::InputSession),
            (
                write::map(vec![entry("data", write::text("7"))]),
                Code::InputSession,
            ),
            (
                write::map(vec![data(), entry("status", write::unsigned(12))]),
                Code::InputSession,
            ),
            (
                write::map(vec![data(), entry("status", write::text("20"))]),
                Code::InputSession,
            ),
            (write::map(vec![data(), data()]), Code::InputCborDuplicate),
            (
                [&write::map(vec![data()])[..], &[0]].concat(),
                Code::InputCborTrailing,
            ),
            (vec![0; limits::SESSION_DATA + 1], Code::InputTooLarge),
        ] {
            assert_eq!(SessionData::read(&octets), Err(code));
        }
    }
}
