//! A presentation that was asked for and has not come yet.

mod begin;
mod channel;
mod finish;
mod sealed;

use std::fmt;

use crate::error::Error;
use crate::mdoc::Requested;
use crate::seal::Sealer;
use crate::time::Time;
use crate::transaction::{Audience, Binding, TransactionId};

pub use begin::Offer;
pub use finish::{Received, ReceivedResponse};

use channel::Channel;

/// All that has to be remembered between a request and its answer: what was
/// asked, the keys and nonces that were made for it, the origin that asked, the
/// transaction and when it ends.
///
/// It is consumed by the answer, so that one request has one answer. Between
/// the two it is sealed, and may wait wherever any machine that serves the
/// transaction finds it; the store that hands it out once makes it single-use
/// there too.
///
/// ```
/// # use tashika::mdoc::envelope::DcApiAnswer;
/// # use tashika::mdoc::{
/// #     Edition, PendingPresentation, PresentationVerifier, ReaderAuthentication, Requested,
/// #     UnconfirmedPresentation,
/// # };
/// # use tashika::seal::Sealer;
/// # use tashika::transaction::{Audience, Binding, ClientKey, MemoryStore, TransactionId};
/// # use tashika::{Error, Time};
/// fn begin(
///     binding: Binding,
///     requested: Requested,
///     (store, sealer): (&MemoryStore, &Sealer),
///     client: ClientKey,
///     now: Time,
/// ) -> Result<String, Error> {
///     let (transaction, expires) = (binding.transaction, binding.expires);
///     let (edition, readers) = (Edition::First, ReaderAuthentication::Unsigned);
///     let (pending, request) =
///         PendingPresentation::begin_annex_c(binding, requested, &edition, readers)?;
///     store.put(transaction, client, expires, pending.seal(sealer)?, now)?;
///     Ok(request.to_json())
/// }
///
/// fn finish(
///     transaction: TransactionId,
///     credential: &str,
///     (store, sealer): (&MemoryStore, &Sealer),
///     audience: &Audience,
///     verifier: &PresentationVerifier,
///     now: Time,
/// ) -> Result<UnconfirmedPresentation, Error> {
///     let sealed = store.take(&transaction, now)?;
///     let pending = PendingPresentation::open(sealer, audience, &transaction, &sealed, now)?;
///     let received = pending.finish(&DcApiAnswer::from_json(credential)?, now)?;
///     received.check(verifier, now)
/// }
/// ```
pub struct PendingPresentation {
    binding: Binding,
    requested: Requested,
    /// At most one of each kind.
    channels: Vec<Channel>,
}

impl PendingPresentation {
    /// To whom, for what, in which transaction and until when.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// What was asked for.
    #[must_use]
    pub fn requested(&self) -> &Requested {
        &self.requested
    }

    /// This presentation, sealed for its purpose and its transaction until it
    /// expires.
    ///
    /// # Errors
    /// As [`Sealer::seal`].
    pub fn seal(self, sealer: &Sealer) -> Result<Vec<u8>, Error> {
        let state = sealed::write(&self)?;
        sealer.seal_bound(&self.binding, &state)
    }

    /// The presentation that was sealed in `transaction`, for `audience`.
    ///
    /// # Errors
    /// `transaction.seal` if it was sealed for another purpose or transaction
    /// or has been changed, `transaction.expired` if its time is over at `now`,
    /// `transaction.foreign` if another origin asked, `transaction.form` if
    /// what was sealed is no presentation.
    pub fn open(
        sealer: &Sealer,
        audience: &Audience,
        transaction: &TransactionId,
        sealed: &[u8],
        now: Time,
    ) -> Result<Self, Error> {
        let state = sealer.open(&audience.purpose, transaction, sealed, now)?;
        let pending = sealed::read(&state)?;
        pending.binding.check(audience, now)?;
        Ok(pending)
    }
}

// Keys, nonces, and what a person is asked for.
impl fmt::Debug for PendingPresentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingPresentation")
            .field("binding", &self.binding)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
