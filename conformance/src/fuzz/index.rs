//! Index files, and the reader of lists that makes them.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::LazyLock;

use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{Damaged, Entry, Ingest, IngestError, ListIndex};
use tashika::trust::{Environment, TrustStore};
use tashika::x509::SerialNumber;
use tashika_testbed::{self as testbed, CrlBuilder, Generation, Reason};

use crate::desk::NOW;
use crate::fuzz::script::Script;
use crate::fuzz::{GENUINE, Genuine, only_a_code};

/// An index with entries of both lengths and dropped ones, made once.
static INDEX: LazyLock<Whole> = LazyLock::new(Whole::new);

struct Whole {
    trust: TrustStore,
    octets: Vec<u8>,
    entries: BTreeMap<SerialNumber, Entry>,
    dropped: BTreeMap<SerialNumber, Entry>,
}

/// Reads a list that the octets have changed before and after it was signed,
/// whole and in pieces, and opens the octets, and an index that they have
/// changed.
///
/// # Panics
///
/// If the two readers of lists disagree, or if a damaged index says anything
/// else than the whole one.
pub fn index(input: &[u8]) {
    let genuine = &*GENUINE;
    let script = Script(input);
    let signed = genuine.signed_again(script.apply_to_signed(&genuine.list));
    for list in [&script.apply(&genuine.list), &signed] {
        both_readers(genuine, list);
    }
    let index = &*INDEX;
    assert!(index.open(input).is_none());
    if let Some(changed) = index.open(&script.apply_to_octets(&index.octets)) {
        index.compare(&changed);
    }
}

/// A list is believed from memory if and only if it is believed in pieces, and
/// then both know as many certificates.
fn both_readers(genuine: &Genuine, list: &[u8]) {
    let in_memory = only_a_code(genuine.read_list(list));
    let ingest = ingest(&INDEX.trust).in_chunks_of(1 + list.len() % 97);
    let built = ingest.build(list, list.len() as u64, None, std::io::sink());
    match (in_memory, built) {
        (Some(list), Ok(built)) => assert_eq!(list.revoked(), built.revoked),
        (None, Err(IngestError::Refused(error))) => {
            only_a_code::<()>(Err(error));
        }
        (in_memory, built) => panic!("{in_memory:?} and {built:?}"),
    }
}

fn ingest(trust: &TrustStore) -> Ingest {
    let purposes = vec![testbed_purpose()];
    Ingest::new(trust.clone(), purposes, AlgorithmTable::standard())
}

fn testbed_purpose() -> tashika::trust::Purpose {
    tashika::jpki::Kind::Signing.purpose()
}

impl Whole {
    #[expect(clippy::expect_used, reason = "the testbed makes genuine evidence")]
    fn new() -> Self {
        let testbed = GENUINE.desk.testbed();
        let authority = testbed.authority(testbed::Kind::Signing, Generation::Third);
        let trust = TrustStore::builder(Environment::Test)
            .anchor(testbed_purpose(), authority.certificate())
            .and_then(tashika::trust::TrustStoreBuilder::build)
            .expect("an anchor");
        let list = |number: u8, serials: &[&[u8]]| {
            let now = NOW.as_unix();
            let builder = CrlBuilder::new(authority.name().clone(), now, now + 86_400);
            let revoke =
                |list: CrlBuilder, serial: &&[u8]| list.revoke(serial, now - 5, Reason::Superseded);
            let builder = serials.iter().fold(builder.number(number.into()), revoke);
            builder.sign(authority.key())
        };
        let build = |list: &[u8], previous: Option<&ListIndex>| {
            let mut octets = Vec::new();
            let length = list.len() as u64;
            let built = ingest(&trust).build(list, length, previous, &mut octets);
            built.expect("a genuine list");
            octets
        };
        let first = build(&list(1, &[&[1], &[2], &[0x11; 17], &[0x12; 17]]), None);
        let first = open(&first, &trust).expect("a whole index");
        let octets = build(&list(2, &[&[2], &[3], &[0x12; 17]]), Some(&first));
        let index = open(&octets, &trust).expect("a whole index");
        let all = |entries: &mut dyn Iterator<Item = Result<Entry, Damaged>>| {
            let entry = |entry: Result<Entry, Damaged>| {
                let entry = entry.expect("a whole index");
                (*entry.serial(), entry)
            };
            entries.map(entry).collect()
        };
        Self {
            entries: all(&mut index.entries()),
            dropped: all(&mut index.dropped()),
            trust,
            octets,
        }
    }

    fn open(&self, octets: &[u8]) -> Option<ListIndex> {
        open(octets, &self.trust)
    }

    /// Whatever a changed index says is what the whole one says.
    fn compare(&self, changed: &ListIndex) {
        for (serial, entry) in self.entries.iter().chain(&self.dropped) {
            if let Ok(found) = changed.find(serial) {
                assert_eq!(found.is_some(), self.entries.contains_key(serial));
                assert!(found.is_none_or(|found| found == *entry));
            }
        }
        for entry in changed.entries().flatten() {
            assert_eq!(self.entries.get(entry.serial()), Some(&entry));
        }
        for entry in changed.dropped().flatten() {
            assert_eq!(self.dropped.get(entry.serial()), Some(&entry));
        }
    }
}

fn open(octets: &[u8], trust: &TrustStore) -> Option<ListIndex> {
    let mut file = tempfile::NamedTempFile::new().ok()?;
    file.write_all(octets).ok()?;
    ListIndex::open(file.path(), trust).ok()
}
