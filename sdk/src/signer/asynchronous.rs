//! Signing that takes its time: in a module that is slow, or far away.

#[cfg(feature = "fetch")]
mod threads;

use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;

use crate::error::Error;
use crate::signer::Signer;

#[cfg(feature = "fetch")]
pub use threads::OnThreads;

/// A signature that is being made.
pub type Signing<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Error>> + Send + 'a>>;

/// A [`Signer`] that may be waited for without holding up others: a service
/// that signs for us, or a module behind [`OnThreads`].
///
/// A key in memory, which signs in less than a millisecond, is one as
/// [`Immediate`].
pub trait AsyncSigner: Send + Sync {
    /// The `AlgorithmIdentifier` of its signatures, in DER.
    fn algorithm(&self) -> &[u8];

    /// The signature over `message`, in the form of [`Signer::sign`].
    ///
    /// The future's error is `misuse.signer`, `misuse.entropy` or
    /// `misuse.argument` if the key cannot sign.
    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a>;
}

/// A signer that is quick enough to be asked where others wait.
pub struct Immediate<S>(S);

impl<S: Signer> Immediate<S> {
    /// This signer, which signs as soon as it is asked.
    pub const fn new(signer: S) -> Self {
        Self(signer)
    }
}

impl<S: Signer> AsyncSigner for Immediate<S> {
    fn algorithm(&self) -> &[u8] {
        self.0.algorithm()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a> {
        Box::pin(future::ready(self.0.sign(message)))
    }
}

// Keys are not printed.
impl<S> fmt::Debug for Immediate<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Immediate").finish_non_exhaustive()
    }
}
