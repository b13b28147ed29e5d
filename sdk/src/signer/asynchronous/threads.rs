//! Signing on threads that may block.

use std::fmt;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::code::Code;
use crate::error::Error;
use crate::signer::Signer;
use crate::signer::asynchronous::{AsyncSigner, Signing};

/// A signer that blocks, such as a PKCS #11 module, asked on the threads that
/// tokio keeps for that.
///
/// A signature that was begun is made to its end even if nobody waits for it
/// any more: modules cannot be interrupted. One that hangs keeps its thread, so
/// no more than [`OnThreads::AT_ONCE`] are made at once: the threads are there
/// for others too.
pub struct OnThreads<S> {
    signer: Arc<S>,
    places: Arc<Semaphore>,
}

impl<S> OnThreads<S> {
    /// Signatures that are made at once. Modules make one after the other
    /// inside.
    pub const AT_ONCE: usize = 8;
}

impl<S: Signer + 'static> OnThreads<S> {
    /// This signer, which signs on other threads. It has to be asked within a
    /// tokio runtime: elsewhere there are none, and it says `misuse.signer`.
    pub fn new(signer: S) -> Self {
        Self {
            signer: Arc::new(signer),
            places: Arc::new(Semaphore::new(Self::AT_ONCE)),
        }
    }
}

impl<S: Signer + 'static> AsyncSigner for OnThreads<S> {
    fn algorithm(&self) -> &[u8] {
        self.signer.algorithm()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a> {
        Box::pin(async move {
            let absent = |_| Error::new(Code::MisuseSigner);
            let runtime = Handle::try_current().map_err(absent)?;
            let place = Arc::clone(&self.places).acquire_owned().await;
            let place = place.map_err(|_| Code::MisuseSigner)?;
            let (signer, message) = (Arc::clone(&self.signer), message.to_vec());
            let signing = runtime.spawn_blocking(move || {
                // Free when it is made, and not when nobody waits any more.
                let _place = place;
                signer.sign(&message)
            });
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
