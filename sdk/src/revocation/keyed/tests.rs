//! Sets made of real lists, read back, changed and mixed up.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::path::Path;

use tempfile::TempDir;

use crate::algorithm::AlgorithmTable;
use crate::certificate::{Certificate, SerialNumber};
use crate::identity::{CertificateIdentity, Lookup, LookupKey};
use crate::revocation::testing::{Ca, ListFields, directory, name};
use crate::revocation::{
    Ingest, KeyedEntry, KeyedError, KeyedSet, KeyedSetBuilder, ListIndex, Listed, Reason,
    VerifiedList,
};
use crate::trust::Purpose;

fn key() -> LookupKey {
    LookupKey::from_octets(&[5; 32])
}

fn build(dir: &Path, threads: usize, lists: &[&VerifiedList]) -> KeyedSet {
    let threads = NonZero::new(threads).unwrap();
    let mut builder = KeyedSetBuilder::new(&key(), dir, threads).unwrap();
    for list in lists {
        builder.add(list).unwrap();
    }
    builder.finish(&dir.join("set")).unwrap()
}

/// A list of `count` certificates: serial numbers of all lengths and reasons.
fn many(ca: &Ca, count: u32) -> ListFields {
    (1..=count).fold(ca.list(1, &[directory("A")]), |list, n| {
        let mut serial = vec![0x11; usize::try_from(n % 17).unwrap()];
        serial.extend((n + 0x0100_0000).to_be_bytes());
        list.revoking(&serial, u8::try_from(n % 7).unwrap())
    })
}

fn lookups(list: &VerifiedList) -> BTreeMap<Lookup, Reason> {
    let issuer = key().for_issuer(&name("CA"));
    let entries = list.entries().iter();
    entries
        .map(|e| (issuer.lookup(&e.serial), e.reason))
        .collect()
}

#[test]
fn what_a_list_revokes_is_found_and_nothing_else() {
    let ca = Ca::new("CA");
    let list = ca.verified(&many(&ca, 1000));
    let model = lookups(&list);
    let dir = TempDir::new().unwrap();
    for threads in [1, 3] {
        let set = build(dir.path(), threads, &[&list]);
        assert_eq!(set.revoked(), 1000);
        let found = set.entries().map(|e| e.unwrap());
        let found: Vec<_> = found.map(|e| (*e.lookup(), e.reason())).collect();
        assert_eq!(found, model.clone().into_iter().collect::<Vec<_>>());
        for (lookup, reason) in &model {
            let entry = set.find(lookup).unwrap().unwrap();
            assert_eq!((entry.lookup(), entry.reason()), (lookup, *reason));
            assert_eq!(entry.listed(), Listed::Current);
            assert_eq!(entry.list().digest(), list.facts().origin.digest);
            assert_eq!(entry.list().number(), list.number());
            assert_eq!(entry.list().this_update(), list.this_update());
            assert_eq!(entry.list().next_update(), list.next_update());
            let mut other = *lookup.octets();
            other[31] ^= 1;
            assert!(set.find(&Lookup::from_octets(other)).unwrap().is_none());
        }
        for end in [[0; 32], [0xff; 32]] {
            assert!(set.find(&Lookup::from_octets(end)).unwrap().is_none());
        }
    }
}

