//! Many who write at once.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use serde_json::Value;
use tashika::Code;
use tashika_tower::{AuditSink, ChannelSink, FileOptions, FileSink};
use tokio::runtime::Builder;

use crate::bench::{Bench, block_on, keys, record, terms, write};

const TASKS: u64 = 50;
const EACH: u64 = 200;

pub(crate) fn many_write_at_once() {
    let bench = Bench::new();
    let options = FileOptions::standard().rotate_at(512 * 1024);
    let sink = FileSink::open(&bench.directory(), keys(), terms(), options);
    let sink = Arc::new(sink.unwrap());
    let runtime = Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks = (0..TASKS).map(|task| {
            let sink = Arc::clone(&sink);
            tokio::spawn(async move {
                for number in 0..EACH {
                    sink.write(record(task * EACH + number)).await.unwrap();
                }
            })
        });
        let tasks: Vec<_> = tasks.collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let head = sink.head();
    drop(sink);

    assert!(bench.files("audit-").len() > 4);
    let summary = bench.verify().unwrap();
    assert_eq!((summary.records, summary.head), (TASKS * EACH, head));
    let text = bench.text();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let transactions = lines.map(|line| line["record"]["transaction"].as_str().unwrap().to_owned());
    let transactions: Vec<_> = transactions.collect();
    let distinct: BTreeSet<_> = transactions.iter().collect();
    assert_eq!(distinct.len() as u64, TASKS * EACH);
    // Each task's records are in the order in which it wrote them.
    for task in 0..TASKS {
        let own = (0..EACH).map(|n| record(task * EACH + n).transaction().unwrap().to_string());
        let own: Vec<_> = own.collect();
        let found = transactions.iter().filter(|t| own.contains(t));
        assert!(found.eq(own.iter()), "{task}");
    }
}

pub(crate) fn a_full_queue_refuses() {
    let two = NonZeroUsize::new(2).unwrap();
    let (sink, mut receiver) = ChannelSink::new(two, terms());
    let write = |number| block_on(sink.write(record(number)));
    assert_eq!((write(1), write(2)), (Ok(()), Ok(())));
    assert_eq!(write(3), Err(Code::TransactionUnrecorded));
    let entry = receiver.try_recv().unwrap();
    let read: Value = serde_json::from_str(entry.json()).unwrap();
    assert_eq!(
        read["transaction"],
        record(1).transaction().unwrap().to_string()
    );
    assert_eq!(write(4), Ok(()));
    drop(receiver);
    assert_eq!(write(5), Err(Code::TransactionUnrecorded));
}

/// Whoever goes away before the disk is done takes nothing with them.
pub(crate) fn nobody_waits_for_nothing() {
    let bench = Bench::new();
    let sink = bench.sink();
    for number in 0..100 {
        drop(sink.write(record(number)));
    }
    write(&sink, record(100)).unwrap();
    drop(sink);
    assert_eq!(bench.verify().unwrap().records, 101);
}
