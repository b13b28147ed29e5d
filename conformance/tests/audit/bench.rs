//! A directory for a chain, and what is written to it.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use tashika::audit::{
    ChainError, ChainKey, ChainSummary, ChainVerifier, EvidenceCheck, EvidenceCount, Flow, Head,
    Part, Record, Role, Terms,
};
use tashika::jpki::LookupKey;
use tashika::transaction::TransactionId;
use tashika::{Code, Duration, Error};
use tashika_conformance::desk::NOW;
use tashika_tower::{AuditSink, ChainKeys, FileOptions, FileSink, FileSinkError};
use tempfile::TempDir;

pub(crate) struct Bench {
    dir: TempDir,
}

pub(crate) fn key(octet: u8) -> ChainKey {
    ChainKey::from_octets(&[octet; 32])
}

pub(crate) fn keys() -> ChainKeys {
    ChainKeys::new(key(1), Vec::new())
}

pub(crate) fn terms() -> Terms {
    Terms::new(LookupKey::from_octets(&[9; 32]), Role::Verifier)
}

/// A refusal in the transaction of this number.
pub(crate) fn record(number: u64) -> Record {
    let mut name = [0; 16];
    name[8..].copy_from_slice(&number.to_be_bytes());
    let transaction = TransactionId::from_entropy(name);
    let error = Error::new(Code::SignatureInvalid);
    Record::refused(Flow::Authentication, error, Some(transaction), NOW)
}

/// The same, so many days later.
pub(crate) fn record_after(number: u64, days: i64) -> Record {
    let (error, at) = (
        Error::new(Code::SignatureInvalid),
        NOW.plus(Duration::hours(24 * days)),
    );
    let transaction = record(number).transaction();
    Record::refused(Flow::Authentication, error, transaction, at)
}

pub(crate) fn sink(directory: &Path) -> Result<FileSink, FileSinkError> {
    FileSink::open(directory, keys(), terms(), FileOptions::standard())
}

/// Waits for a record.
pub(crate) fn write(sink: &FileSink, record: Record) -> Result<(), Code> {
    block_on(sink.write(record))
}

pub(crate) fn block_on(future: impl Future<Output = Result<(), Error>>) -> Result<(), Code> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime
        .unwrap()
        .block_on(future)
        .map_err(|error| error.code())
}

impl Bench {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        Self { dir }
    }

    /// Where the chain is. Nothing is there yet.
    pub(crate) fn directory(&self) -> PathBuf {
        self.dir.path().join("audit")
    }

    pub(crate) fn sink(&self) -> FileSink {
        sink(&self.directory()).unwrap()
    }

    /// Writes records of these numbers, and closes the sink.
    pub(crate) fn wrote(&self, numbers: std::ops::Range<u64>) -> Option<Head> {
        let sink = self.sink();
        for number in numbers {
            write(&sink, record(number)).unwrap();
        }
        sink.head()
    }

    /// The files whose names begin so, in order.
    pub(crate) fn files(&self, kind: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.directory()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = paths.filter(|path| name(path).starts_with(kind)).collect();
        files.sort();
        files
    }

    pub(crate) fn only_file(&self) -> PathBuf {
        let files = self.files("audit-");
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }

    /// All lines of the chain.
    pub(crate) fn text(&self) -> String {
        let files = self.files("audit-");
        files
            .iter()
            .map(|path| fs::read_to_string(path).unwrap())
            .collect()
    }

    pub(crate) fn verify(&self) -> Result<ChainSummary, ChainError> {
        self.verify_with(ChainVerifier::from_beginning(vec![key(1), key(2)]))
    }

    pub(crate) fn verify_with(
        &self,
        mut verifier: ChainVerifier,
    ) -> Result<ChainSummary, ChainError> {
        let files = self.files("audit-");
        for (place, path) in files.iter().enumerate() {
            let part = match place + 1 == files.len() {
                true => Part::Last,
                false => Part::Earlier,
            };
            verifier.read(BufReader::new(File::open(path).unwrap()), part, |_| Ok(()))?;
        }
        verifier.finish()
    }

    /// How much evidence is there, of a chain in one file.
    pub(crate) fn evidence(&self) -> EvidenceCount {
        let files = self.files("evidence-");
        let octets = files.iter().flat_map(|path| fs::read(path).unwrap());
        let octets: Vec<_> = octets.collect();
        let mut check = EvidenceCheck::new(&octets[..]);
        let mut verifier = ChainVerifier::from_beginning(vec![key(1)]);
        let text = self.text();
        let read = verifier.read(text.as_bytes(), Part::Last, |link| check.look(link));
        read.unwrap();
        check.finish().unwrap()
    }
}

pub(crate) fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}
