//! Files that are not whole, sources that are not what they were, and disks
//! that are full.

use std::io::{self, Read};

use super::*;
use crate::code::Code;
use crate::revocation::testing::{name, now, one_point};
use crate::revocation::{CertificateList, RevocationQuery, ScopePolicy, State};

const PRODUCTION: ScopePolicy = ScopePolicy::production();

impl Scene {
    fn octets(&self, list: &ListFields, previous: Option<&ListIndex>) -> Vec<u8> {
        let der = self.ca.sign_list(list);
        let mut octets = Vec::new();
        let length = der.len() as u64;
        self.ingest()
            .build(&der[..], length, previous, &mut octets)
            .unwrap();
        octets
    }

    /// What becomes of a list that is given as it is.
    fn outcome(&self, ingest: &Ingest, der: &[u8]) -> Result<Vec<u8>, IngestError> {
        let mut octets = Vec::new();
        ingest.build(der, der.len() as u64, None, &mut octets)?;
        Ok(octets)
    }

    fn query(&self, serial: &[u8]) -> RevocationQuery {
        self.ca.query(serial, Some(&one_point(&[directory("A")])))
    }

    /// An index with rows of every kind.
    fn rich(&self) -> Vec<u8> {
        let mut first = self.list(1).revoking(&[5], 4).revoking(&[0x11; 17], 6);
        first.entries.push(entry(&[9], 0, 1, Some(-1)));
        let first = self.open(&self.octets(&first, None)).unwrap();
        let mut second = self.list(2).revoking(&[6], 3).revoking(&[0x22; 20], 1);
        second
            .entries
            .push(entry(&[7], 1_700_000_000, 3, Some(1_600_000_000)));
        second
            .entries
            .push(entry(&[0x33; 9], 1_700_000_000, 3, Some(5)));
        self.octets(&second, Some(&first))
    }
}

fn code(error: &IngestError) -> Code {
    match error {
        IngestError::Refused(error) => error.code(),
        other => panic!("{other:?}"),
    }
}

/// All that an index says about some serial numbers and as a whole.
#[derive(PartialEq)]
struct Said {
    found: Vec<Result<Option<Entry>, Damaged>>,
    dropped: Vec<Result<Option<(Entry, Fingerprint)>, Damaged>>,
    entries: Vec<Result<Entry, Damaged>>,
    dropped_entries: Vec<Result<Entry, Damaged>>,
}

fn ask(index: &ListIndex, serials: &[SerialNumber]) -> Said {
    let dropped = |serial| {
        let found = index.find_dropped(serial)?;
        Ok(found.map(|(entry, origin)| (entry, origin.digest)))
    };
    Said {
        found: serials.iter().map(|s| index.find(s)).collect(),
        dropped: serials.iter().map(dropped).collect(),
        entries: index.entries().collect(),
        dropped_entries: index.dropped().collect(),
    }
}

/// Every answer is that of the whole file, or that the file is damaged.
fn right_or_damaged<T: PartialEq>(
    answers: &[Result<T, Damaged>],
    whole: &[Result<T, Damaged>],
) -> bool {
    answers.iter().zip(whole).all(|(a, w)| a.is_err() || a == w)
        && (answers.len() == whole.len() || answers.last().is_some_and(Result::is_err))
}

#[test]
fn a_flipped_bit_is_found_before_it_says_anything() {
    let scene = Scene::new();
    let octets = scene.rich();
    let mut serials: Vec<_> = (1..=10).map(|n| vec![n]).collect();
    serials.extend([
        vec![0x11; 17],
        vec![0x22; 20],
        vec![0x33; 9],
        vec![0x33; 10],
    ]);
    let serials: Vec<_> = serials
        .iter()
        .map(|s| SerialNumber::from_unsigned(s).unwrap())
        .collect();
    let index = scene.open(&octets).unwrap();
    let whole = ask(&index, &serials);
    let listed = |said: &Said| {
        said.found
            .iter()
            .filter(|f| matches!(f, Ok(Some(_))))
            .count()
    };
    assert_eq!((listed(&whole), whole.dropped_entries.len()), (4, 3));

    let mut opened = 0;
    for position in 0..octets.len() {
        let mut octets = octets.clone();
        octets[position] ^= 1 << (position % 8);
        let Ok(index) = scene.open(&octets) else {
            continue;
        };
        opened += 1;
        assert!(index.verify().is_err(), "octet {position}");
        let said = ask(&index, &serials);
        let sound = right_or_damaged(&said.found, &whole.found)
            && right_or_damaged(&said.dropped, &whole.dropped)
            && right_or_damaged(&said.entries, &whole.entries)
            && right_or_damaged(&said.dropped_entries, &whole.dropped_entries);
        assert!(sound, "octet {position}");
    }
    assert!(
        opened > 100,
        "what is behind the rows is checked when opened"
    );
}

