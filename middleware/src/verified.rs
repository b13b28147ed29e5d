//! A proof in a request.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use tashika::Time;
use tashika::transaction::TransactionId;

/// A proof that was gained for this request, in its extensions.
///
/// A handler finds it there (`request.extensions().get::<Verified<T>>()`), or as
/// an argument, with the feature `axum`. It is put there by a layer, and only
/// code that holds a proof can make one: a request that has it has passed every
/// check.
pub struct Verified<T> {
    inner: Arc<Inner<T>>,
}

struct Inner<T> {
    proof: T,
    gained: Gaining,
}

/// When and how a proof was gained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gaining {
    /// The transaction in which it was asked for: it has ended.
    pub transaction: TransactionId,
    /// When its evidence was verified.
    pub at: Time,
    /// Where the answer came from.
    pub device: Device,
}

/// Which device an answer came from, as far as browsers can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Device {
    /// The browser in which the transaction began.
    Same,
    /// Another, as where a code was scanned. It is a weaker proof: whoever shows
    /// the code may relay it to a person elsewhere, who answers in good faith.
    Other,
}

impl Gaining {
    /// That a proof was gained so.
    #[must_use]
    pub const fn new(transaction: TransactionId, at: Time, device: Device) -> Self {
        Self {
            transaction,
            at,
            device,
        }
    }
}

impl<T> Verified<T> {
    /// A proof that was gained so.
    #[must_use]
    pub fn new(proof: T, gained: Gaining) -> Self {
        let inner = Inner { proof, gained };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// When and how it was gained.
    #[must_use]
    pub fn gained(&self) -> Gaining {
        self.inner.gained
    }

    /// The transaction in which it was asked for.
    #[must_use]
    pub fn transaction(&self) -> TransactionId {
        self.inner.gained.transaction
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner.proof
    }
}

// Whatever the proof is, it is one: no `T: Clone`.
impl<T> Clone for Verified<T> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verified").field(&self.inner.proof).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_found_by_its_type() {
        let transaction = TransactionId::from_entropy([7; 16]);
        let gained = Gaining::new(transaction, Time::from_unix(1), Device::Same);
        let mut request = http::Request::new(());
        request
            .extensions_mut()
            .insert(Verified::new("proof", gained));
        let found = request.extensions().get::<Verified<&str>>().unwrap();
        assert_eq!((**found, found.gained()), ("proof", gained));
        assert_eq!(found.transaction(), transaction);
        assert!(request.extensions().get::<Verified<u8>>().is_none());
    }
}
