//! Once is once, at one place and at several.

use std::fs::File;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, OnceLock, Weak};

use super::*;
use tashika::Time;
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::RelyingParty;
use tashika_tower::{
    Clients, Clock, Entry, MemoryTransactions, Nodes, Reach, StoreFuture, TransactionStore,
};

const LAST: &str = r#"{"subject":"a","by":"x","used":{"place":"C","at":5}}"#;

fn by(number: u8) -> TransactionId {
    TransactionId::from_entropy([number; 16])
}

fn ledger(folder: &Path, store: Arc<dyn TransactionStore>) -> Ledger {
    let sealer = Sealer::new(SealingKey::new("1", &[1; 32]).unwrap(), Vec::new()).unwrap();
    let party = RelyingParty::from_origin("https://hall.example").unwrap();
    let clients = Clients::by_peer();
    let site = Site::new(party, store, Arc::new(sealer), Nodes::One, clients).unwrap();
    let site = site.with_clock(Clock::told(|| Time::from_unix(1_800_000_000)));
    let journal = Journal::open(&folder.join("ledger")).unwrap();
    Ledger::new("tickets", site, journal)
}

fn alone(folder: &Path) -> Ledger {
    ledger(folder, Arc::new(MemoryTransactions::standard()))
}

async fn uses(ledger: &Ledger, place: &str, subject: &str, number: u8) -> Result<(), Denied> {
    ledger.use_once(place, subject.to_owned(), by(number)).await
}

#[tokio::test]
async fn what_was_issued_is_used_once_and_a_restart_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = alone(folder.path());
    assert_eq!(uses(&ledger, "A", "a", 1).await, Err(Ledger::NONE));
    assert_eq!(ledger.issue("a".to_owned(), by(2), 1), Ok(()));
    assert_eq!(ledger.issue("a".to_owned(), by(3), 1), Err(Ledger::ISSUED));
    assert_eq!(ledger.issue("b".to_owned(), by(4), 1), Err(Ledger::FULL));
    assert_eq!(uses(&ledger, "A", "a", 5).await, Ok(()));
    assert_eq!(uses(&ledger, "B", "a", 6).await, Err(Ledger::USED));
    // The memory of marks is gone with the process, the file is not.
    let again = alone(folder.path());
    assert_eq!(uses(&again, "B", "a", 7).await, Err(Ledger::USED));
    assert_eq!((again.issued(), again.used()), (1, 1));
    assert_eq!(again.issued_by(by(2)), Some("a".to_owned()));
    assert_eq!(again.issued_by(by(5)), None);
    assert_eq!(again.uses_of("a")[0].place, "A");
}

#[tokio::test]
async fn a_place_that_is_cut_off_goes_by_what_it_has_read_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = alone(folder.path());
    for subject in ["a", "b"] {
        ledger.issue(subject.to_owned(), by(1), 9).unwrap();
    }
    assert_eq!(uses(&ledger, "A", "a", 2).await, Ok(()));
    ledger.cut_or_join("B").await.unwrap();
    ledger.issue("c".to_owned(), by(3), 9).unwrap();
    // What it had read counts, and what it has not read does not.
    assert_eq!(uses(&ledger, "B", "a", 4).await, Err(Ledger::USED));
    assert_eq!(uses(&ledger, "B", "c", 5).await, Err(Ledger::NONE));
    assert_eq!(uses(&ledger, "A", "b", 6).await, Ok(()));
    assert_eq!(uses(&ledger, "B", "b", 7).await, Ok(()));
    assert_eq!(uses(&ledger, "B", "b", 8).await, Err(Ledger::USED));
    assert!(ledger.is_cut("B") && !ledger.is_cut("A"));
    ledger.cut_or_join("B").await.unwrap();
    assert!(!ledger.is_cut("B"));
    assert_eq!(uses(&ledger, "B", "c", 9).await, Ok(()));
    let doubles = ledger.doubles();
    assert_eq!(doubles.len(), 1);
    assert_eq!(doubles[0].subject, "b");
    let places: Vec<_> = doubles[0].uses.iter().map(|used| &*used.place).collect();
    assert_eq!(places, ["A", "B"]);
}

#[tokio::test]
async fn what_was_used_elsewhere_is_used_once_it_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = alone(folder.path());
    ledger.issue("a".to_owned(), by(1), 9).unwrap();
    let unreadable = format!("{LAST}\nno line\n");
    let taken = ledger.reconcile(&unreadable).await;
    assert_eq!((taken, ledger.used()), (Err(Ledger::UNREADABLE), 0));
    for _ in 0..2 {
        ledger.reconcile(&format!("{LAST}\n")).await.unwrap();
        assert_eq!(ledger.used(), 1);
    }
    assert_eq!(uses(&ledger, "A", "a", 2).await, Err(Ledger::USED));
    assert_eq!(ledger.doubles(), []);
    let sold_elsewhere = ledger.to_text().replace(&by(1).to_string(), "another");
    ledger.reconcile(&sold_elsewhere).await.unwrap();
    assert_eq!((ledger.issued(), ledger.used()), (1, 1));
    assert!(ledger.to_text().contains(LAST));
}

