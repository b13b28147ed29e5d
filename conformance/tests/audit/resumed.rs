//! Writers, one after the other.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use tashika_tower::{ChainKeys, FileOptions, FileSink, FileSinkError};

use crate::bench::{Bench, key, keys, name, record, record_after, sink, terms, write};

pub(crate) fn files_follow_days_and_sizes() {
    let bench = Bench::new();
    let options = FileOptions::standard().rotate_at(1500);
    let open = || FileSink::open(&bench.directory(), keys(), terms(), options).unwrap();
    let daily = open();
    for (number, days) in [(1, 0), (2, 1), (3, 0), (4, 1), (5, 2)] {
        write(&daily, record_after(number, days)).unwrap();
    }
    drop(daily);
    // A clock that is set back begins no file.
    let names = |bench: &Bench| {
        let files = bench.files("audit-");
        files
            .iter()
            .map(|path| name(path).to_owned())
            .collect::<Vec<_>>()
    };
    let begun = ["1-2027-01-15", "2-2027-01-16", "5-2027-01-17"];
    let expected = begun.map(|file| format!("audit-0000000000000000000{file}.jsonl"));
    assert_eq!(names(&bench), expected);
    // A file that is full is not gone on with.
    let sink = open();
    for number in 6..16 {
        write(&sink, record_after(number, 2)).unwrap();
    }
    drop(sink);
    assert!(names(&bench).len() > 4, "{:?}", names(&bench));
    let sizes = bench.files("audit-").into_iter();
    let sizes: Vec<_> = sizes
        .map(|path| fs::metadata(path).unwrap().len())
        .collect();
    assert!(sizes.iter().all(|size| *size < 3000), "{sizes:?}");
    assert_eq!(bench.verify().unwrap().records, 15);
}

pub(crate) fn one_writer_at_a_time() {
    let bench = Bench::new();
    let first = bench.sink();
    write(&first, record(0)).unwrap();
    let second = sink(&bench.directory()).unwrap_err();
    assert!(matches!(second, FileSinkError::InUse), "{second}");
    drop(first);
    bench.wrote(1..3);
    assert_eq!(bench.verify().unwrap().records, 3);
}

pub(crate) fn keys_change_in_the_chain() {
    let bench = Bench::new();
    bench.wrote(0..2);
    let open = |keys| FileSink::open(&bench.directory(), keys, terms(), FileOptions::standard());
    let alone = open(ChainKeys::new(key(2), Vec::new())).unwrap_err();
    let FileSinkError::Chain(error) = alone else {
        panic!("{alone}");
    };
    assert_eq!(error.fault().as_str(), "unknown_key");
    for _ in 0..2 {
        let sink = open(ChainKeys::new(key(2), vec![key(1)])).unwrap();
        write(&sink, record(2)).unwrap();
        drop(sink);
    }
    let found = bench.verify().unwrap();
    assert_eq!((found.records, found.rotations), (4, 1));
    // A chain does not go back by itself to a key that was given up.
    let back = open(ChainKeys::new(key(1), vec![key(2)])).unwrap();
    drop(back);
    assert_eq!(bench.verify().unwrap().rotations, 2);
    // Announced, and nothing written under it.
    let third = open(ChainKeys::new(key(3), vec![key(1), key(2)])).unwrap();
    drop(third);
    let without = open(ChainKeys::new(key(1), vec![key(2)])).unwrap_err();
    assert!(matches!(without, FileSinkError::UnknownKey), "{without}");
}

pub(crate) fn a_torn_end_is_removed() {
    let bench = Bench::new();
    let head = bench.wrote(0..3);
    let file = bench.only_file();
    let whole = fs::read(&file).unwrap();
    let last = whole[..whole.len() - 1]
        .iter()
        .rposition(|o| *o == b'\n')
        .unwrap()
        + 1;
    for torn in [last + 1, last + 200, whole.len() - 1] {
        fs::write(&file, &whole[..torn]).unwrap();
        assert_eq!(bench.verify().unwrap().torn, (torn - last) as u64);
        let sink = bench.sink();
        assert_eq!(sink.head().unwrap().sequence(), 2);
        write(&sink, record(2)).unwrap();
        drop(sink);
        // The same record after the same lines is the same line.
        assert_eq!(fs::read(&file).unwrap(), whole);
    }
    // Of a file that was begun and no more, nothing is left.
    let next = bench
        .directory()
        .join("audit-00000000000000000004-2027-01-16.jsonl");
    for begun in ["", "{\"form\":"] {
        fs::write(&next, begun).unwrap();
        assert_eq!(bench.sink().head(), head);
        assert!(!next.exists());
    }
    // The length of a file may grow before its contents arrive.
    fs::write(&file, [&whole[..], &[0; 300]].concat()).unwrap();
    assert_eq!(bench.sink().head(), head);
    assert_eq!(fs::read(&file).unwrap(), whole);
}

pub(crate) fn a_changed_end_is_refused() {
    let bench = Bench::new();
    bench.wrote(0..3);
    let file = bench.only_file();
    let text = fs::read_to_string(&file).unwrap();
    let fault = |text: &str| {
        fs::write(&file, text).unwrap();
        match sink(&bench.directory()) {
            Err(FileSinkError::Chain(error)) => (error.line(), error.fault().as_str()),
            other => panic!("{other:?}"),
        }
    };
    let changed = text.replacen("signature.invalid", "signature.scheme!", 1);
    assert_eq!(fault(&changed), (1, "altered"));
    let lines: Vec<_> = text.lines().collect();
    let without = format!("{}\n{}\n", lines[0], lines[2]);
    assert_eq!(fault(&without), (2, "missing"));
    fs::write(&file, &text).unwrap();
    assert_eq!(bench.sink().head().unwrap().sequence(), 3);
}

pub(crate) fn files_are_private() {
    let bench = Bench::new();
    bench.wrote(0..1);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bench.directory()), 0o700);
    assert_eq!(mode(&bench.only_file()), 0o600);
    let open = fs::Permissions::from_mode(0o770);
    fs::set_permissions(bench.directory(), open).unwrap();
    let exposed = sink(&bench.directory()).unwrap_err();
    assert!(matches!(exposed, FileSinkError::Exposed), "{exposed}");

    let closed = Bench::new();
    fs::write(closed.directory(), "a file").unwrap();
    let error = sink(&closed.directory()).unwrap_err();
    assert!(matches!(error, FileSinkError::Io(_)), "{error}");
    let mut file = OpenOptions::new()
        .append(true)
        .open(closed.directory())
        .unwrap();
    file.write_all(b" of somebody else").unwrap();
}
