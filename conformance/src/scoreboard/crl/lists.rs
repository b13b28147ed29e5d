//! Long lists in a folder of their own, with their indexes.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{Context, SHA256};
use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{Built, Ingest};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::x509::SerialNumber;
use tashika_testbed::{Authority, Generation, Kind, LargeList, Municipality, Testbed};
use tempfile::TempDir;

use crate::scoreboard::cards::NOW;

/// Octets that are hashed at once.
const CHUNK: usize = 1024 * 1024;

/// Which list.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// Random serial numbers of eight octets, in no order.
    Random,
    /// The next list after that: some thousandths more.
    Next,
    /// Dense serial numbers of four octets, in no order.
    Dense,
    /// As random as the first, and three times as many.
    Largest,
}

/// A list and its index, in files.
pub(super) struct List {
    pub(super) entries: u64,
    pub(super) path: PathBuf,
    pub(super) index: PathBuf,
    pub(super) index_octets: u64,
    octets: u64,
    content: LargeList,
}

/// The lists that were needed so far.
pub(super) struct Lists {
    folder: TempDir,
    entries: u64,
    authority: Authority,
    ingest: Ingest,
    trust: TrustStore,
    made: [OnceLock<Option<List>>; 4],
}

impl Lists {
    /// Lists of so many entries, or about as many.
    pub(super) fn new(entries: u64) -> Option<Self> {
        let testbed = Testbed::from_seed(1, NOW);
        let authority = testbed.authority(Kind::Signing, Generation::Third).clone();
        let trust = TrustStore::builder(Environment::Test)
            .anchor(Purpose::JpkiSigning, authority.certificate())
            .and_then(tashika::trust::TrustStoreBuilder::build)
            .ok()?;
        let purposes = vec![Purpose::JpkiSigning];
        Some(Self {
            folder: tempfile::tempdir().ok()?,
            entries,
            authority,
            ingest: Ingest::new(trust.clone(), purposes, AlgorithmTable::standard()),
            trust,
            made: Default::default(),
        })
    }

    pub(super) fn trust(&self) -> &TrustStore {
        &self.trust
    }

    #[cfg(feature = "peers")]
    pub(super) fn anchor(&self) -> &[u8] {
        self.authority.certificate()
    }

    /// The list of this form, made when it is first needed.
    pub(super) fn get(&self, form: Form) -> Option<&List> {
        let made = match form {
            Form::Random => &self.made[0],
            Form::Next => &self.made[1],
            Form::Dense => &self.made[2],
            Form::Largest => &self.made[3],
        };
        made.get_or_init(|| self.make(form).ok()).as_ref()
    }

    /// Makes the index of a list once more, as it has to be made every day.
    pub(super) fn build(&self, list: &List) -> Option<Built> {
        let source = File::open(&list.path).ok()?;
        let out = File::create(&list.index).ok()?;
        self.ingest.build(source, list.octets, None, out).ok()
    }

    fn make(&self, form: Form) -> io::Result<List> {
        let (name, entries, width, number) = match form {
            Form::Random => ("random", self.entries, 8, 1),
            Form::Next => ("next", self.entries + self.entries / 300, 8, 2),
            Form::Dense => ("dense", self.entries, 4, 1),
            Form::Largest => ("largest", 3 * self.entries, 8, 1),
        };
        let issued = NOW - 3600;
        let builder = self.authority.list(Municipality::ALL[0], number, issued);
        let content = LargeList::new(builder, entries, width, issued);
        let content = match form {
            Form::Dense => content.shuffled(),
            Form::Random | Form::Next | Form::Largest => content.scattered(),
        };
        let path = self.folder.path().join(name).with_extension("crl");
        let mut file = BufWriter::with_capacity(CHUNK, File::create(&path)?);
        content.write_to(&mut file, self.authority.key())?;
        file.flush()?;
        let list = List {
            entries,
            octets: path.metadata()?.len(),
            index: path.with_extension("index"),
            path,
            index_octets: 0,
            content,
        };
        let built = self.build(&list).ok_or(io::ErrorKind::InvalidData)?;
        if matches!(form, Form::Dense | Form::Largest) {
            std::fs::remove_file(&list.path)?;
        }
        Ok(List {
            index_octets: built.octets,
            ..list
        })
    }
}

impl List {
    /// How long it takes to hash the list, less what it takes to read it.
    pub(super) fn digest(&self) -> Option<Duration> {
        let mut file = File::open(&self.path).ok()?;
        let mut buffer = Vec::with_capacity(CHUNK);
        let mut context = Context::new(&SHA256);
        let mut spent = Duration::ZERO;
        loop {
            buffer.clear();
            let mut part = Read::by_ref(&mut file).take(CHUNK as u64);
            if part.read_to_end(&mut buffer).ok()? == 0 {
                break;
            }
            let start = Instant::now();
            context.update(&buffer);
            spent += start.elapsed();
        }
        std::hint::black_box(context.finish());
        Some(spent)
    }

    /// Some serial numbers of the list.
    pub(super) fn listed(&self, count: u64) -> Vec<SerialNumber> {
        let some = (0..count).map(|n| n.wrapping_mul(7_919) % self.entries.max(1));
        some.filter_map(|n| self.serial(n)).collect()
    }

    /// Some that are not on it: they would come next.
    pub(super) fn not_listed(&self, count: u64) -> Vec<SerialNumber> {
        let next = self.entries..self.entries + count;
        next.filter_map(|n| self.serial(n)).collect()
    }

    fn serial(&self, number: u64) -> Option<SerialNumber> {
        SerialNumber::from_unsigned(&self.content.serial(number)).ok()
    }
}
