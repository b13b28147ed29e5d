//! An input of 4 KiB may not make a parser allocate more than 1 MiB.
//!
//! One test alone, since what is counted is the allocations of the process.

use bytes::Bytes;
use peak_alloc::PeakAlloc;
use tashika::limits;
use tashika::mdoc::DeviceResponse;
use tashika_conformance::fuzz;
use tashika_testbed::Rng;
use tashika_testbed::der::tag;
use tashika_testbed::mdoc::elements::LICENCE;
use tashika_testbed::mdoc::{Cbor, Response};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const INPUT: usize = 4 * 1024;
const BUDGET: usize = 1024 * 1024;

const PARSERS: [fn(&[u8]); 27] = [
    fuzz::certificate,
    fuzz::issued_certificate,
    fuzz::revocation_list,
    fuzz::issued_list,
    fuzz::ocsp,
    fuzz::issued_ocsp,
    fuzz::cms,
    fuzz::transaction,
    fuzz::anchor,
    fuzz::engagement,
    fuzz::session_data,
    fuzz::jwe,
    fuzz::apple_envelope,
    fuzz::annex_c,
    fuzz::device_response,
    fuzz::issued_document,
    fuzz::issued_element,
    fuzz::device_key,
    fuzz::transcript,
    fuzz::status_token,
    fuzz::id_token,
    fuzz::jwks,
    fuzz::callback,
    fuzz::userinfo,
    fuzz::token_response,
    fuzz::discovery,
    fuzz::sealed_login,
];

#[test]
fn inputs_need_little_memory() {
    small_inputs();
    largest_responses();
}

fn small_inputs() {
    let mut rng = Rng::from_seed(1);
    let mut inputs = vec![
        vec![0; INPUT],
        vec![0xFF; INPUT],
        [tag::SEQUENCE, 0x80].repeat(INPUT / 2),
        [tag::CONSTRUCTED_OCTET_STRING, 0x80].repeat(INPUT / 2),
        [tag::SEQUENCE, 0x84, 0xFF, 0xFF, 0xFF, 0xFF].repeat(INPUT / 6),
        [tag::SEQUENCE, 0].repeat(INPUT / 2),
        // CBOR: arrays and maps in each other, and the longest lengths.
        vec![0x81; INPUT],
        [0xBF, 0x00].repeat(INPUT / 2),
        [&[0x9B][..], &[0xFF; 8]].concat().repeat(INPUT / 9),
        [&[0x5F][..], &[0x40].repeat(INPUT - 2), &[0xFF]].concat(),
        // Presentations of much that is small, and of one name many times.
        response(INPUT, &"n".repeat(INPUT / 2)),
        response(INPUT, ""),
        security_object(INPUT, &"n".repeat(INPUT / 2)),
        security_object(INPUT, ""),
        // JSON: the smallest values, and deep ones.
        [&b"{\"vp_token\":["[..], &b"0,".repeat(INPUT / 2 - 16)].concat(),
        vec![b'['; INPUT],
    ];
    inputs.extend((0..40).map(|_| rng.bytes(32)));
    // What is made once does not count.
    PARSERS.iter().for_each(|parser| parser(b""));
    for input in &inputs {
        assert!(input.len() <= INPUT);
        for parser in PARSERS {
            let needed = needed_for(|| parser(input));
            assert!(needed <= BUDGET, "{needed} octets for {input:02x?}");
        }
    }
}

/// What is nothing but names, keys and pieces takes no more than some times its
/// length, however it is cut.
fn largest_responses() {
    const LENGTH: usize = limits::MDOC_RESPONSE;
    let maps = [0xA2, 0x00, 0x00, 0x01, 0x00].repeat(LENGTH / 5 - 1);
    let of_arrays = |items: Vec<u8>| [&[0x9F][..], &items, &[0xFF]].concat();
    for octets in [
        response(LENGTH, &"n".repeat(LENGTH / 2)),
        response(LENGTH, &"n".repeat(limits::MDOC_NAME)),
        response(LENGTH, ""),
        of_arrays(maps),
        of_arrays([0x61, b'a'].repeat(LENGTH / 2 - 1)),
        [&[0x5F][..], &[0x40].repeat(LENGTH - 2), &[0xFF]].concat(),
        [&[0xBF][..], &[0x40, 0x00].repeat(LENGTH / 2 - 1), &[0xFF]].concat(),
    ] {
        assert!(octets.len() <= LENGTH);
        let octets = Bytes::from(octets);
        let needed = needed_for(|| drop(DeviceResponse::read(&octets)));
        assert!(needed <= 2 * octets.len(), "{needed} octets");
    }
}

fn needed_for(work: impl FnOnce()) -> usize {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    work();
    ALLOCATOR.peak_usage().saturating_sub(before)
}

/// A response of as many elements of one namespace as there is room for, one
/// octet each, as its device and its issuer might sign them.
fn response(room: usize, namespace: &str) -> Vec<u8> {
    let item = |id: u64| {
        let item = Cbor::map([
            ("digestID", Cbor::Unsigned(id)),
            ("random", Cbor::from(&[][..])),
            ("elementIdentifier", "".into()),
            ("elementValue", 0.into()),
        ]);
        Cbor::tag24(item)
    };
    let left = room.saturating_sub(namespace.len() + 300) / 66;
    let items = (0..left as u64).map(item).collect();
    let spaces = Cbor::Map(vec![(namespace.into(), Cbor::Array(items))]);
    let document = Cbor::map([
        ("docType", Cbor::from(LICENCE)),
        (
            "issuerSigned",
            Cbor::map([("nameSpaces", spaces), ("issuerAuth", Cbor::NULL)]),
        ),
    ]);
    Response::of(document).encode()
}

/// A mobile security object in which the device is authorised for as many
/// elements of one namespace as there is room for.
fn security_object(room: usize, namespace: &str) -> Vec<u8> {
    let elements = vec!["".into(); room.saturating_sub(namespace.len() + 300)];
    let authorised = Cbor::Map(vec![(namespace.into(), Cbor::Array(elements))]);
    let authorisations = Cbor::map([("dataElements", authorised)]);
    Cbor::map([
        ("version", Cbor::from("1.0")),
        ("digestAlgorithm", "SHA-256".into()),
        (
            "deviceKeyInfo",
            Cbor::map([("keyAuthorizations", authorisations)]),
        ),
    ])
    .encode()
}
