mod faults;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::algorithm::AlgorithmTable;
use crate::revocation::testing::{Ca, ListFields, directory, extension, id_ce, integer, time, tlv};
use crate::revocation::{Reason, VerifiedList};
use crate::trust::Purpose;

/// A CA, and a folder for the indexes of its lists.
struct Scene {
    ca: Ca,
    trust: TrustStore,
    folder: TempDir,
}

impl Scene {
    fn new() -> Self {
        let ca = Ca::new("CA");
        let trust = Ca::trust(&[&ca], Purpose::JpkiSigning);
        let folder = tempfile::tempdir().unwrap();
        Self { ca, trust, folder }
    }

    fn ingest(&self) -> Ingest {
        let purposes = vec![Purpose::JpkiSigning];
        Ingest::new(self.trust.clone(), purposes, AlgorithmTable::standard())
    }

    fn list(&self, number: u8) -> ListFields {
        self.ca.list(number, &[directory("A")])
    }

    fn build(&self, list: &ListFields, previous: Option<&ListIndex>) -> (ListIndex, Built) {
        let der = self.ca.sign_list(list);
        let mut octets = Vec::new();
        let length = der.len() as u64;
        let ingest = self.ingest();
        let built = ingest
            .build(&der[..], length, previous, &mut octets)
            .unwrap();
        assert_eq!(built.octets, octets.len() as u64);
        let index = self.open(&octets).unwrap();
        assert_eq!(index.revoked(), built.revoked);
        index.verify().unwrap();
        (index, built)
    }

    fn open(&self, octets: &[u8]) -> Result<ListIndex, IndexError> {
        ListIndex::open(&self.write(octets), &self.trust)
    }

    fn write(&self, octets: &[u8]) -> PathBuf {
        let mut file = tempfile::NamedTempFile::new_in(self.folder.path()).unwrap();
        file.write_all(octets).unwrap();
        file.into_temp_path().keep().unwrap()
    }
}

/// A serial number with date, reason and invalidity date.
type Said = (SerialNumber, (i64, u8, Option<i64>));

/// An entry with these contents of a serial number.
fn entry(serial: &[u8], date: i64, reason: u8, suspect: Option<i64>) -> Vec<u8> {
    let mut extensions = Vec::new();
    if reason != 0 {
        let reason = tlv(0x0a, &[der_unsigned(&[reason])]);
        extensions.push(extension(&id_ce(21), false, &reason));
    }
    if let Some(suspect) = suspect {
        let suspect = time(Time::from_unix(suspect));
        extensions.push(extension(&id_ce(24), false, &suspect));
    }
    let mut fields = vec![integer(&der_unsigned(serial)), time(Time::from_unix(date))];
    if !extensions.is_empty() {
        fields.push(tlv(0x30, &extensions));
    }
    tlv(0x30, &fields)
}

fn der_unsigned(octets: &[u8]) -> Vec<u8> {
    let sign = octets.first().is_some_and(|o| o & 0x80 != 0);
    let zero = sign.then_some(0);
    zero.into_iter().chain(octets.iter().copied()).collect()
}

/// Serial numbers that are hard for one scheme or another.
fn serials() -> impl Strategy<Value = Vec<SerialNumber>> {
    let octets = prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..=20),
        // Dense.
        any::<u8>().prop_map(|n| vec![n]),
        any::<u16>().prop_map(|n| n.to_be_bytes().to_vec()),
        // A long common prefix.
        any::<u16>().prop_map(|n| [&[0x55; 17][..], &n.to_be_bytes()].concat()),
        any::<u8>().prop_map(|n| vec![0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, n]),
        // A cluster far from the others.
        (0..64_u32).prop_map(|n| (0xffff_0000 + n).to_be_bytes().to_vec()),
        // Powers of two and their neighbours.
        (0..159_u32, -1..=1_i8).prop_map(|(n, d)| power(n, d)),
    ];
    let serial = octets.prop_filter_map("no serial number", |octets| {
        SerialNumber::from_unsigned(&octets).ok()
    });
    proptest::collection::vec(serial, 0..200)
}

fn power(exponent: u32, difference: i8) -> Vec<u8> {
    let mut octets = vec![0_u8; 20];
    octets[19 - exponent as usize / 8] = 1 << (exponent % 8);
    for octet in octets.iter_mut().rev() {
        let (sum, carried) = match difference {
            1 => octet.overflowing_add(1),
            -1 => octet.overflowing_sub(1),
            _ => break,
        };
        *octet = sum;
        if !carried {
            break;
        }
    }
    octets
}

/// What an entry says, of few different things so that some are alike.
fn says() -> impl Strategy<Value = (i64, u8, Option<i64>)> {
    let date = prop_oneof![
        8 => 1_700_000_000..1_700_000_004_i64,
        1 => -62_167_219_200..253_402_300_799_i64,
    ];
    let reason = prop_oneof![Just(0), Just(1), Just(8), any::<u8>()];
    let suspect = proptest::option::weighted(0.2, 1_600_000_000..1_600_000_002_i64);
    (date, reason, suspect)
}

