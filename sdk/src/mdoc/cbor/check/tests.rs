use super::*;
use crate::mdoc::cbor::Reader;

fn outcome(octets: &[u8]) -> Option<Code> {
    Reader::only(octets, Code::InputMdoc).err()
}

#[test]
fn both_lengths_and_longer_heads_are_read() {
    for octets in [
        &[0xa1, 0x61, b'a', 0x01][..],
        &[0xbf, 0x61, b'a', 0x01, 0xff],
        &[0xbf, 0x78, 0x01, b'a', 0x18, 0x01, 0xff],
        &[0xb8, 0x01, 0x7f, 0x61, b'a', 0x60, 0xff, 0x9f, 0xff],
        &[0x5f, 0x41, 0x01, 0x41, 0x02, 0xff],
        &[0xf5],
        &[0xf6],
        &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
        &[0xd8, 0x18, 0x41, 0x00],
        &[0xc0, 0x60],
        &[0xd9, 0x03, 0xec, 0x60],
        &[0xd9, 0xd9, 0xf7, 0x00],
    ] {
        assert_eq!(outcome(octets), None, "{octets:02x?}");
    }
}

#[test]
fn what_two_readers_could_read_differently_is_refused() {
    for (octets, code) in [
        (&[0x00, 0x00][..], Code::InputCborTrailing),
        (&[0xa2, 0x01, 0x00, 0x01, 0x00], Code::InputCborDuplicate),
        // The same key in a longer form, and in pieces.
        (
            &[0xa2, 0x01, 0x00, 0x18, 0x01, 0x00],
            Code::InputCborDuplicate,
        ),
        (
            &[0xa2, 0x61, b'a', 0x00, 0x7f, 0x61, b'a', 0xff, 0x00],
            Code::InputCborDuplicate,
        ),
        // A byte string in two forms, and what has no other form.
        (
            &[0xa2, 0x41, 0x01, 0x00, 0x58, 0x01, 0x01, 0x00],
            Code::InputCborDuplicate,
        ),
        (
            &[0xa2, 0x81, 0x01, 0x00, 0x81, 0x01, 0x00],
            Code::InputCborDuplicate,
        ),
        // Far down.
        (
            &[0x81, 0xc1, 0xa1, 0x00, 0xa2, 0x20, 0x00, 0x20, 0x00],
            Code::InputCborDuplicate,
        ),
        (&[0xd8, 0x18, 0x60], Code::InputCborTag),
        (&[0xc0, 0x00], Code::InputCborTag),
        (&[0xd9, 0x03, 0xec, 0x40], Code::InputCborTag),
        (&[0x61, 0xff], Code::InputMdoc),
        (&[0x82, 0x00], Code::InputMdoc),
        (&[0x9f, 0x00], Code::InputMdoc),
        (&[0xbf, 0x00, 0xff], Code::InputMdoc),
        (&[0xff], Code::InputMdoc),
        (&[0x1c], Code::InputMdoc),
        (&[0xf8, 0x10], Code::InputMdoc),
        (&[0x5f, 0x61, b'a', 0xff], Code::InputMdoc),
        (&[0x42, 0x00], Code::InputMdoc),
        (
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            Code::InputMdoc,
        ),
        (&[], Code::InputMdoc),
    ] {
        assert_eq!(outcome(octets), Some(code), "{octets:02x?}");
    }
}

#[test]
fn keys_that_differ_only_in_kind_are_two() {
    assert_eq!(outcome(&[0xa3, 0x01, 0, 0x41, 1, 0, 0x61, b'1', 0]), None);
    assert_eq!(outcome(&[0xa2, 0x20, 0, 0x00, 0]), None);
}

#[test]
fn keys_are_looked_into() {
    let with_key = |key: &[u8]| outcome(&[&[0xa1][..], key, &[0x00]].concat());
    for (key, code) in [
        (&[0xa2, 1, 0, 1, 0][..], Code::InputCborDuplicate),
        (&[0xd8, 0x18, 0x60], Code::InputCborTag),
        (&[0x81].repeat(100_000), Code::InputCborDepth),
    ] {
        assert_eq!(with_key(key), Some(code));
    }
}

/// What an independent reader makes of one item, and what ours does.
fn check_against_minicbor(octets: &[u8]) {
    let ours = || Reader::new(octets, Code::InputMdoc);
    let theirs = || minicbor::Decoder::new(octets);
    let mut passing = theirs();
    assert!(passing.skip().is_ok(), "{octets:02x?}");
    assert_eq!(passing.position(), octets.len(), "{octets:02x?}");
    let both = [
        (ours().unsigned().ok() == theirs().u64().ok(), "unsigned"),
        (ours().integer().ok() == theirs().i64().ok(), "integer"),
        (ours().boolean().ok() == theirs().bool().ok(), "boolean"),
        (ours().take_null() == Ok(theirs().null().is_ok()), "null"),
        (
            ours().any_tag().ok() == theirs().tag().ok().map(|tag| tag.as_u64()),
            "tag",
        ),
        (
            ours().bytes().ok().map(Cow::into_owned) == bytes(&mut theirs()),
            "bytes",
        ),
        (
            ours().text().ok().map(Cow::into_owned) == text(&mut theirs()),
            "text",
        ),
    ];
    for (agree, what) in both {
        assert!(agree, "{what} {octets:02x?}");
    }
}