#[tokio::test]
async fn where_the_store_says_nothing_nobody_is_told_anything() {
    let folder = tempfile::tempdir().unwrap();
    let one = NonZeroUsize::new(1).unwrap();
    let ledger = ledger(folder.path(), Arc::new(MemoryTransactions::new(one, one)));
    for subject in ["a", "b"] {
        ledger.issue(subject.to_owned(), by(1), 9).unwrap();
    }
    assert_eq!(uses(&ledger, "A", "a", 2).await, Ok(()));
    let full = Denied(StatusCode::SERVICE_UNAVAILABLE, "transaction.full");
    assert_eq!(uses(&ledger, "A", "b", 3).await, Err(full));
    // A place that is cut off asks nobody, and stays so until it is heard.
    ledger.cut_or_join("A").await.unwrap();
    assert_eq!(uses(&ledger, "A", "b", 4).await, Ok(()));
    assert_eq!(ledger.cut_or_join("A").await, Err(full));
    assert!(ledger.is_cut("A"));
}

#[tokio::test]
async fn what_could_not_be_written_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = alone(folder.path());
    ledger.issue("a".to_owned(), by(1), 9).unwrap();
    // As on a disk that is full.
    let path = folder.path().join("ledger");
    let file = lock(&ledger.journal).exchange(File::open(&path).unwrap());
    for number in [2, 3] {
        let unwritten = uses(&ledger, "A", "a", number).await;
        assert_eq!(unwritten, Err(Ledger::UNWRITTEN));
    }
    lock(&ledger.journal).exchange(file);
    assert_eq!(uses(&ledger, "B", "a", 4).await, Ok(()));
    assert_eq!(uses(&ledger, "A", "a", 5).await, Err(Ledger::USED));
}

#[tokio::test]
async fn a_process_that_ends_while_a_place_is_cut_off_tells_the_store_when_it_begins() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let store = Arc::new(MemoryTransactions::standard());
    let [one, other] = folders.each_ref().map(|f| ledger(f.path(), store.clone()));
    for ledger in [&one, &other] {
        ledger.issue("a".to_owned(), by(1), 9).unwrap();
    }
    one.cut_or_join("A").await.unwrap();
    assert_eq!(uses(&one, "A", "a", 2).await, Ok(()));
    drop(one);
    ledger(folders[0].path(), store).tell(0).await.unwrap();
    assert_eq!(uses(&other, "B", "a", 3).await, Err(Ledger::USED));
}

/// A store that is slow: while it marks for the first time, somebody comes to a gate.
#[derive(Debug)]
struct Slow {
    store: MemoryTransactions,
    ledger: OnceLock<Weak<Ledger>>,
    come: OnceLock<()>,
}

impl TransactionStore for Slow {
    fn reach(&self) -> Reach {
        self.store.reach()
    }

    fn put(&self, entry: Entry, now: Time) -> StoreFuture<()> {
        self.store.put(entry, now)
    }

    fn take(&self, transaction: TransactionId, now: Time) -> StoreFuture<Vec<u8>> {
        self.store.take(transaction, now)
    }

    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, now: Time) -> StoreFuture<Seen> {
        let marked = self.store.mark(mark, client, expires, now);
        let ledger = self.ledger.get().and_then(Weak::upgrade);
        let Some(ledger) = ledger.filter(|_| self.come.set(()).is_ok()) else {
            return marked;
        };
        StoreFuture::coming(async move {
            assert_eq!(uses(&ledger, "A", "b", 3).await, Ok(()));
            marked.await
        })
    }
}

#[tokio::test]
async fn the_store_hears_of_whoever_enters_while_a_place_is_joined() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let store = Arc::new(Slow {
        store: MemoryTransactions::standard(),
        ledger: OnceLock::new(),
        come: OnceLock::new(),
    });
    let [one, other] = folders.each_ref().map(|f| ledger(f.path(), store.clone()));
    for (ledger, subject) in [(&one, "a"), (&one, "b"), (&other, "b")] {
        ledger.issue(subject.to_owned(), by(1), 9).unwrap();
    }
    let one = Arc::new(one);
    one.cut_or_join("A").await.unwrap();
    assert_eq!(uses(&one, "A", "a", 2).await, Ok(()));
    store.ledger.set(Arc::downgrade(&one)).unwrap();
    one.cut_or_join("A").await.unwrap();
    assert_eq!((one.used(), one.is_cut("A")), (2, false));
    assert_eq!(uses(&other, "B", "b", 4).await, Err(Ledger::USED));
}
