//! An input of 4 KiB may not make a parser allocate more than 1 MiB.
//!
//! One test alone, since what is counted is the allocations of the process.

use peak_alloc::PeakAlloc;
use tashika_conformance::fuzz;
use tashika_testbed::Rng;
use tashika_testbed::der::tag;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const INPUT: usize = 4 * 1024;
const BUDGET: usize = 1024 * 1024;

const PARSERS: [fn(&[u8]); 14] = [
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
];

#[test]
fn small_inputs_need_little_memory() {
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
        // JSON: the smallest values, and deep ones.
        [&b"{\"vp_token\":["[..], &b"0,".repeat(INPUT / 2 - 16)].concat(),
        vec![b'['; INPUT],
    ];
    inputs.extend((0..40).map(|_| rng.bytes(32)));
    // What is made once does not count.
    PARSERS.iter().for_each(|parser| parser(b""));
    for input in &inputs {
        for parser in PARSERS {
            let before = ALLOCATOR.current_usage();
            ALLOCATOR.reset_peak_usage();
            parser(input);
            let needed = ALLOCATOR.peak_usage().saturating_sub(before);
            assert!(needed <= BUDGET, "{needed} octets for {input:02x?}");
        }
    }
}