fn bytes(decoder: &mut minicbor::Decoder<'_>) -> Option<Vec<u8>> {
    let pieces: Result<Vec<_>, _> = decoder.bytes_iter().ok()?.collect();
    Some(pieces.ok()?.concat())
}

fn text(decoder: &mut minicbor::Decoder<'_>) -> Option<String> {
    decoder.str_iter().ok()?.collect::<Result<_, _>>().ok()
}

/// Otherwise what was checked would not be what is read.
#[test]
fn what_is_sound_is_whole_for_the_reader() {
    let mut sound = 0;
    let mut check = |octets: &[u8]| {
        if outcome(octets).is_none() {
            let mut reader = Reader::new(octets, Code::InputMdoc);
            assert_eq!(reader.raw(), Ok(octets), "{octets:02x?}");
            check_against_minicbor(octets);
            sound += 1;
        }
    };
    for first in 0..=u8::MAX {
        check(&[first]);
        for second in 0..=u8::MAX {
            check(&[first, second]);
            for third in [0x00, 0x14, 0x40, 0x61, 0xa0, 0xff] {
                for fourth in [0x00, 0xff] {
                    check(&[first, second, third]);
                    check(&[first, second, third, fourth]);
                }
            }
        }
    }
    assert!(sound > 10_000);
}

#[test]
fn long_maps_are_sorted() {
    let map = |keys: &[u8]| {
        let mut octets = vec![0xb8, u8::try_from(keys.len()).unwrap()];
        keys.iter()
            .for_each(|key| octets.extend([0x18, *key, 0x00]));
        outcome(&octets)
    };
    let distinct: Vec<u8> = (100..160).rev().collect();
    assert_eq!(map(&distinct), None);
    let mut twice = distinct.clone();
    twice.push(123);
    assert_eq!(map(&twice), Some(Code::InputCborDuplicate));
}

#[test]
fn numbers_in_order_are_distinct() {
    let map = |last: &[&[u8]]| {
        let numbers = (0..10).map(|number| vec![number]);
        let keys = numbers.chain(last.iter().map(|key| key.to_vec()));
        let entries = keys.flat_map(|key| key.into_iter().chain([0x00]));
        let octets: Vec<u8> = [0xbf].into_iter().chain(entries).chain([0xff]).collect();
        outcome(&octets)
    };
    let most: &[u8] = &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    for sound in [&[][..], &[&[0x0a][..]], &[most], &[&[0x2a]], &[&[0x4a; 11]]] {
        assert_eq!(map(sound), None, "{sound:02x?}");
    }
    for twice in [
        &[&[0x09][..]][..],
        &[&[0x18, 0x09]],
        &[&[0x00]],
        &[most, most],
        &[&[0x2a], &[0x2a]],
        &[&[0x60], &[0x0a], &[0x60]],
    ] {
        assert_eq!(map(twice), Some(Code::InputCborDuplicate), "{twice:02x?}");
    }
}

#[test]
fn maps_have_a_limit() {
    let map = |count: usize| {
        let key = |n: u16| [&[0x19][..], &n.to_be_bytes(), &[0x00]].concat();
        let keys = (0..u16::try_from(count).unwrap()).flat_map(|n| key(1000 + n));
        let octets: Vec<u8> = [0xbf].into_iter().chain(keys).chain([0xff]).collect();
        outcome(&octets)
    };
    assert_eq!(map(limits::CBOR_KEYS), None);
    assert_eq!(map(limits::CBOR_KEYS + 1), Some(Code::InputTooMany));
}

#[test]
fn nesting_has_a_limit() {
    for head in [&[0x81][..], &[0xa1, 0x00], &[0xc1], &[0x9f]] {
        let nested = |levels: usize| {
            let mut octets = head.repeat(levels);
            octets.push(0x00);
            if head == [0x9f] {
                octets.extend(vec![0xff; levels]);
            }
            outcome(&octets)
        };
        let most = limits::CBOR_NESTING - 1;
        assert_eq!(nested(most), None, "{head:02x?}");
        assert_eq!(nested(most + 1), Some(Code::InputCborDepth), "{head:02x?}");
        assert_eq!(nested(100_000), Some(Code::InputCborDepth), "{head:02x?}");
    }
}
