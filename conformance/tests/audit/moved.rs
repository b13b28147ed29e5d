//! What others do to the files while they are written.

use std::fs;

use tashika::Code;
use tashika::audit::{ChainVerifier, Fault};

use crate::bench::{Bench, key, name, record, write};

const REFUSED: Result<(), Code> = Err(Code::TransactionUnrecorded);

pub(crate) fn moved_away() {
    let bench = Bench::new();
    let sink = bench.sink();
    for number in 0..3 {
        write(&sink, record(number)).unwrap();
    }
    let first = bench.only_file();
    let archive = bench.directory().join("archived.jsonl");
    fs::rename(&first, &archive).unwrap();
    assert_eq!(write(&sink, record(3)), REFUSED);
    write(&sink, record(3)).unwrap();
    write(&sink, record(4)).unwrap();
    drop(sink);
    let second = bench.only_file();
    assert!(name(&second).starts_with("audit-00000000000000000004-"));
    let missing = bench.verify().unwrap_err();
    let fault = missing.fault();
    assert!(
        matches!(
            fault,
            Fault::Missing {
                expected: 1,
                found: 4
            }
        ),
        "{fault}"
    );
    // Together they are the chain.
    fs::rename(&archive, &first).unwrap();
    assert_eq!(bench.verify().unwrap().records, 5);
}

pub(crate) fn changed_under_the_writer() {
    let bench = Bench::new();
    let sink = bench.sink();
    for number in 0..3 {
        write(&sink, record(number)).unwrap();
    }
    let file = bench.only_file();
    let whole = fs::read(&file).unwrap();
    // Cut: it is not gone on with, until it is whole again.
    fs::write(&file, &whole[..whole.len() - 10]).unwrap();
    for _ in 0..3 {
        assert_eq!(write(&sink, record(3)), REFUSED);
    }
    fs::write(&file, &whole).unwrap();
    write(&sink, record(3)).unwrap();
    // Another file of the same length in its place.
    let whole = fs::read(&file).unwrap();
    let mut other = whole.clone();
    let at = whole.len() - 200;
    other[at] ^= 1;
    let copy = bench.directory().join("copy");
    fs::write(&copy, other).unwrap();
    fs::rename(&copy, &file).unwrap();
    for _ in 0..3 {
        assert_eq!(write(&sink, record(4)), REFUSED);
    }
    // A true copy does as well as what was copied.
    fs::write(&copy, &whole).unwrap();
    fs::rename(&copy, &file).unwrap();
    write(&sink, record(4)).unwrap();
    // What somebody else added is not kept.
    let more = [fs::read(&file).unwrap(), b"{}\n".to_vec()].concat();
    fs::write(&file, more).unwrap();
    assert_eq!(write(&sink, record(5)), REFUSED);
    write(&sink, record(5)).unwrap();
    let head = sink.head().unwrap();
    drop(sink);
    let verifier = ChainVerifier::from_beginning(vec![key(1)]).expecting(head);
    assert_eq!(bench.verify_with(verifier).unwrap().records, 6);
}

pub(crate) fn a_directory_that_is_gone() {
    let bench = Bench::new();
    let sink = bench.sink();
    write(&sink, record(0)).unwrap();
    let (here, away) = (bench.directory(), bench.directory().with_extension("away"));
    fs::rename(&here, &away).unwrap();
    for _ in 0..3 {
        assert_eq!(write(&sink, record(1)), REFUSED);
    }
    fs::rename(&away, &here).unwrap();
    write(&sink, record(1)).unwrap();
    drop(sink);
    assert_eq!(bench.verify().unwrap().records, 2);
}
