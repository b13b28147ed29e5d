//! Signing on threads that may block.

use std::fmt;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::code::Code;
use crate::error::Error;
use crate::signer::Signer;
use crate::signer::asynchronous::{AsyncSigner, Signing};

/// A signer that blocks, such as a PKCS #11 module, asked on the threads that
/// tokio keeps for that.
///
/// A signature that was begun is made to its end even if nobody waits for it
/// any more: modules cannot be interrupted.
pub struct OnThreads<S>(Arc<S>);

impl<S: Signer + 'static> OnThreads<S> {
    /// This signer, which signs on other threads. It has to be asked within a
    /// tokio runtime: elsewhere there are none, and it says `misuse.signer`.
    pub fn new(signer: S) -> Self {
        Self(Arc::new(signer))
    }
}

impl<S: Signer + 'static> AsyncSigner for OnThreads<S> {
    fn algorithm(&self) -> &[u8] {
        self.0.algorithm()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a> {
        Box::pin(async move {
            let absent = |_| Error::new(Code::MisuseSigner);
            let runtime = Handle::try_current().map_err(absent)?;
            let (signer, message) = (Arc::clone(&self.0), message.to_vec());
            let signing = runtime.spawn_blocking(move || signer.sign(&message));
            // It panicked, or the runtime is shutting down.
            signing.await.map_err(|_| Code::MisuseSigner)?
        })
    }
}

// Keys are not printed.
impl<S> fmt::Debug for OnThreads<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnThreads").finish_non_exhaustive()
    }
}
