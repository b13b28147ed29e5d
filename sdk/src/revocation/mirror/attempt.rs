//! One request, and what of a list it brings.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use bytes::Bytes;
use http::header::{IF_RANGE, RANGE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use tokio::time::{Instant, timeout_at};
use tower::ServiceExt;

use super::content_range::ContentRange;
use super::{Fetched, MirrorError, MirrorLimits, Validators};
use crate::head::retry_after;
use crate::transport::{Body, Budget, Transport, TransportError};

/// The tag of every list in DER: a SEQUENCE.
const SEQUENCE: u8 = 0x30;

/// What earlier tries have brought.
#[derive(Default)]
pub(super) struct Partial {
    octets: u64,
    /// How many there are in all, where that was said.
    total: Option<u64>,
    validators: Validators,
}

pub(super) struct Attempt<'a> {
    pub(super) transport: &'a Transport,
    pub(super) limits: &'a MirrorLimits,
    pub(super) deadline: Instant,
    pub(super) url: &'a Uri,
    pub(super) known: &'a Validators,
}

impl Attempt<'_> {
    /// Fetches what is missing of a list, or all of it.
    pub(super) async fn run(
        &self,
        file: &mut File,
        partial: &mut Partial,
    ) -> Result<Fetched, MirrorError> {
        if partial.validators.strong().is_none() {
            *partial = Partial::default();
        }
        let response = self.send(partial).await?;
        match response.status() {
            StatusCode::NOT_MODIFIED if partial.octets == 0 && !self.known.is_none() => {
                file.set_len(0)?;
                return Ok(Fetched::Unchanged);
            }
            StatusCode::OK => partial.begin(response.headers()),
            StatusCode::PARTIAL_CONTENT => partial.go_on(response.headers())?,
            // What is there is shorter than what we have of it.
            StatusCode::RANGE_NOT_SATISFIABLE if partial.octets > 0 => {
                return Err(partial.swapped());
            }
            status if status.is_success() || status == StatusCode::NOT_MODIFIED => {
                return Err(MirrorError::Answer);
            }
            status => {
                return Err(MirrorError::Status {
                    status: status.as_u16(),
                    retry_after: retry_after(response.headers()),
                });
            }
        }
        file.set_len(partial.octets)?;
        file.seek(SeekFrom::Start(partial.octets))?;
        self.read(response.into_body(), file, partial).await?;
        match partial.total {
            Some(total) if total != partial.octets => Err(partial.swapped()),
            _ => Ok(Fetched::List {
                octets: partial.octets,
                validators: std::mem::take(&mut partial.validators),
            }),
        }
    }

    async fn send(&self, partial: &Partial) -> Result<Response<Body>, MirrorError> {
        let mut request = Request::get(self.url.clone())
            .body(Bytes::new())
            .map_err(|_| TransportError::Configuration("not a URL"))?;
        match partial.validators.strong() {
            Some(etag) if partial.octets > 0 => {
                let range = format!("bytes={}-", partial.octets);
                let range = HeaderValue::try_from(range).map_err(|_| MirrorError::Answer)?;
                request.headers_mut().insert(RANGE, range);
                request.headers_mut().insert(IF_RANGE, etag.clone());
            }
            _ => self.known.ask(request.headers_mut()),
        }
        request.extensions_mut().insert(Budget {
            total: self.deadline.saturating_duration_since(Instant::now()),
            body: self.limits.octets,
        });
        // A head has as long as a window; what it does not bring counts as
        // nothing having arrived.
        let sent = self.transport.clone().oneshot(request);
        match timeout_at(Instant::now() + self.limits.window, sent).await {
            Ok(response) => Ok(response?),
            Err(_) => Err(MirrorError::Slow),
        }
    }

    async fn read(
        &self,
        mut body: Body,
        file: &mut File,
        partial: &mut Partial,
    ) -> Result<(), MirrorError> {
        let mut window = Window::begin(self.limits);
        loop {
            let Ok(chunk) = timeout_at(window.end, body.chunk()).await else {
                window = window.next(self.limits)?;
                continue;
            };
            let Some(chunk) = chunk? else {
                return Ok(());
            };
            if partial.octets == 0 && chunk.first().is_some_and(|octet| *octet != SEQUENCE) {
                return Err(MirrorError::NotAList);
            }
            let arrived = chunk.len() as u64;
            partial.octets += arrived;
            if partial.octets > self.limits.octets {
                return Err(TransportError::TooLarge.into());
            }
            file.write_all(&chunk)?;
            window.arrived += arrived;
            if Instant::now() >= window.end {
                window = window.next(self.limits)?;
            }
        }
    }
}

impl Partial {
    /// A list from its first octet on.
    fn begin(&mut self, headers: &HeaderMap) {
        *self = Self {
            octets: 0,
            total: None,
            validators: Validators::of(headers),
        };
    }

    /// The rest of what is here, if it is of the same issue.
    fn go_on(&mut self, headers: &HeaderMap) -> Result<(), MirrorError> {
        if self.octets == 0 {
            return Err(MirrorError::Answer);
        }
        let range = ContentRange::of(headers).ok_or(MirrorError::Answer)?;
        let same = Validators::of(headers).strong() == self.validators.strong();
        let total = range.total.unwrap_or(range.last + 1);
        let whole = range.first == self.octets && range.last + 1 == total;
        if !same || !whole || self.total.is_some_and(|known| known != total) {
            return Err(self.swapped());
        }
        self.total = Some(total);
        Ok(())
    }

    /// What is here is of no use any more.
    fn swapped(&mut self) -> MirrorError {
        *self = Self::default();
        MirrorError::Swapped
    }
}

/// A while in which something has to arrive.
struct Window {
    end: Instant,
    arrived: u64,
}

impl Window {
    fn begin(limits: &MirrorLimits) -> Self {
        Self {
            end: Instant::now() + limits.window,
            arrived: 0,
        }
    }

    fn next(&self, limits: &MirrorLimits) -> Result<Self, MirrorError> {
        if self.arrived < limits.floor {
            return Err(MirrorError::Slow);
        }
        Ok(Self::begin(limits))
    }
}