#[test]
fn the_file_does_not_depend_on_the_threads() {
    let ca = Ca::new("CA");
    let list = ca.verified(&many(&ca, 2000));
    let other = ca.verified(&ca.list(2, &[directory("B")]).revoking(&[1], 3));
    let dir = TempDir::new().unwrap();
    let octets = [1, 2, 5].map(|threads| {
        build(dir.path(), threads, &[&list, &other]);
        fs::read(dir.path().join("set")).unwrap()
    });
    assert_eq!(octets[0], octets[1]);
    assert_eq!(octets[0], octets[2]);
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_certificate_on_file_finds_its_entry() {
    let (ca, other) = (Ca::new("CA"), Ca::new("Other"));
    let list = ca.verified(&ca.list(1, &[directory("A")]).revoking(&[5], 4));
    let dir = TempDir::new().unwrap();
    let set = build(dir.path(), 1, &[&list]);
    let find = |ca: &Ca, serial: &[u8]| -> Option<KeyedEntry> {
        let leaf = ca.leaf(serial, None);
        let leaf = Certificate::from_der(&leaf).unwrap();
        let identity = CertificateIdentity::danger_stated_by(&leaf);
        set.find(&identity.lookup(&key())).unwrap()
    };
    assert_eq!(find(&ca, &[5]).unwrap().reason(), Reason::Superseded);
    assert!(find(&ca, &[6]).is_none());
    assert!(find(&other, &[5]).is_none());
}

#[test]
fn of_two_entries_the_one_that_counts_is_kept() {
    let ca = Ca::new("CA");
    let one = ca.verified(&ca.list(1, &[directory("A")]).revoking(&[5], 8));
    let two = ca.verified(&ca.list(1, &[directory("B")]).revoking(&[5], 3));
    let dir = TempDir::new().unwrap();
    let set = build(dir.path(), 2, &[&one, &two]);
    let reasons: Vec<_> = set.entries().map(|e| e.unwrap().reason()).collect();
    assert_eq!(reasons, [Reason::AffiliationChanged]);
}

#[test]
fn a_set_without_entries_finds_nothing() {
    let ca = Ca::new("CA");
    let list = ca.verified(&ca.list(1, &[directory("A")]));
    let dir = TempDir::new().unwrap();
    for lists in [&[][..], &[&list]] {
        let set = build(dir.path(), 2, lists);
        assert_eq!((set.revoked(), set.entries().count()), (0, 0));
        assert!(set.find(&Lookup::from_octets([7; 32])).unwrap().is_none());
    }
}

#[test]
fn every_changed_octet_is_noticed() {
    let ca = Ca::new("CA");
    let list = ca.verified(&many(&ca, 80));
    let dir = TempDir::new().unwrap();
    build(dir.path(), 1, &[&list]);
    let path = dir.path().join("set");
    let whole = fs::read(&path).unwrap();
    let damaged = |octets: &[u8]| {
        fs::write(&path, octets).unwrap();
        match KeyedSet::open(&path, &key()) {
            Err(KeyedError::Damaged | KeyedError::OtherKey) => true,
            Err(other) => panic!("{other}"),
            Ok(set) => matches!(set.entries().last(), Some(Err(KeyedError::Damaged))),
        }
    };
    for position in (0..whole.len())
        .step_by(7)
        .chain(whole.len() - 60..whole.len())
    {
        let mut changed = whole.clone();
        changed[position] ^= 0x10;
        assert!(damaged(&changed), "octet {position}");
    }
    for length in (0..whole.len()).step_by(97) {
        assert!(damaged(&whole[..length]), "{length} octets");
    }
    let longer = [&whole[..], &[0]].concat();
    assert!(damaged(&longer));
}

#[test]
fn another_key_opens_nothing() {
    let ca = Ca::new("CA");
    let list = ca.verified(&many(&ca, 3));
    let dir = TempDir::new().unwrap();
    let set = build(dir.path(), 1, &[&list]);
    let other = LookupKey::from_octets(&[6; 32]);
    let opened = KeyedSet::open(&dir.path().join("set"), &other);
    assert!(matches!(opened, Err(KeyedError::OtherKey)));
    let serial = SerialNumber::from_unsigned(&[1]).unwrap();
    let shown = format!("{set:?} {:?}", set.entries().next().unwrap().unwrap());
    assert_eq!(shown, "KeyedSet { revoked: 3, lists: 1, .. } KeyedEntry(…)");
    let lookup = key().for_issuer(&name("CA")).lookup(&serial);
    assert!(set.find(&lookup).unwrap().is_none());
}

#[test]
fn a_directory_that_cannot_be_written_is_an_error() {
    let threads = NonZero::<usize>::MIN;
    let builder = KeyedSetBuilder::new(&key(), Path::new("/nonexistent"), threads);
    assert!(matches!(builder, Err(KeyedError::Io(_))));
}

/// Writes the index of a list, and opens it.
fn index(dir: &Path, ca: &Ca, list: &ListFields, previous: Option<&ListIndex>) -> ListIndex {
    let der = ca.sign_list(list);
    let trust = Ca::trust(&[ca], Purpose::JpkiSigning);
    let purposes = vec![Purpose::JpkiSigning];
    let ingest = Ingest::new(trust.clone(), purposes, AlgorithmTable::standard());
    let mut octets = Vec::new();
    let length = der.len() as u64;
    ingest
        .build(&der[..], length, previous, &mut octets)
        .unwrap();
    let path = dir.join(format!("{}.index", fs::read_dir(dir).unwrap().count()));
    fs::write(&path, octets).unwrap();
    ListIndex::open(&path, &trust).unwrap()
}

#[test]
fn what_earlier_lists_revoked_is_in_the_set() {
    let ca = Ca::new("CA");
    let dir = TempDir::new().unwrap();
    let list = |number: u8| ca.list(number, &[directory("A")]);
    let long = [0x11; 19];
    let first = index(
        dir.path(),
        &ca,
        &list(1)
            .revoking(&[5], 1)
            .revoking(&[6], 4)
            .revoking(&long, 6),
        None,
    );
    let second = list(2).revoking(&[6], 3).revoking(&[7], 5);
    let second = index(dir.path(), &ca, &second, Some(&first));

    let keyed = key().for_issuer(&name("CA"));
    let lookup = |serial: &[u8]| keyed.lookup(&SerialNumber::from_unsigned(serial).unwrap());
    let builder = || KeyedSetBuilder::new(&key(), dir.path(), NonZero::<usize>::MIN).unwrap();
    let found = |set: &KeyedSet, serial: &[u8]| {
        let entry = set.find(&lookup(serial)).unwrap()?;
        let number = entry.list().number().unwrap().as_unsigned().to_vec();
        Some((entry.reason().number(), entry.listed(), number))
    };

    let mut all = builder();
    all.add_index(&second).unwrap();
    let all = all.finish(&dir.path().join("all")).unwrap();
    assert_eq!(all.revoked(), 4);
    assert_eq!(found(&all, &[5]), Some((1, Listed::Earlier, vec![1])));
    assert_eq!(found(&all, &long), Some((6, Listed::Earlier, vec![1])));
    assert_eq!(found(&all, &[6]), Some((3, Listed::Current, vec![2])));
    assert_eq!(found(&all, &[7]), Some((5, Listed::Current, vec![2])));
    assert_eq!(found(&all, &[8]), None);

    let mut changes = builder();
    changes.add_changes(&first, &second).unwrap();
    let changes = changes.finish(&dir.path().join("changes")).unwrap();
    assert_eq!(changes.revoked(), 2);
    assert_eq!(found(&changes, &[6]), Some((3, Listed::Current, vec![2])));
    assert_eq!(found(&changes, &[7]), Some((5, Listed::Current, vec![2])));
}

#[test]
fn what_an_older_list_revoked_late_is_a_change() {
    let ca = Ca::new("CA");
    let dir = TempDir::new().unwrap();
    let list = |number: u8| ca.list(number, &[directory("A")]);
    let write = |name: &str, octets: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, octets).unwrap();
        ListIndex::open(&path, &Ca::trust(&[&ca], Purpose::JpkiSigning)).unwrap()
    };
    let first = list(1).revoking(&[4], 1);
    let first = index(dir.path(), &ca, &first, None);
    let current = list(3).revoking(&[6], 1);
    let current = index(dir.path(), &ca, &current, Some(&first));
    // It came after the newer one, and what it revokes counts all the same.
    let late = list(2).revoking(&[4], 1).revoking(&[5], 4);
    let late = index(dir.path(), &ca, &late, None);
    let mut octets = Vec::new();
    current.bury(&late, &mut octets).unwrap();
    let both = write("both", &octets);
    assert_eq!((both.digest(), both.dropped_count()), (current.digest(), 2));

    let keyed = key().for_issuer(&name("CA"));
    let lookup = |serial: u8| keyed.lookup(&SerialNumber::from_unsigned(&[serial]).unwrap());
    for (old, added) in [(&current, vec![5]), (&first, vec![5, 6]), (&both, vec![])] {
        let mut changes = KeyedSetBuilder::new(&key(), dir.path(), NonZero::<usize>::MIN).unwrap();
        changes.add_changes(old, &both).unwrap();
        let set = changes.finish(&dir.path().join("changes")).unwrap();
        let found: Vec<_> = (1..9)
            .filter(|n| set.find(&lookup(*n)).unwrap().is_some())
            .collect();
        assert_eq!(found, added);
    }
}