#[test]
fn a_damaged_block_is_undetermined_and_never_good() {
    let scene = Scene::new();
    let octets = scene.rich();
    let mut damaged = octets.clone();
    damaged[10] ^= 1;
    let index = scene.open(&damaged).unwrap();
    for serial in [&[8][..], &[6], &[5]] {
        let status = index.status(&scene.query(serial), &PRODUCTION, now());
        let undetermined = State::Undetermined(Code::RevocationDamaged);
        assert_eq!(status.state(), undetermined);
    }
    let index = scene.open(&octets).unwrap();
    let state = |serial: &[u8]| {
        let status = index.status(&scene.query(serial), &PRODUCTION, now());
        status.state()
    };
    assert_eq!(state(&[8]), State::Good);
    assert!(matches!(state(&[6]), State::Revoked { .. }));
    assert!(matches!(state(&[5]), State::Revoked { .. }));
}

#[test]
fn a_file_of_another_length_is_not_opened() {
    let scene = Scene::new();
    let octets = scene.rich();
    for length in 0..octets.len() {
        let error = scene.open(&octets[..length]).unwrap_err();
        assert!(matches!(error, IndexError::Damaged(_)), "{length}: {error}");
        assert_eq!(error.code(), Code::RevocationDamaged);
    }
    let error = scene.open(&[&octets[..], &[0]].concat()).unwrap_err();
    assert!(matches!(error, IndexError::Damaged(_)));
    let missing = scene.folder.path().join("missing");
    let error = ListIndex::open(&missing, &scene.trust).unwrap_err();
    assert!(matches!(error, IndexError::Io(_)));
}

#[test]
fn a_file_of_another_version_has_to_be_made_again() {
    let scene = Scene::new();
    let mut octets = scene.rich();
    let version = octets.len() - 16;
    octets[version] += 1;
    let error = scene.open(&octets).unwrap_err();
    assert!(matches!(error, IndexError::Version));
}

#[test]
fn an_index_is_believed_under_the_same_anchor_alone() {
    let scene = Scene::new();
    let path = scene.write(&scene.rich());
    let other = Ca::new("CA");
    for trust in [
        Ca::trust(&[&other], Purpose::JpkiSigning),
        Ca::trust(&[&scene.ca], Purpose::JpkiAuthentication),
    ] {
        let error = ListIndex::open(&path, &trust).unwrap_err();
        assert!(matches!(error, IndexError::Anchor));
        assert_eq!(error.code(), Code::RevocationIssuer);
    }
}

#[test]
fn a_list_is_understood_in_any_pieces() {
    let scene = Scene::new();
    let mut list = scene.list(1);
    for number in 1..60_u8 {
        let suspect = (number % 7 == 0).then_some(5);
        let serial = vec![number; 1 + usize::from(number % 20)];
        list.entries
            .push(entry(&serial, 1_700_000_000, number, suspect));
    }
    let der = scene.ca.sign_list(&list);
    let whole = scene.outcome(&scene.ingest(), &der).unwrap();
    for chunk in [1, 2, 3, 7, 40, 41, 256, der.len() - 1, der.len()] {
        let ingest = scene.ingest().in_chunks_of(chunk);
        assert!(scene.outcome(&ingest, &der).unwrap() == whole, "{chunk}");
    }
}

#[test]
fn a_long_list_is_read_and_hashed_by_two_threads() {
    let scene = Scene::new();
    let mut list = scene.list(1);
    let serial = |n: u32| n.wrapping_mul(0x9E37_79B1) >> 2 | 0x4000_0000;
    let entries = (0..150_000).map(|n| entry(&serial(n).to_be_bytes(), 1_700_000_000, 4, None));
    list.entries = entries.collect();
    let der = scene.ca.sign_list(&list);
    let index = scene.open(&scene.outcome(&scene.ingest(), &der).unwrap());
    let index = index.unwrap();
    let in_memory = in_memory(&scene.ca.verified(&list));
    assert_eq!(index.revoked(), in_memory.len());
    assert!(all_of(index.entries()) == in_memory);
    let mut wrong = der;
    *wrong.last_mut().unwrap() ^= 1;
    let refused = scene.outcome(&scene.ingest(), &wrong).unwrap_err();
    assert_eq!(code(&refused), Code::RevocationSignature);
}

