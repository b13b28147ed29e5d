//! The reader's side of a session in proximity (ISO/IEC 18013-5, 9.1.1).
//!
//! A session is a value that is used up: what a message brought comes with the
//! session that goes on, and after a message that does not open there is none.
//!
//! ```
//! use tashika::Error;
//! use tashika::mdoc::engagement::DeviceEngagement;
//! use tashika::mdoc::session::{Engaged, Received};
//! use tashika::mdoc::EphemeralKey;
//!
//! fn present(
//!     qr_code: &str,
//!     request: impl FnOnce(&tashika::mdoc::SessionTranscript) -> Vec<u8>,
//!     exchange: impl FnOnce(Vec<u8>) -> Vec<u8>,
//! ) -> Result<(), Error> {
//!     let engagement = DeviceEngagement::from_uri(qr_code)?;
//!     let key = EphemeralKey::generate(engagement.curve())?;
//!     let engaged = Engaged::by_qr(&engagement, key)?;
//!     let request = request(engaged.transcript());
//!     let (session, establishment) = engaged.establish(&request)?;
//!     match session.receive(&exchange(establishment))? {
//!         Received::Message(response, session) => {
//!             // Verify `response` with `session.transcript()` and `session.key()`.
//!             let (termination, _) = session.terminate();
//! #           drop((response, termination));
//!         }
//!         Received::Last(response, closed) => {
//!             // The wallet has ended it already.
//! #           drop((response, closed));
//!         }
//!     }
//!     Ok(())
//! }
//! ```

mod cipher;
mod message;
mod state;
#[cfg(test)]
mod tests;

pub use message::SessionStatus;

use std::fmt;

use bytes::Bytes;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::cbor::write;
use crate::mdoc::engagement::{DeviceEngagement, NfcHandover};
use crate::mdoc::{EphemeralKey, SessionTranscript};
use cipher::Cipher;
use message::SessionData;

/// A wallet that has shown its engagement and has not been asked yet.
pub struct Engaged {
    ends: Ends,
    cipher: Cipher,
    /// `EReaderKeyBytes`.
    key_bytes: Vec<u8>,
}

/// A session that was established.
pub struct ReaderSession {
    ends: Ends,
    cipher: Cipher,
}

/// What a message of the wallet brought.
#[must_use]
pub enum Received {
    /// A message. The session goes on.
    Message(Bytes, ReaderSession),
    /// A message with which the wallet ended the session.
    Last(Bytes, ClosedSession),
}

/// A session that has ended: what is needed to verify what came in it.
pub struct ClosedSession(Ends);

/// What both sides of a session are known by.
struct Ends {
    transcript: SessionTranscript,
    key: EphemeralKey,
}

impl Engaged {
    /// Engaged by a QR code, with a key of ours on
    /// [its curve](DeviceEngagement::curve).
    ///
    /// # Errors
    /// `misuse.argument` if the key is on another curve, `mdoc.engagement` if
    /// the wallet's key is not on its own.
    pub fn by_qr(engagement: &DeviceEngagement, key: EphemeralKey) -> Result<Self, Error> {
        let key_bytes = write::embedded(&key.cose_key());
        let transcript = SessionTranscript::qr(engagement.octets(), &key_bytes)?;
        Self::new(engagement, key, key_bytes, transcript)
    }

    /// Engaged by NFC, with a key of ours on the curve of the engagement.
    ///
    /// # Errors
    /// As for [`by_qr`](Self::by_qr).
    pub fn by_nfc(handover: &NfcHandover, key: EphemeralKey) -> Result<Self, Error> {
        let key_bytes = write::embedded(&key.cose_key());
        let engagement = handover.engagement();
        let transcript = SessionTranscript::nfc(
            engagement.octets(),
            &key_bytes,
            handover.select(),
            handover.request(),
        )?;
        Self::new(engagement, key, key_bytes, transcript)
    }

    fn new(
        engagement: &DeviceEngagement,
        key: EphemeralKey,
        key_bytes: Vec<u8>,
        transcript: SessionTranscript,
    ) -> Result<Self, Error> {
        if key.curve() != engagement.curve() {
            return Err(Code::MisuseArgument.into());
        }
        let agreed = key.agree(engagement.device_key().point(), Code::MdocEngagement)?;
        let cipher = Cipher::derive(&agreed, &transcript)?;
        let ends = Ends { transcript, key };
        Ok(Self {
            ends,
            cipher,
            key_bytes,
        })
    }

