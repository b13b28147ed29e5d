//! What is kept beside a chain.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use bytes::Bytes;
use tashika::audit::{Evidence, EvidenceCount, Record};
use tashika::jpki::SignedDocument;

use tashika_tower::{FileOptions, FileSink, FileSinkError};

use crate::bench::{Bench, block_on, keys, name, record, terms, write};

const SECRET: &str = "転居届: 架空　花子";

fn signed(number: u64) -> Record {
    let octets = |text: String| Bytes::from(text.into_bytes());
    let document = SignedDocument::raw(
        octets(format!("certificate {number}")),
        octets(format!("signature {number}")),
        octets(format!("{SECRET} {number}")),
    );
    record(number).with_evidence(Evidence::generate(&document).unwrap())
}

fn count(bench: &Bench) -> (u64, u64) {
    let EvidenceCount { kept, absent, .. } = bench.evidence();
    (kept, absent)
}

pub(crate) fn evidence_is_kept_and_erased() {
    let bench = Bench::new();
    let sink = bench.sink();
    for number in 0..4 {
        write(
            &sink,
            if number == 1 {
                record(1)
            } else {
                signed(number)
            },
        )
        .unwrap();
    }
    assert_eq!(count(&bench), (3, 0));
    let files = bench.files("evidence-");
    let mode = fs::metadata(&files[0]).unwrap().permissions().mode();
    assert_eq!((files.len(), mode & 0o777), (1, 0o600));
    let before = fs::read(&files[0]).unwrap();

    block_on(sink.erase(3)).unwrap();
    assert_eq!(count(&bench), (2, 1));
    let after = fs::read_to_string(&files[0]).unwrap();
    assert_eq!(after.len(), before.len());
    assert!(!after.contains("\"sequence\":3"), "{after}");
    // Once is enough, and what never was need not be.
    for gone in [3, 2, 77, 0] {
        block_on(sink.erase(gone)).unwrap();
    }
    assert_eq!(count(&bench), (2, 1));
    write(&sink, signed(4)).unwrap();
    drop(sink);
    // Also after a restart.
    let sink = bench.sink();
    block_on(sink.erase(1)).unwrap();
    write(&sink, signed(5)).unwrap();
    drop(sink);
    assert_eq!(count(&bench), (3, 2));
    assert_eq!(bench.verify().unwrap().records, 6);
    let text = bench.text();
    for told in [
        "花子",
        "certificate 0",
        "signature 0",
        "Y2VydGlmaWNhdGUgM",
        "6Lui5bGF",
    ] {
        assert!(!text.contains(told), "{told}");
    }
}

pub(crate) fn evidence_without_a_record_goes() {
    let bench = Bench::new();
    let sink = bench.sink();
    for number in 0..3 {
        write(&sink, signed(number)).unwrap();
    }
    drop(sink);
    let (chain, evidence) = (bench.only_file(), bench.files("evidence-").remove(0));
    let kept = fs::read(&evidence).unwrap();
    // Killed after the evidence and before its record.
    let text = fs::read_to_string(&chain).unwrap();
    let lines: Vec<_> = text.lines().collect();
    fs::write(&chain, format!("{}\n{}\n", lines[0], lines[1])).unwrap();
    // And of a file that was begun and no more.
    let later = evidence.with_file_name("evidence-00000000000000000003-2027-01-16.jsonl");
    fs::write(&later, &kept).unwrap();
    let begun = chain.with_file_name("audit-00000000000000000003-2027-01-16.jsonl");
    fs::write(&begun, "").unwrap();
    drop(bench.sink());
    assert!(!later.exists() && !begun.exists());
    assert_eq!(count(&bench), (2, 0));
    // Killed within the evidence.
    fs::write(&evidence, &kept[..kept.len() - 100]).unwrap();
    bench.wrote(7..8);
    assert_eq!(count(&bench), (2, 0));
    assert_eq!(bench.verify().unwrap().records, 3);
}

/// Evidence outlives those who take the records away, and no other record gets
/// their numbers.
pub(crate) fn evidence_whose_records_were_taken_stays() {
    let bench = Bench::new();
    let open = || {
        let options = FileOptions::standard().rotate_at(1);
        FileSink::open(&bench.directory(), keys(), terms(), options)
    };
    let sink = open().unwrap();
    for number in 0..3 {
        write(&sink, signed(number)).unwrap();
    }
    drop(sink);
    let away = bench.directory().with_extension("away");
    fs::create_dir(&away).unwrap();
    let chain = bench.files("audit-");
    let kept = bench.files("evidence-");
    assert_eq!((chain.len(), kept.len()), (3, 3));
    // The last file, the last two, all.
    for path in chain.iter().rev() {
        fs::rename(path, away.join(name(path))).unwrap();
        let refused = open().unwrap_err();
        assert!(matches!(refused, FileSinkError::Missing), "{refused}");
        assert_eq!(bench.files("evidence-"), kept);
    }
    for path in &chain {
        fs::rename(away.join(name(path)), path).unwrap();
    }
    let sink = open().unwrap();
    write(&sink, signed(3)).unwrap();
    assert_eq!(count(&bench), (4, 0));
}

/// Also where the file of the records was moved away meanwhile.
pub(crate) fn evidence_that_is_not_safe_goes() {
    let bench = Bench::new();
    let sink = bench.sink();
    write(&sink, signed(0)).unwrap();
    let (chain, evidence) = (bench.only_file(), bench.files("evidence-").remove(0));
    let kept = fs::read(&evidence).unwrap();
    let more = String::from_utf8(kept.clone()).unwrap();
    let more = more.replace("\"sequence\":1,", "\"sequence\":2,");
    fs::write(&evidence, [&kept[..], more.as_bytes()].concat()).unwrap();
    assert_eq!(
        write(&sink, signed(1)),
        Err(tashika::Code::TransactionUnrecorded)
    );
    fs::rename(&chain, chain.with_extension("away")).unwrap();
    write(&sink, signed(1)).unwrap();
    assert_eq!(fs::read(&evidence).unwrap(), kept);
}

/// The first record of all, and killed before it.
pub(crate) fn the_first_evidence_without_a_record_goes() {
    let bench = Bench::new();
    let sink = bench.sink();
    write(&sink, signed(0)).unwrap();
    drop(sink);
    let evidence = bench.files("evidence-").remove(0);
    fs::write(bench.only_file(), "").unwrap();
    drop(bench.sink());
    assert!(!evidence.exists());
}
