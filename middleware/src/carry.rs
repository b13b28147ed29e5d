//! What the relying party knew when it asked, until the answer comes.

use std::fmt;

use bytes::Bytes;
use tashika::{Code, Error};

/// Something of the relying party's own that a transaction carries from its
/// first request to its answer, such as the form that somebody filled in, or the
/// lane in which they stand.
///
/// A service that stands outside of a layer puts it into the extensions of the
/// request that begins the transaction. Where a layer makes something of the
/// inner service's response, as [`SignatureLayer`](crate::SignatureLayer) does,
/// the inner service may put it into the extensions of that response instead.
/// The layer seals it with what it keeps itself, and the request that has passed
/// has it as [`Carried`].
///
/// So nothing has to be remembered beside the transaction, nothing comes back by
/// way of the browser, and of two tabs none can take what belongs to the other.
#[derive(Clone, PartialEq, Eq)]
pub struct Carry(Bytes);

/// What a transaction [carried](Carry), in the extensions of the request with
/// which it ended. It is as it was when the transaction began.
#[derive(Clone, PartialEq, Eq)]
pub struct Carried(Bytes);

/// The octets of the length that stands before what is carried.
const LENGTH: usize = 2;

impl Carry {
    /// How many octets a transaction carries at most.
    pub const MOST: usize = 16 * 1024;

    /// Has a transaction carry these octets.
    ///
    /// # Errors
    /// `misuse.argument` if they are more than [`MOST`](Self::MOST).
    pub fn new(octets: impl Into<Bytes>) -> Result<Self, Error> {
        let octets = octets.into();
        if octets.len() > Self::MOST {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(octets))
    }

    /// Length and octets, as they stand before the state of a transaction; the
    /// same with nothing where nothing is carried.
    pub(crate) fn prefix(carry: Option<&Self>) -> Vec<u8> {
        let octets = carry.map_or(&[][..], |carry| &carry.0);
        // At most 16 KiB.
        let length = u16::try_from(octets.len()).unwrap_or(u16::MAX);
        [&length.to_be_bytes(), octets].concat()
    }
}

impl Carried {
    /// The octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    /// Takes from the front of a state what [`Carry::prefix`] wrote there.
    ///
    /// `transaction.form` if it is not there.
    pub(crate) fn take(state: &mut Vec<u8>) -> Result<Option<Self>, Error> {
        let length = state.first_chunk::<LENGTH>().ok_or(Code::TransactionForm)?;
        let end = LENGTH.saturating_add(usize::from(u16::from_be_bytes(*length)));
        let octets = state.get(LENGTH..end).ok_or(Code::TransactionForm)?;
        let carried = (!octets.is_empty()).then(|| Self(Bytes::copy_from_slice(octets)));
        state.drain(..end);
        Ok(carried)
    }
}

// It is what somebody filled in.
impl fmt::Debug for Carry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carry(…)")
    }
}

impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carried(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carry(octets: &'static [u8]) -> Carry {
        Carry::new(octets).unwrap()
    }

    #[test]
    fn what_is_carried_comes_back_and_leaves_the_state() {
        let all = [None, Some(carry(b"form")), Some(carry(&[7; Carry::MOST]))];
        for carry in all {
            let mut state = Carry::prefix(carry.as_ref());
            state.extend(b"state");
            let carried = Carried::take(&mut state).unwrap();
            assert_eq!(carried.map(|c| c.0), carry.map(|c| c.0));
            assert_eq!(state, b"state");
        }
        assert_eq!(format!("{:?}", carry(b"form")), "Carry(…)");
    }

    #[test]
    fn nothing_longer_is_carried_and_nothing_else_is_read() {
        let refused = Carry::new(vec![0; Carry::MOST + 1]).unwrap_err();
        assert_eq!(refused.code(), Code::MisuseArgument);
        for bad in [&b""[..], b"\0", b"\0\x01"] {
            let refused = Carried::take(&mut bad.to_vec()).unwrap_err();
            assert_eq!(refused.code(), Code::TransactionForm);
        }
    }
}