fn all_of<'a>(
    entries: impl Iterator<Item = Result<Entry, Damaged>> + 'a,
) -> BTreeMap<SerialNumber, Entry> {
    let mut last = None;
    let each = entries.map(|entry| {
        let entry = entry.unwrap();
        assert!(last < Some(entry.serial), "not ascending");
        last = Some(entry.serial);
        (entry.serial, entry)
    });
    each.collect()
}

fn in_memory(list: &VerifiedList) -> BTreeMap<SerialNumber, Entry> {
    list.entries().iter().map(|e| (e.serial, *e)).collect()
}

fn list_of(scene: &Scene, number: u8, said: &[Said]) -> ListFields {
    let mut list = scene.list(number);
    let entries = said.iter().map(|(serial, (date, reason, suspect))| {
        entry(serial.as_unsigned(), *date, *reason, *suspect)
    });
    list.entries = entries.collect();
    list
}

fn said() -> impl Strategy<Value = Vec<Said>> {
    serials().prop_flat_map(|serials| {
        let length = serials.len();
        let says = proptest::collection::vec(says(), length);
        (Just(serials), says).prop_map(|(serials, says)| serials.into_iter().zip(says).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_index_says_what_the_list_in_memory_says(
        said in said(),
        others in serials(),
        again in any::<bool>(),
    ) {
        let scene = Scene::new();
        let mut said = said;
        if again {
            said.extend(said.clone().into_iter().map(|(s, (d, r, i))| (s, (d + 1, r, i))).step_by(3));
        }
        let fields = list_of(&scene, 1, &said);
        let list = scene.ca.verified(&fields);
        let (index, built) = scene.build(&fields, None);
        prop_assert_eq!(built.conflicts, list.conflicts() as u64);
        let once = built.revoked as u64 + built.conflicts;
        prop_assert_eq!(built.duplicates, fields.entries.len() as u64 - once);
        prop_assert_eq!(built.dropped, 0);
        let expected = in_memory(&list);
        prop_assert!(all_of(index.entries()) == expected);
        for serial in others.iter().chain(expected.keys()) {
            let found = index.find(serial).unwrap();
            prop_assert!(found == expected.get(serial).copied());
            prop_assert!(index.find_dropped(serial).unwrap().is_none());
        }
    }

    #[test]
    fn what_one_list_revokes_the_next_does_not_release(
        first in said(),
        second in said(),
        third in said(),
        shared in any::<proptest::sample::Index>(),
    ) {
        let scene = Scene::new();
        // Some of the first list stand on the later ones too.
        let mut second = second;
        second.extend(first.iter().take(shared.index(first.len() + 1)).copied());
        let mut third = third;
        third.extend(second.iter().step_by(2).copied());
        let lists = [&first, &second, &third];
        let mut index: Option<ListIndex> = None;
        let mut dropped: BTreeMap<SerialNumber, (Entry, u8)> = BTreeMap::new();
        let mut before: BTreeMap<SerialNumber, Entry> = BTreeMap::new();
        for (number, said) in (1..).zip(lists) {
            let fields = list_of(&scene, number, said);
            let expected = in_memory(&scene.ca.verified(&fields));
            let (next, built) = scene.build(&fields, index.as_ref());
            let known = dropped.len();
            for (serial, entry) in &before {
                if !expected.contains_key(serial) {
                    dropped.entry(*serial).or_insert((*entry, number - 1));
                }
            }
            prop_assert_eq!(built.dropped, dropped.len() - known);
            prop_assert_eq!(next.dropped_count(), dropped.len());
            let kept: BTreeMap<_, _> = dropped.iter().map(|(s, (e, _))| (*s, *e)).collect();
            prop_assert!(all_of(next.dropped()) == kept);
            for (serial, (entry, origin)) in &dropped {
                let (found, list) = next.find_dropped(serial).unwrap().unwrap();
                prop_assert!(found == *entry);
                prop_assert_eq!(list.number.as_ref().unwrap().as_unsigned(), &[*origin]);
            }
            before = expected;
            index = Some(next);
        }
    }

    #[test]
    fn changes_lead_from_the_old_list_to_the_new(old in said(), new in said(), shared in said()) {
        let scene = Scene::new();
        let both = |own: &[_]| [own, &shared].concat();
        let (old, _) = scene.build(&list_of(&scene, 1, &both(&old)), None);
        let (new, _) = scene.build(&list_of(&scene, 2, &both(&new)), None);
        let mut state = all_of(old.entries());
        for change in Changes::between(&old, &new) {
            match change.unwrap() {
                Change::Added(entry) => prop_assert!(state.insert(entry.serial, entry).is_none()),
                Change::Removed(entry) => {
                    prop_assert!(state.remove(&entry.serial) == Some(entry));
                }
                Change::Changed { old, new } => {
                    prop_assert!(old != new);
                    prop_assert!(state.insert(new.serial, new) == Some(old));
                }
            }
        }
        prop_assert!(state == all_of(new.entries()));
    }
}

#[test]
fn what_a_list_is_survives_the_file() {
    let scene = Scene::new();
    let fields = scene.list(7).revoking(&[5], 4);
    let list = scene.ca.verified(&fields);
    let (index, _) = scene.build(&fields, None);
    assert_eq!(index.number(), list.number());
    assert_eq!(index.this_update(), list.this_update());
    assert_eq!(index.next_update(), list.next_update());
    assert_eq!(index.digest(), list.facts().origin.digest);
    assert!(index.facts().is_same_series(list.facts()));
    let entry = SerialNumber::from_unsigned(&[5]).unwrap();
    assert_eq!(
        index.find(&entry).unwrap().unwrap().reason(),
        Reason::Superseded
    );
    assert!(index.facts().origin.trace == list.facts().origin.trace);
    let shown = format!("{index:?}");
    assert!(
        shown.starts_with("ListIndex { anchor: Anchor { "),
        "{shown}"
    );
}

#[test]
fn what_stands_twice_is_counted_apart_from_what_contradicts() {
    let scene = Scene::new();
    let list = scene.list(1).revoking(&[5], 4).revoking(&[5], 4);
    let list = list.revoking(&[6], 1).revoking(&[5], 3).revoking(&[5], 4);
    let (_, built) = scene.build(&list, None);
    assert_eq!(
        (built.revoked, built.conflicts, built.duplicates),
        (2, 3, 0)
    );

    let list = scene.list(1).revoking(&[5], 4).revoking(&[5], 4);
    let (_, built) = scene.build(&list.revoking(&[6], 1).revoking(&[5], 4), None);
    assert_eq!(
        (built.revoked, built.conflicts, built.duplicates),
        (2, 0, 2)
    );
}

#[test]
fn what_an_older_list_revokes_can_be_buried() {
    let scene = Scene::new();
    let (first, _) = scene.build(&scene.list(1).revoking(&[1], 1).revoking(&[2], 1), None);
    let older = scene
        .list(2)
        .revoking(&[2], 4)
        .revoking(&[3], 4)
        .revoking(&[0x11; 12], 4);
    let (older, _) = scene.build(&older, Some(&first));
    let current = scene.list(5).revoking(&[3], 6).revoking(&[4], 6);
    let (current, _) = scene.build(&current, None);
    let mut octets = Vec::new();
    let built = current.bury(&older, &mut octets).unwrap();
    assert_eq!((built.revoked, built.dropped), (2, 3));
    let both = scene.open(&octets).unwrap();
    both.verify().unwrap();
    assert!(all_of(both.entries()) == all_of(current.entries()));
    assert_eq!(both.number(), current.number());
    let dropped = |serial: &[u8]| {
        let serial = SerialNumber::from_unsigned(serial).unwrap();
        let (_, origin) = both.find_dropped(&serial).unwrap()?;
        Some(origin.number.as_ref().unwrap().as_unsigned()[0])
    };
    assert_eq!(dropped(&[1]), Some(1));
    assert_eq!(dropped(&[2]), Some(2));
    assert_eq!(dropped(&[0x11; 12]), Some(2));
    assert_eq!((dropped(&[3]), dropped(&[4])), (None, None));
    let mut again = Vec::new();
    let built = both.bury(&older, &mut again).unwrap();
    assert_eq!(built.dropped, 0);
}

#[test]
fn what_is_the_same_is_skipped_and_what_is_not_is_found() {
    let scene = Scene::new();
    let serial = |n: u32| (0x4000_0000 + 3 * n).to_be_bytes();
    let list = |number, leave_out: u32, add: u32, other: u32| {
        let mut list = scene.list(number);
        let mut say = |n: u32, reason| {
            list.entries
                .push(entry(&serial(n), 1_700_000_000, reason, None));
        };
        (0..4000)
            .filter(|n| *n != leave_out)
            .for_each(|n| say(n, if n == other { 1 } else { 4 }));
        say(add, 4);
        list
    };
    for (old, new) in [
        ((1, 4001, 1), (2000, 4002, 3999)),
        ((0, 4001, 1), (4001, 4002, 0)),
        ((3999, 5000, 7), (0, 5000, 7)),
    ] {
        let (one, _) = scene.build(&list(1, old.0, old.1, old.2), None);
        let (two, _) = scene.build(&list(2, new.0, new.1, new.2), None);
        let mut state = all_of(one.entries());
        let mut changes = 0;
        for change in Changes::between(&one, &two) {
            changes += 1;
            let _ = match change.unwrap() {
                Change::Added(new) | Change::Changed { new, .. } => state.insert(new.serial, new),
                Change::Removed(old) => state.remove(&old.serial),
            };
        }
        assert!(state == all_of(two.entries()));
        assert!((2..=6).contains(&changes), "{changes}");
        assert_eq!(Changes::between(&two, &two).count(), 0);
    }
}