    /// The transcript of the session, over which readers sign their requests.
    #[must_use]
    pub fn transcript(&self) -> &SessionTranscript {
        &self.ends.transcript
    }

    /// Establishes the session with its first request, a device request in
    /// CBOR: gives the session and the `SessionEstablishment` to send (9.1.1.4).
    ///
    /// # Errors
    /// `misuse.argument` if the request is longer than any cipher takes.
    pub fn establish(mut self, device_request: &[u8]) -> Result<(ReaderSession, Vec<u8>), Error> {
        let data = self.cipher.seal(device_request)?;
        let establishment = write::map(vec![
            (write::text("eReaderKey"), self.key_bytes),
            (write::text("data"), write::bytes(&[&data])),
        ]);
        let session = ReaderSession {
            ends: self.ends,
            cipher: self.cipher,
        };
        Ok((session, establishment))
    }
}

impl ReaderSession {
    /// Opens a `SessionData` message of the wallet (9.1.1.5). The wallet's
    /// messages open in the order in which they were sealed, each once.
    ///
    /// The session is gone after an error. The wallet learns of it by the
    /// message of a [`SessionStatus`].
    ///
    /// # Errors
    /// `input.session` or a code of `input.cbor_` if it is no such message,
    /// `input.too_large` if it is over its budget, `mdoc.session_error` if the
    /// wallet could not read what it was sent, `mdoc.session_ended` if it ended
    /// the session without a message, `mdoc.session_seal` if the message does
    /// not open at its place.
    pub fn receive(mut self, session_data: &[u8]) -> Result<Received, Error> {
        match SessionData::read(session_data)? {
            SessionData::Data(data) => {
                let opened = self.cipher.open(data)?;
                Ok(Received::Message(opened, self))
            }
            SessionData::LastData(data) => {
                let opened = self.cipher.open(data)?;
                Ok(Received::Last(opened, ClosedSession(self.ends)))
            }
            SessionData::Ended => Err(Code::MdocSessionEnded.into()),
            SessionData::Failed => Err(Code::MdocSessionError.into()),
        }
    }

    /// Seals another device request into a `SessionData` message.
    ///
    /// # Errors
    /// `mdoc.session_ended` if the session has sealed as many messages as it
    /// can count, `misuse.argument` if the request is longer than any cipher
    /// takes.
    pub fn send(&mut self, device_request: &[u8]) -> Result<Vec<u8>, Error> {
        let data = self.cipher.seal(device_request)?;
        Ok(message::data(&data))
    }

    /// Ends the session: gives the `SessionData` message that tells the wallet
    /// so, and what is left of the session.
    #[must_use]
    pub fn terminate(self) -> (Vec<u8>, ClosedSession) {
        let message = SessionStatus::Termination.session_data();
        (message, ClosedSession(self.ends))
    }

    /// The transcript of the session.
    #[must_use]
    pub fn transcript(&self) -> &SessionTranscript {
        &self.ends.transcript
    }

    /// Our key of the session, `EReaderKey`.
    #[must_use]
    pub fn key(&self) -> &EphemeralKey {
        &self.ends.key
    }
}

impl ClosedSession {
    /// The transcript of the session.
    #[must_use]
    pub fn transcript(&self) -> &SessionTranscript {
        &self.0.transcript
    }

    /// Our key of the session, `EReaderKey`.
    #[must_use]
    pub fn key(&self) -> &EphemeralKey {
        &self.0.key
    }
}

// Keys are not printed, nor what was presented.
impl fmt::Debug for Engaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engaged({:?})", self.ends.transcript)
    }
}

impl fmt::Debug for ReaderSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReaderSession({:?})", self.ends.transcript)
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(_, session) => write!(f, "Message([redacted], {session:?})"),
            Self::Last(_, closed) => write!(f, "Last([redacted], {closed:?})"),
        }
    }
}

impl fmt::Debug for ClosedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClosedSession({:?})", self.0.transcript)
    }
}
