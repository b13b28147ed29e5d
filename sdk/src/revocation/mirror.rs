//! Revocation lists from HTTP servers that may be anybody's.
//!
//! Lists are signed, so that it does not matter who hands them out: a
//! [`Mirror`] brings octets into a file, and whoever reads the file verifies
//! them. What a mirror can do wrong is to be slow, to break off, to hand out
//! something else, and to splice: to go on with another issue of the list than
//! it began with.
//!
//! * It is asked with `If-None-Match` and `If-Modified-Since` for the issue that
//!   is there, and a list that has not changed is not sent again. That says
//!   nothing of its age, which counts from its thisUpdate alone.
//! * What broke off is gone on with by `Range` and `If-Range` (RFC 9110, 13.1.5
//!   and 14), under a **strong** entity tag only, which the rest has to repeat.
//!   Otherwise it begins anew.
//! * There are caps for the time in all, for the octets, and for how little may
//!   arrive in a while. Redirects are not followed and nothing is
//!   decompressed ([`transport`](crate::transport)).
//! * What does not begin like DER is not read on: an error page with the
//!   status 200, for example.
//!
//! A mirror whose entity tags are strong and wrong, as of two issues of the
//! same length in the same second, can splice all the same. The signature then
//! refuses the whole.

use std::fmt;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::time::Duration;

use http::Uri;
use tokio::time::{Instant, sleep, timeout_at};
use tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use tower::util::rng::HasherRng;

use crate::limits;
use crate::transport::Transport;

mod attempt;
mod content_range;
mod error;
mod validators;

pub use error::MirrorError;
pub use validators::Validators;

use attempt::{Attempt, Partial};

/// What fetching one list may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MirrorLimits {
    /// From the first request to the last octet, with all tries.
    pub total: Duration,
    /// Octets of a list.
    pub octets: u64,
    /// How often a request is made that failed by what may pass: a connection
    /// that broke, a server in trouble, a list that was swapped.
    pub tries: u32,
    /// The pause before the second try; it doubles, and up to half of it again
    /// is left to chance.
    pub pause: Duration,
    /// So long...
    pub window: Duration,
    /// ... at least so many octets arrive, or the try has failed.
    pub floor: u64,
}

impl MirrorLimits {
    /// Half an hour, [`limits::CRL_STREAM`] octets, five tries after half a
    /// second, and 64 KiB in ten seconds. Whoever sends less than that has
    /// nothing to send, or wants to hold us up.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            total: Duration::from_secs(30 * 60),
            octets: limits::CRL_STREAM,
            tries: 5,
            pause: Duration::from_millis(500),
            window: Duration::from_secs(10),
            floor: 64 * 1024,
        }
    }
}

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How much of a pause is added by chance at most, so that many machines that
/// lost the same mirror do not come back in step.
const JITTER: f64 = 0.5;

/// Fetches lists from configured origins.
#[derive(Clone)]
pub struct Mirror {
    transport: Transport,
    limits: MirrorLimits,
}

/// What a mirror had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The issue that was asked about. The file is empty.
    Unchanged,
    /// Something, in the file. It is not verified.
    #[non_exhaustive]
    List {
        /// How many octets.
        octets: u64,
        /// What tells it from other issues, for the next time, if it verifies.
        validators: Validators,
    },
}

impl Mirror {
    /// Fetches through this transport, whose origins are the ones that may be
    /// asked. Its own time-out and cap do not count, only its connect time-out.
    #[must_use]
    pub fn new(transport: Transport, limits: MirrorLimits) -> Self {
        Self { transport, limits }
    }

    /// Writes what is at `url` into `file`, unless it is what `known` tells. The
    /// file is private, and empty again when it fails.
    ///
    /// Writing blocks: it is to a local disk.
    ///
    /// # Errors
    /// [`MirrorError`].
    pub async fn fetch(
        &self,
        url: &Uri,
        known: &Validators,
        file: &mut File,
    ) -> Result<Fetched, MirrorError> {
        let deadline = Instant::now() + self.limits.total;
        let fetched = timeout_at(deadline, self.try_often(url, known, file, deadline)).await;
        let fetched = fetched.unwrap_or(Err(MirrorError::Timeout));
        if fetched.is_err() {
            file.set_len(0)?;
        }
        file.seek(SeekFrom::Start(0))?;
        fetched
    }

    async fn try_often(
        &self,
        url: &Uri,
        known: &Validators,
        file: &mut File,
        deadline: Instant,
    ) -> Result<Fetched, MirrorError> {
        let mut backoff = self.backoff();
        let mut partial = Partial::default();
        let mut tries = self.limits.tries;
        loop {
            let attempt = Attempt {
                transport: &self.transport,
                limits: &self.limits,
                deadline,
                url,
                known,
            };
            let failed = match attempt.run(file, &mut partial).await {
                Err(error) if error.may_pass() => error,
                outcome => return outcome,
            };
            tries = tries.saturating_sub(1);
            if tries == 0 {
                return Err(failed);
            }
            match (failed.retry_after(), &mut backoff) {
                (Some(pause), _) => sleep(pause).await,
                (None, Some(backoff)) => backoff.next_backoff().await,
                (None, None) => {}
            }
        }
    }

    /// None if there is to be no pause.
    fn backoff(&self) -> Option<ExponentialBackoff> {
        let longest = LONGEST_PAUSE.max(self.limits.pause);
        let rng = HasherRng::default();
        let maker = ExponentialBackoffMaker::new(self.limits.pause, longest, JITTER, rng);
        maker.ok().map(|mut maker| maker.make_backoff())
    }
}

impl fmt::Debug for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mirror")
            .field("transport", &self.transport)
            .field("limits", &self.limits)
            .finish()
    }
}
