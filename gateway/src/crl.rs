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
use tashika::revocation::{Ingest, ListStore, StoreError};
use tashika::trust::TrustStore;

use crate::cli::crl::{Anchors, Crl, Store};
use crate::exit::{Exit, Failure};
use crate::{anchors, show};

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
    pub(crate) fn load(&self) -> Result<TrustStore, Failure> {
        anchors::load(&self.trust, self.environment, &self.pin)
    }
}

impl Store {
    pub(crate) fn open(&self) -> Result<ListStore, Failure> {
        ListStore::open(&self.store, self.anchors.load()?).map_err(|e| self.failure(e))
    }

    fn failure(&self, source: StoreError) -> Failure {
        Failure::store(&self.store, source)
    }
}

/// Verifies lists of both kinds.
fn ingest(trust: TrustStore) -> Ingest {
    let purposes = [Kind::Signing, Kind::Authentication].map(Kind::purpose);
    Ingest::new(trust, purposes.into(), AlgorithmTable::standard())
}

/// Prints a value on one line of JSON.
fn print_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}
