//! The lists of a store.

use std::io::{self, Write};

use std::path::Path;

use serde::Serialize;
use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{CertificateList, KeyedSetBuilder, VerifiedList};
use tashika::trust::{Fingerprint, Purpose, TrustStore};
use tashika::{Duration, Time};

use crate::exit::Failure;
use crate::input;

pub(super) struct Lists {
    lists: Vec<VerifiedList>,
    state: String,
}

impl Lists {
    pub(super) fn open(store: &Path, trust: &TrustStore) -> Result<Self, Failure> {
        let mut lists = Vec::new();
        let mut all = Vec::new();
        for file in input::files(store, &["crl"])? {
            let der = input::revocation_list(&file)?;
            all.extend(Fingerprint::of(&der).octets());
            let list = CertificateList::from_der(&der)?;
            let table = AlgorithmTable::standard();
            let verified = [Purpose::JpkiSigning, Purpose::JpkiAuthentication]
                .iter()
                .find_map(|p| list.verify(trust, *p, &table).ok());
            lists.extend(verified);
        }
        Ok(Self {
            lists,
            state: Fingerprint::of(&all).to_string(),
        })
    }

    /// What changes with the store.
    pub(super) fn state(&self) -> String {
        self.state.clone()
    }

    /// The generation of the store.
    #[cfg(feature = "parquet")]
    pub(super) fn generation(&self) -> i64 {
        0
    }

    pub(super) fn add_to(&self, builder: &mut KeyedSetBuilder) -> Result<(), Failure> {
        for list in &self.lists {
            builder
                .add(list)
                .map_err(|e| Failure::Output(io::Error::other(e)))?;
        }
        Ok(())
    }

    pub(super) fn freshness(&self, max_age: u32, now: Time) -> Freshness {
        let oldest = now.minus(Duration::hours(i64::from(max_age)));
        let updates = || self.lists.iter().map(VerifiedList::this_update);
        Freshness {
            partitions: self.lists.len(),
            oldest: updates().min().map(|t| t.to_string()),
            newest: updates().max().map(|t| t.to_string()),
            stale: updates().filter(|t| *t < oldest).count(),
            missing: 0,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Freshness {
    partitions: usize,
    oldest: Option<String>,
    newest: Option<String>,
    stale: usize,
    missing: usize,
}

impl Freshness {
    pub(super) fn is_complete(&self) -> bool {
        self.partitions > 0 && self.stale == 0 && self.missing == 0
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "partitions   {}", self.partitions)
    }
}
