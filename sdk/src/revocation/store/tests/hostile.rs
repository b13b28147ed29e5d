//! Files that were forged: every checksum is right, and nothing else is. What
//! they say is believed, as the module says; they must not bring the process
//! to a halt.

use std::fs;

use super::*;
use crate::certificate::SerialNumber;
use crate::revocation::index::{BLOCK, ListIndex};
use crate::trust::Fingerprint;

const ROUNDS: u64 = 800;
const DIGEST: usize = 32;
/// Octets of the footer of an index file.
const FOOTER: usize = 48;

/// The same numbers each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        self.0 ^ self.0 >> 32
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap() % end
    }

    /// Some octets are others than before.
    fn disturb(&mut self, octets: &mut [u8]) {
        const TELLING: [u8; 6] = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
        for _ in 0..=self.below(3) {
            let start = self.below(octets.len());
            let length = [1, 1, 4, 8][self.below(4)];
            let with = match self.below(2) {
                0 => TELLING[self.below(TELLING.len())],
                _ => self.next().to_le_bytes()[0],
            };
            octets
                .iter_mut()
                .skip(start)
                .take(length)
                .for_each(|o| *o = with);
        }
    }
}

/// Serial numbers of all lengths, dates of both kinds, dropped ones too.
fn filled() -> Scene {
    let scene = Scene::new();
    let mut numbers = Numbers(1);
    let mut list = scene.list(1, "A");
    for serial in 1..200_u8 {
        let length = numbers.below(19);
        let more = (0..length).map(|_| numbers.next().to_le_bytes()[0]);
        let serial: Vec<u8> = [serial & 0x7f | 1].into_iter().chain(more).collect();
        list = list.revoking(&serial, 4);
    }
    scene.sync(&list).unwrap();
    let next = scene.list(2, "A").revoking(&[5], 1).revoking(&[7; 12], 6);
    scene.sync(&next).unwrap();
    scene.sync(&scene.list(1, "B").revoking(&[6], 1)).unwrap();
    scene
}

fn serials() -> Vec<SerialNumber> {
    let short = (1..=255_u8).map(|n| SerialNumber::from_unsigned(&[n]).unwrap());
    let long = (1..=20).map(|n| SerialNumber::from_unsigned(&vec![0x55; n]).unwrap());
    short.chain(long).collect()
}

#[test]
fn no_manifest_brings_down_a_reader() {
    let scene = filled();
    let manifest = scene.path().join("manifest");
    let whole = fs::read(&manifest).unwrap();
    let (whole, _) = whole.split_last_chunk::<DIGEST>().unwrap();
    let mut numbers = Numbers(2);
    let queries = ["A", "B"].map(|name| scene.query(6, name));
    let mut opened = 0;
    for _ in 0..ROUNDS {
        let mut octets = whole.to_vec();
        numbers.disturb(&mut octets);
        if numbers.below(8) == 0 {
            octets.truncate(numbers.below(octets.len()));
        }
        let digest = Fingerprint::of(&octets);
        octets.extend(digest.octets());
        fs::write(&manifest, octets).unwrap();
        let Ok(store) = ListStore::open(&scene.path(), scene.trust()) else {
            continue;
        };
        opened += 1;
        for query in &queries {
            let _ = store.status(query, &PRODUCTION, now());
        }
        let _ = store.mentions(Purpose::JpkiSigning, queries[0].serial());
        for partition in store.partitions() {
            let _ = (partition.before(1), partition.highest_number());
        }
    }
    assert!(opened > ROUNDS / 10, "{opened}");
}

/// Makes every checksum of an index file right.
fn seal(file: &mut [u8]) {
    let end = file.len() - FOOTER;
    let number = |octets: &[u8]| usize::try_from(u64::from_le_bytes(octets.try_into().unwrap()));
    let covered = number(&file[end..end + 8]).unwrap();
    let start = number(&file[end + 8..end + 16]).unwrap();
    let (blocks, rest) = file.split_at_mut(covered);
    let (sums, footer) = rest.split_at_mut(end - covered);
    for (sum, block) in sums.chunks_mut(4).zip(blocks.chunks(BLOCK)) {
        sum.copy_from_slice(&crc32fast::hash(block).to_le_bytes());
    }
    footer[20..24].copy_from_slice(&crc32fast::hash(&blocks[start..]).to_le_bytes());
    footer[28..32].copy_from_slice(&crc32fast::hash(sums).to_le_bytes());
    let sum = crc32fast::hash(&footer[..36]);
    footer[36..40].copy_from_slice(&sum.to_le_bytes());
}

#[test]
fn no_index_file_brings_down_a_reader() {
    let scene = filled();
    let file = scene.file();
    let whole = fs::read(&file).unwrap();
    let end = whole.len() - FOOTER;
    let start = u64::from_le_bytes(whole[end + 8..end + 16].try_into().unwrap());
    let start = usize::try_from(start).unwrap();
    let covered = u64::from_le_bytes(whole[end..end + 8].try_into().unwrap());
    let covered = usize::try_from(covered).unwrap();
    let mut numbers = Numbers(3);
    let serials = serials();
    let mut opened = 0;
    for round in 0..ROUNDS {
        let mut octets = whole.clone();
        // What it says about itself, and its rows.
        let from = if round % 3 == 0 { 8 } else { start };
        numbers.disturb(&mut octets[from..covered]);
        seal(&mut octets);
        fs::write(&file, octets).unwrap();
        let Ok(index) = ListIndex::open(&file, &scene.trust()) else {
            continue;
        };
        opened += 1;
        index.verify().unwrap();
        for serial in &serials {
            let _ = (index.find(serial), index.find_dropped(serial));
        }
        let _ = (index.entries().count(), index.dropped().count());
        let _ = index.status(&scene.query(6, "A"), &PRODUCTION, now());
    }
    assert!(opened > ROUNDS / 10, "{opened}");
}
