//! A session as octets, for another machine to go on with.

use zeroize::Zeroizing;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::session::cipher::{Cipher, Direction};
use crate::mdoc::session::{Ends, ReaderSession};
use crate::mdoc::{Curve, EphemeralKey, SessionTranscript};

/// What the octets begin with. There follow the number of the curve, counter
/// and key of the reader and of the device, our private key, and the transcript
/// to the end.
const VERSION: u8 = 1;

const FOREIGN: Code = Code::TransactionSeal;

impl ReaderSession {
    /// The session as octets, to be sealed and kept: they hold its keys.
    ///
    /// It is here no more. Whoever went on with it twice would seal two
    /// messages with one nonce and give both away, so the store hands the
    /// octets out once.
    ///
    /// # Errors
    /// `misuse.argument` if the private key cannot be had.
    pub fn into_octets(self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let Cipher { reader, device } = &self.cipher;
        let Ends { transcript, key } = &self.ends;
        let parts: [&[u8]; 8] = [
            &[VERSION],
            &key.curve().number().to_be_bytes(),
            &reader.count.to_be_bytes(),
            &*reader.key,
            &device.count.to_be_bytes(),
            &*device.key,
            &key.scalar()?,
            transcript.octets(),
        ];
        Ok(Zeroizing::new(parts.concat()))
    }

    /// The session of octets that [`into_octets`](Self::into_octets) gave.
    ///
    /// # Errors
    /// `transaction.seal` if they are none of a session.
    pub fn from_octets(octets: &[u8]) -> Result<Self, Error> {
        Ok(Self::read(octets)?)
    }

    fn read(mut octets: &[u8]) -> Result<Self, Code> {
        if take(&mut octets)? != [VERSION] {
            return Err(FOREIGN);
        }
        let curve = Curve::from_number(i64::from_be_bytes(take(&mut octets)?));
        let curve = curve.ok_or(FOREIGN)?;
        let cipher = Cipher {
            reader: Direction::read(&mut octets)?,
            device: Direction::read(&mut octets)?,
        };
        let (scalar, transcript) = octets
            .split_at_checked(curve.field_length())
            .ok_or(FOREIGN)?;
        let key = EphemeralKey::from_entropy(curve, scalar).map_err(|_| FOREIGN)?;
        let transcript = SessionTranscript::stored(transcript).map_err(|_| FOREIGN)?;
        if !transcript.flow().allows_mac() {
            return Err(FOREIGN);
        }
        let ends = Ends { transcript, key };
        Ok(Self { ends, cipher })
    }
}

impl Direction {
    fn read(octets: &mut &[u8]) -> Result<Self, Code> {
        let count = u32::from_be_bytes(take(octets)?);
        let key = Zeroizing::new(take(octets)?);
        Ok(Self { key, count })
    }
}

fn take<const N: usize>(octets: &mut &[u8]) -> Result<[u8; N], Code> {
    let (taken, rest) = octets.split_first_chunk().ok_or(FOREIGN)?;
    *octets = rest;
    Ok(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::session::Received;
    use crate::mdoc::session::tests::established;

    #[test]
    fn a_session_goes_on_elsewhere() {
        for curve in [Curve::P256, Curve::P384] {
            let (session, mut wallet) = established(curve);
            let first = wallet.seal(b"first");
            let Received::Message(_, session) = session.receive(&first).unwrap() else {
                panic!();
            };
            let (transcript, point) =
                (session.transcript().clone(), session.key().point().to_vec());
            let octets = session.into_octets().unwrap();
            let mut session = ReaderSession::from_octets(&octets).unwrap();
            assert_eq!(*session.transcript(), transcript);
            assert_eq!(session.key().point(), point);
            // Both sides count on.
            let request = session.send(b"request").unwrap();
            assert_eq!(wallet.open(&request), b"request");
            let second = wallet.seal(b"second");
            let Received::Message(response, _) = session.receive(&second).unwrap() else {
                panic!();
            };
            assert_eq!(response, "second");
        }
    }

    #[test]
    fn other_octets_are_no_session() {
        let octets = established(Curve::P256).0.into_octets().unwrap();
        let refused = |octets: &[u8]| ReaderSession::from_octets(octets).unwrap_err().code();
        // Cut anywhere, the transcript is not whole.
        for length in 0..octets.len() {
            assert_eq!(refused(&octets[..length]), FOREIGN, "{length}");
        }
        assert_eq!(refused(&[&octets[..], &[0]].concat()), FOREIGN);
        for (at, value) in [(0, 2), (8, 3), (8, 2)] {
            let mut changed = octets.to_vec();
            changed[at] = value;
            assert_eq!(refused(&changed), FOREIGN, "{at}");
        }
        // No private key of the curve.
        let mut changed = octets.to_vec();
        changed[81..113].fill(0xff);
        assert_eq!(refused(&changed), FOREIGN);
        // A transcript without a session.
        let other = SessionTranscript::annex_c("e", "o");
        assert_eq!(refused(&[&octets[..113], other.octets()].concat()), FOREIGN);
    }

    #[test]
    fn counters_come_along() {
        let (session, _) = established(Curve::P256);
        let octets = session.into_octets().unwrap();
        assert_eq!(octets[9..13], [0, 0, 0, 1]);
        assert_eq!(octets[45..49], [0, 0, 0, 0]);
    }
}