#[test]
fn a_source_that_changes_while_it_is_read_is_an_error() {
    let scene = Scene::new();
    let der = scene.ca.sign_list(&scene.list(1).revoking(&[5], 1));
    let length = der.len() as u64;
    for chunk in [1, 100, 1 << 20] {
        let ingest = scene.ingest().in_chunks_of(chunk);
        let build = |octets: &[u8]| ingest.build(octets, length, None, io::sink()).unwrap_err();
        for truncated in [0, 1, 100, der.len() - 1] {
            let error = build(&der[..truncated]);
            assert!(
                matches!(error, IngestError::Read(_)),
                "{truncated}: {error}"
            );
        }
        let longer = build(&[&der[..], &[0]].concat());
        assert!(matches!(longer, IngestError::Read(_)));
    }
    let broken = ingest_error(&scene, &der, 50);
    assert!(matches!(broken, IngestError::Read(e) if e.kind() == io::ErrorKind::ConnectionReset));
}

/// What becomes of a source that breaks off after some octets.
fn ingest_error(scene: &Scene, der: &[u8], after: usize) -> IngestError {
    struct Reset;
    impl Read for Reset {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let source = der[..after].chain(Reset);
    let ingest = scene.ingest();
    let length = der.len() as u64;
    ingest.build(source, length, None, io::sink()).unwrap_err()
}

#[test]
fn budgets_are_kept_before_the_signature_is_known() {
    let scene = Scene::new();
    let list = scene.list(1).revoking(&[5], 1).revoking(&[6], 1);
    let mut der = scene.ca.sign_list(&list);
    let length = der.len() as u64;
    scene
        .outcome(&scene.ingest().at_most_octets(length), &der)
        .unwrap();
    scene
        .outcome(&scene.ingest().at_most_entries(2), &der)
        .unwrap();
    *der.last_mut().unwrap() ^= 1;
    for ingest in [
        scene.ingest().at_most_octets(length - 1),
        scene.ingest().at_most_entries(1),
    ] {
        let refused = scene.outcome(&ingest, &der).unwrap_err();
        assert_eq!(code(&refused), Code::RevocationTooLarge);
    }
}

#[test]
fn a_part_has_a_budget_too() {
    let scene = Scene::new();
    let filler = |length| extension(&id_ce(99), false, &vec![0; length]);
    let date = time(Time::from_unix(0));
    let entry = |length| {
        let fields = [integer(&[5]), date.clone(), tlv(0x30, &[filler(length)])];
        tlv(0x30, &fields)
    };
    let part = crate::limits::CRL_STREAM_PART;
    let entry_of = |length| {
        let mut list = scene.list(1);
        list.entries = vec![entry(length)];
        list
    };
    for (list, refused) in [
        (entry_of(part / 2), false),
        (entry_of(2 * part), true),
        (scene.list(1).with(filler(part / 2)), false),
        (scene.list(1).with(filler(part)), true),
    ] {
        let der = scene.ca.sign_list(&list);
        let outcome = scene.outcome(&scene.ingest().in_chunks_of(1000), &der);
        assert_eq!(outcome.is_err(), refused);
        if let Err(error) = outcome {
            assert_eq!(code(&error), Code::RevocationTooLarge);
        }
    }
}

/// Takes some octets and then no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let taken = octets.len().min(self.0);
        self.0 -= taken;
        match taken {
            0 if !octets.is_empty() => Err(io::ErrorKind::StorageFull.into()),
            taken => Ok(taken),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let scene = Scene::new();
    let list = scene.list(1).revoking(&[5], 1).revoking(&[0x11; 19], 1);
    let der = scene.ca.sign_list(&list);
    let length = der.len() as u64;
    let octets = scene.outcome(&scene.ingest(), &der).unwrap();
    for room in 0..octets.len() {
        let outcome = scene.ingest().build(&der[..], length, None, Full(room));
        let error = outcome.unwrap_err();
        assert!(matches!(error, IngestError::Write(_)), "{room}: {error}");
    }
    let room = Full(octets.len());
    scene.ingest().build(&der[..], length, None, room).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error() {
    let scene = Scene::new();
    let der = scene.ca.sign_list(&scene.list(1));
    let full = File::options().write(true).open("/dev/full").unwrap();
    let outcome = scene.ingest().build(&der[..], der.len() as u64, None, full);
    assert!(matches!(outcome.unwrap_err(), IngestError::Write(_)));
}

#[test]
fn a_damaged_predecessor_is_not_carried_on() {
    let scene = Scene::new();
    let mut octets = scene.rich();
    octets[10] ^= 1;
    let damaged = scene.open(&octets).unwrap();
    let der = scene.ca.sign_list(&scene.list(3));
    let build = |previous| {
        let length = der.len() as u64;
        scene
            .ingest()
            .build(&der[..], length, Some(previous), io::sink())
    };
    assert!(matches!(
        build(&damaged).unwrap_err(),
        IngestError::Previous(_)
    ));
    let whole = scene.open(&scene.rich()).unwrap();
    assert!(matches!(
        whole.bury(&damaged, io::sink()),
        Err(IngestError::Previous(_))
    ));
    assert!(matches!(
        damaged.bury(&whole, io::sink()),
        Err(IngestError::Previous(_))
    ));
}

#[test]
fn a_predecessor_is_of_the_same_series() {
    let scene = Scene::new();
    let (index, _) = scene.build(&scene.list(1), None);
    let other = scene.ca.list(2, &[directory("B")]);
    let der = scene.ca.sign_list(&other);
    let outcome = scene
        .ingest()
        .build(&der[..], der.len() as u64, Some(&index), io::sink());
    assert_eq!(code(&outcome.unwrap_err()), Code::MisuseArgument);
    let (other, _) = scene.build(&other, None);
    let outcome = index.bury(&other, io::sink());
    assert_eq!(code(&outcome.unwrap_err()), Code::MisuseArgument);
}

/// Whatever octet of a list is changed: both readers refuse it.
#[test]
fn a_changed_list_is_refused_by_both_readers() {
    let scene = Scene::new();
    let der = scene.ca.sign_list(&scene.list(1).revoking(&[5], 1));
    for position in 0..der.len() {
        for bit in 0..8 {
            let mut der = der.clone();
            der[position] ^= 1 << bit;
            let in_memory = scene.ca.verify(&der).err().unwrap();
            for chunk in [1 << 20, 13] {
                let ingest = scene.ingest().in_chunks_of(chunk);
                let streamed = code(&scene.outcome(&ingest, &der).unwrap_err());
                let same =
                    streamed == in_memory || streamed.disposition() == in_memory.disposition();
                assert!(same, "octet {position}: {streamed} and {in_memory}");
            }
        }
    }
}

/// What is broken in one way is refused with one code.
#[test]
fn both_readers_give_the_same_code() {
    let scene = Scene::new();
    let good = scene.list(1).revoking(&[5], 1);
    let with_entry = |entry: Vec<u8>| {
        let mut list = good.clone();
        list.entries.push(entry);
        list
    };
    let critical = extension(&id_ce(99), true, &[5, 0]);
    let date = time(Time::from_unix(0));
    let mut lists = vec![
        good.clone(),
        scene.ca.unscoped_list(1),
        good.clone().with(critical.clone()),
        good.clone().with(extension(&id_ce(27), true, &[2, 1, 1])),
        good.clone().with(extension(&id_ce(20), false, &[2, 1, 1])),
        good.clone()
            .without(20)
            .with(extension(&id_ce(20), true, &[2, 1, 1])),
        with_entry(tlv(0x30, &[integer(&[0]), date.clone()])),
        with_entry(tlv(0x30, &[integer(&[5])])),
        with_entry(tlv(0x31, &[integer(&[5]), date.clone()])),
        with_entry(tlv(
            0x30,
            &[integer(&[5]), date.clone(), tlv(0x30, &[critical])],
        )),
        with_entry(tlv(
            0x30,
            &[
                integer(&[5]),
                date,
                tlv(0x30, &[extension(&id_ce(29), true, &[])]),
            ],
        )),
    ];
    let mut elsewhere = good.clone();
    elsewhere.issuer = name("Other");
    lists.push(elsewhere);
    for list in lists {
        let mut body = list.body();
        let signed = scene.ca.sign_list(&list);
        let mut trailing = signed.clone();
        trailing.push(0);
        body[0] = integer(&[0]);
        let first_version = scene.ca.sign_list_body(&body);
        body.remove(0);
        let without_version = scene.ca.sign_list_body(&body);
        for der in [signed, trailing, first_version, without_version] {
            let in_memory = CertificateList::from_der(&der)
                .and_then(|list| {
                    let purpose = Purpose::JpkiSigning;
                    list.verify(&scene.trust, purpose, &AlgorithmTable::standard())
                })
                .map(|_| ())
                .map_err(|error| (error.code(), error.trace()));
            for chunk in [1, 50, 1 << 20] {
                let ingest = scene.ingest().in_chunks_of(chunk);
                let streamed = match scene.outcome(&ingest, &der) {
                    Ok(_) => Ok(()),
                    Err(IngestError::Refused(error)) => Err((error.code(), error.trace())),
                    Err(other) => panic!("{other:?}"),
                };
                assert_eq!(streamed, in_memory);
            }
        }
    }
}
