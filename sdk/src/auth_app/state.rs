//! What ties a callback to its transaction, and to its browser.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::Zeroizing;

use crate::jose;
use crate::transaction::TransactionId;
use crate::trust::sha256;

/// The `state` of a request: the transaction, and 128 bits that nobody guesses,
/// in base64url.
///
/// Of what the auth app's reference permits it uses letters, digits, `-` and
/// `_`: other characters did not survive the way.
pub(super) struct State {
    transaction: TransactionId,
    secret: Zeroizing<[u8; 16]>,
}

impl State {
    pub(super) fn new(transaction: TransactionId, secret: [u8; 16]) -> Self {
        Self {
            transaction,
            secret: Zeroizing::new(secret),
        }
    }

    pub(super) fn secret(&self) -> &[u8; 16] {
        &self.secret
    }

    pub(super) fn text(&self) -> Zeroizing<String> {
        let octets = Zeroizing::new([*self.transaction.octets(), *self.secret].concat());
        Zeroizing::new(jose::encode(&octets))
    }

    /// Whether this is it, in a time that does not tell how much of it is right.
    pub(super) fn is(&self, text: &str) -> bool {
        verify_slices_are_equal(self.text().as_bytes(), text.as_bytes()).is_ok()
    }

    /// The transaction that a state names, whatever else stands in it.
    pub(super) fn transaction_of(text: &str) -> Option<TransactionId> {
        let octets: [u8; 32] = jose::decode(text)?.try_into().ok()?;
        let (transaction, _) = octets.split_first_chunk()?;
        Some(TransactionId::from_entropy(*transaction))
    }
}

/// The octets of a browser's secret, digested: what the server keeps of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct BrowserDigest(pub(super) [u8; 32]);

impl BrowserDigest {
    /// Comparing digests tells nothing about the value, however long it takes.
    pub(super) fn of(value: &str) -> Self {
        Self(sha256(&[value.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: TransactionId = TransactionId::from_entropy([7; 16]);

    #[test]
    fn a_state_names_its_transaction_and_is_no_other() {
        let state = State::new(ID, [9; 16]);
        let text = state.text();
        assert_eq!(text.len(), 43);
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
        assert_eq!(State::transaction_of(&text), Some(ID));
        assert!(state.is(&text));
        assert!(!State::new(ID, [8; 16]).is(&text));
        assert!(!State::new(TransactionId::from_entropy([8; 16]), [9; 16]).is(&text));
        for bad in [
            "",
            "x",
            &text[..42],
            &format!("{}=", *text),
            &format!("{}A", *text),
        ] {
            assert_eq!(State::transaction_of(bad), None);
            assert!(!state.is(bad));
        }
    }
}
