//! `tashika crl`: lists, one by one and in stores.

mod bindings;
mod diff;
mod lookup;
mod mirrors;
mod progress;
mod source;
pub(crate) mod status;
mod sync;

use std::io::{self, Write};

use serde::Serialize;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::Kind;
use tashika::revocation::{Freshness, Ingest, ListStore, Partition, Policy, StoreError};
use tashika::trust::{Purpose, TrustStore};
use tashika::{Duration, Time};

use crate::anchors::{self, Terms};
use crate::cli::crl::{Anchors, Crl, Store};
use crate::exit::{Exit, Failure};
use crate::show;

/// Lists count up to so many hours after their thisUpdate, and not past their
/// nextUpdate.
pub(crate) fn policy(max_age: u32) -> Policy {
    Policy::strict(Duration::hours(i64::from(max_age)))
}

/// Whether the list of a partition is fresh under a policy. One that does not
/// say when the next one comes is not.
pub(crate) fn is_fresh(partition: &Partition, policy: &Policy, now: Time) -> bool {
    let (issued, next) = (partition.this_update(), partition.next_update());
    next.is_some() && policy.freshness(issued, next, now) == Freshness::Fresh
}

pub(crate) fn run(command: &Crl) -> Result<Exit, Failure> {
    match command {
        Crl::Show { file, json } => show::crl(file, *json),
        Crl::Sync(options) => sync::run(options),
        Crl::Status(options) => status::run(options),
        Crl::Lookup(options) => lookup::run(options),
        Crl::Diff(options) => diff::run(options),
        #[cfg(feature = "parquet")]
        Crl::Export(options) => crate::watch::export::run(options),
    }
}

impl Anchors {
    /// Those over certificates of cards.
    pub(crate) fn load(&self) -> Result<TrustStore, Failure> {
        anchors::load(&self.trust, self.terms())
    }

    /// Those over signers of documents too.
    fn load_all(&self) -> Result<TrustStore, Failure> {
        anchors::load_all(&self.trust, self.terms())
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            environment: self.environment,
            pins: &self.pin,
        }
    }
}

impl Store {
    pub(crate) fn open(&self) -> Result<ListStore, Failure> {
        self.open_under(self.anchors.load()?)
    }

    /// Opened for all lists that it may hold.
    fn open_all(&self) -> Result<ListStore, Failure> {
        self.open_under(self.anchors.load_all()?)
    }

    fn open_under(&self, trust: TrustStore) -> Result<ListStore, Failure> {
        ListStore::open(&self.store, trust).map_err(|e| self.failure(e))
    }

    fn failure(&self, source: StoreError) -> Failure {
        Failure::store(&self.store, source)
    }
}

/// Verifies lists of cards' certificates and of those of documents' signers.
fn ingest(trust: TrustStore) -> Ingest {
    let [signing, authentication] = [Kind::Signing, Kind::Authentication].map(Kind::purpose);
    let purposes = vec![signing, authentication, Purpose::MdocIssuer];
    Ingest::new(trust, purposes, AlgorithmTable::standard())
}

/// Prints a value on one line of JSON.
fn print_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}
