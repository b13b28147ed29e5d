//! The keys that sign client assertions, and which of them does today.

use std::fmt;
use std::sync::Arc;

use crate::algorithm::KeyKind;
use crate::ascii::is_printable;
use crate::code::Code;
use crate::error::Error;
use crate::signer::{self, AsyncSigner};
use crate::time::Time;

/// A key that signs client assertions from some day on.
///
/// Its public half is handed over on paper, long before the provider takes it:
/// the day stands with the key, so that the change needs nobody awake.
#[derive(Clone)]
pub struct AssertionKey {
    signer: Arc<dyn AsyncSigner>,
    kind: KeyKind,
    kid: Option<String>,
    active_from: Time,
}

impl AssertionKey {
    /// A key on P-256, which signs with ES256, or an RSA key, which signs with
    /// RS256. It signs from `active_from` on, until a newer one does.
    ///
    /// # Errors
    /// `misuse.argument` if it is another kind of key.
    pub fn new(signer: Arc<dyn AsyncSigner>, active_from: Time) -> Result<Self, Error> {
        let kind = signer::kind(signer.algorithm())?;
        match kind {
            KeyKind::P256 | KeyKind::Rsa => Ok(Self {
                signer,
                kind,
                kid: None,
                active_from,
            }),
            KeyKind::P384 => Err(Code::MisuseArgument.into()),
        }
    }

    /// The same key, named in the header (`kid`; RFC 7515, 4.1.4) as the
    /// provider names it: for example by
    /// [`ClientPublicKey::kid`](crate::auth_app::ClientPublicKey::kid).
    ///
    /// # Errors
    /// `misuse.argument` if it is not 1 to 255 printable ASCII characters.
    pub fn with_kid(mut self, kid: &str) -> Result<Self, Error> {
        if !(1..=255).contains(&kid.len()) || !is_printable(kid) {
            return Err(Code::MisuseArgument.into());
        }
        self.kid = Some(kid.to_owned());
        Ok(self)
    }

    pub(super) fn signer(&self) -> &dyn AsyncSigner {
        &*self.signer
    }

    pub(super) const fn kind(&self) -> KeyKind {
        self.kind
    }

    pub(super) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }
}

/// The keys of a client, of which one signs at any time.
#[derive(Clone, Debug)]
pub struct AssertionKeys(Vec<AssertionKey>);

impl AssertionKeys {
    /// These keys, in any order.
    ///
    /// # Errors
    /// `misuse.argument` if there is none, or two begin at the same time.
    pub fn new(mut keys: Vec<AssertionKey>) -> Result<Self, Error> {
        keys.sort_by_key(|key| key.active_from);
        let mut pairs = keys.iter().zip(keys.iter().skip(1));
        if keys.is_empty() || pairs.any(|(one, next)| one.active_from == next.active_from) {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(keys))
    }

    /// The key that signs at `now`: of those that have begun, the one that
    /// began last.
    pub(super) fn active(&self, now: Time) -> Result<&AssertionKey, Error> {
        let begun = |key: &&AssertionKey| key.active_from <= now;
        let newest = self.0.iter().rev().find(begun);
        newest.ok_or(Code::MisuseArgument.into())
    }
}

// Keys are not printed.
impl fmt::Debug for AssertionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssertionKey")
            .field("kind", &self.kind)
            .field("kid", &self.kid)
            .field("active_from", &self.active_from)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signer::Signing;

    /// A signer of which only the algorithm is asked.
    struct Named(Vec<u8>);

    impl AsyncSigner for Named {
        fn algorithm(&self) -> &[u8] {
            &self.0
        }

        fn sign<'a>(&'a self, _: &'a [u8]) -> Signing<'a> {
            Box::pin(async { Err(Code::MisuseSigner.into()) })
        }
    }

    fn key(kind: KeyKind, from: i64) -> Result<AssertionKey, Error> {
        let signer = Named(signer::algorithm(kind));
        AssertionKey::new(Arc::new(signer), Time::from_unix(from))
    }

    fn keys(starts: &[i64]) -> Result<AssertionKeys, Error> {
        let keys = starts.iter().map(|from| key(KeyKind::P256, *from));
        AssertionKeys::new(keys.collect::<Result<_, _>>()?)
    }

    #[test]
    fn the_newest_key_that_has_begun_signs() {
        let keys = keys(&[200, 100, 300]).unwrap();
        for (now, expected) in [
            (99, Err(Code::MisuseArgument)),
            (100, Ok(100)),
            (199, Ok(100)),
            (200, Ok(200)),
            (300, Ok(300)),
            (i64::MAX, Ok(300)),
        ] {
            let active = keys.active(Time::from_unix(now));
            let active = active.map(|key| key.active_from.as_unix());
            assert_eq!(active.map_err(|error| error.code()), expected, "{now}");
        }
    }

    #[test]
    fn which_key_signs_is_never_a_matter_of_order() {
        for starts in [&[][..], &[100, 200, 100]] {
            let code = keys(starts).unwrap_err().code();
            assert_eq!(code, Code::MisuseArgument, "{starts:?}");
        }
    }

    #[test]
    fn only_what_providers_take_signs() {
        assert!(key(KeyKind::Rsa, 0).is_ok());
        let refused = key(KeyKind::P384, 0).unwrap_err();
        assert_eq!(refused.code(), Code::MisuseArgument);
        let unknown = AssertionKey::new(Arc::new(Named(vec![0x30, 0])), Time::from_unix(0));
        assert_eq!(unknown.unwrap_err().code(), Code::MisuseArgument);
    }

    #[test]
    fn names_of_keys_are_printable() {
        let longest = "k".repeat(255);
        let too_long = "k".repeat(256);
        assert!(key(KeyKind::P256, 0).unwrap().with_kid(&longest).is_ok());
        for bad in ["", "a\n", "鍵", &too_long] {
            let refused = key(KeyKind::P256, 0).unwrap().with_kid(bad);
            assert_eq!(refused.unwrap_err().code(), Code::MisuseArgument, "{bad:?}");
        }
    }
}
