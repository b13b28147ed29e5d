//! What every store of sessions does.
//!
//! Each case gets a store of its own, empty, with room for [`CAPACITY`] sessions
//! of which one client may begin [`PER_CLIENT`].

use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use tashika::transaction::ClientKey;
use tashika::{Code, Duration, Time, limits};
use tashika_tower::{SessionEntry, SessionKey, SessionStore};
use tokio::sync::Barrier;

pub(crate) const CAPACITY: NonZeroUsize = NonZeroUsize::new(16).unwrap();
pub(crate) const PER_CLIENT: NonZeroUsize = NonZeroUsize::new(8).unwrap();

type Store = Arc<dyn SessionStore>;
type Case = fn(Store) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// Every case by its name.
pub(crate) const SUITE: &[(&str, Case)] = &[
    ("what_is_kept_is_read_as_it_was", |store| {
        Box::pin(what_is_kept_is_read_as_it_was(store))
    }),
    ("a_key_is_given_once", |store| {
        Box::pin(a_key_is_given_once(store))
    }),
    ("a_session_lives_to_its_last_second", |store| {
        Box::pin(a_session_lives_to_its_last_second(store))
    }),
    ("a_touch_prolongs_and_does_not_revive", |store| {
        Box::pin(a_touch_prolongs_and_does_not_revive(store))
    }),
    ("a_state_is_exchanged_and_not_revived", |store| {
        Box::pin(a_state_is_exchanged_and_not_revived(store))
    }),
    ("what_has_ended_stays_so", |store| {
        Box::pin(what_has_ended_stays_so(store))
    }),
    ("of_many_who_take_one_gets_it", |store| {
        Box::pin(of_many_who_take_one_gets_it(store))
    }),
    ("what_ends_meanwhile_does_not_come_back", |store| {
        Box::pin(what_ends_meanwhile_does_not_come_back(store))
    }),
    ("a_full_store_drops_nothing", |store| {
        Box::pin(a_full_store_drops_nothing(store))
    }),
    ("a_client_begins_no_more_than_its_share", |store| {
        Box::pin(a_client_begins_no_more_than_its_share(store))
    }),
    ("many_at_once_never_exceed_the_bounds", |store| {
        Box::pin(many_at_once_never_exceed_the_bounds(store))
    }),
    ("what_is_kept_is_bounded_and_not_printed", |store| {
        Box::pin(what_is_kept_is_bounded_and_not_printed(store))
    }),
];

const NOW: Time = Time::from_unix(1_800_000_000);

fn later(seconds: i64) -> Time {
    NOW.plus(Duration::seconds(seconds))
}

fn key(number: u8) -> SessionKey {
    SessionKey::from_octets([number; 32])
}

fn client(name: &str) -> ClientKey {
    ClientKey::of(name.as_bytes())
}

/// Idle for ten seconds, and a hundred in all.
fn entry(state: impl Into<Bytes>) -> SessionEntry {
    SessionEntry {
        state: state.into(),
        idle_until: later(10),
        ends: later(100),
    }
}

async fn begin(store: &Store, number: u8, whose: &str, now: Time) -> Result<(), Code> {
    let entry = entry(vec![number; 3]);
    let kept = store.create(key(number), entry, client(whose), now).await;
    kept.map_err(|error| error.code())
}

async fn state(store: &Store, number: u8, now: Time) -> Option<Bytes> {
    store.read(key(number), now).await.unwrap().map(|e| e.state)
}

async fn lives(store: &Store, number: u8, now: Time) -> bool {
    state(store, number, now).await.is_some()
}

async fn what_is_kept_is_read_as_it_was(store: Store) {
    let every_octet: Vec<u8> = (0..=u8::MAX).collect();
    let kept = entry(every_octet.clone());
    store.create(key(1), kept, client("a"), NOW).await.unwrap();
    begin(&store, 2, "a", NOW).await.unwrap();
    for _ in 0..2 {
        let read = store.read(key(1), NOW).await.unwrap().unwrap();
        assert_eq!(read.state, every_octet);
        assert_eq!((read.idle_until, read.ends), (later(10), later(100)));
    }
    assert_eq!(state(&store, 2, NOW).await.unwrap(), vec![2; 3]);
    assert!(!lives(&store, 3, NOW).await);
}

async fn a_key_is_given_once(store: Store) {
    begin(&store, 1, "a", NOW).await.unwrap();
    let second = store.create(key(1), entry("other"), client("b"), NOW).await;
    assert_eq!(second.unwrap_err().code(), Code::MisuseArgument);
    assert_eq!(state(&store, 1, NOW).await.unwrap(), vec![1; 3]);
}

async fn a_session_lives_to_its_last_second(store: Store) {
    begin(&store, 1, "a", NOW).await.unwrap();
    assert!(lives(&store, 1, later(10)).await);
    assert!(!lives(&store, 1, later(11)).await);
    assert!(store.take(key(1), later(11)).await.unwrap().is_none());
    // A clock that is wound back brings nothing back.
    assert!(!lives(&store, 1, NOW).await);
    let short = SessionEntry {
        ends: later(5),
        ..entry("short")
    };
    store.create(key(2), short, client("a"), NOW).await.unwrap();
    assert!(lives(&store, 2, later(5)).await);
    assert!(!lives(&store, 2, later(6)).await);
}

async fn a_touch_prolongs_and_does_not_revive(store: Store) {
    begin(&store, 1, "a", NOW).await.unwrap();
    store.touch(key(1), later(30), later(10)).await.unwrap();
    // One that was under way before comes after.
    store.touch(key(1), later(20), later(10)).await.unwrap();
    assert!(lives(&store, 1, later(30)).await);
    store.touch(key(1), later(500), later(30)).await.unwrap();
    assert!(lives(&store, 1, later(100)).await);
    assert!(!lives(&store, 1, later(101)).await);

    begin(&store, 2, "a", NOW).await.unwrap();
    store.touch(key(2), later(90), later(11)).await.unwrap();
    assert!(!lives(&store, 2, later(11)).await);
    store.touch(key(3), later(90), NOW).await.unwrap();
    assert!(!lives(&store, 3, NOW).await);
}

async fn a_state_is_exchanged_and_not_revived(store: Store) {
    begin(&store, 1, "a", NOW).await.unwrap();
    let new = || Bytes::from_static(b"new");
    store.rewrite(key(1), new(), later(10)).await.unwrap();
    let read = store.read(key(1), later(10)).await.unwrap().unwrap();
    assert_eq!(read.state, new());
    assert_eq!((read.idle_until, read.ends), (later(10), later(100)));
    store.rewrite(key(1), new(), later(11)).await.unwrap();
    assert!(!lives(&store, 1, later(11)).await);
    store.rewrite(key(2), new(), NOW).await.unwrap();
    assert!(!lives(&store, 2, NOW).await);
}

async fn what_has_ended_stays_so(store: Store) {
    for number in [1, 2] {
        begin(&store, number, "a", NOW).await.unwrap();
    }
    store.end(key(1)).await.unwrap();
    store.end(key(1)).await.unwrap();
    assert!(store.take(key(2), NOW).await.unwrap().is_some());
    for number in [1, 2] {
        store.touch(key(number), later(90), NOW).await.unwrap();
        let state = Bytes::from_static(b"new");
        store.rewrite(key(number), state, NOW).await.unwrap();
        assert!(!lives(&store, number, NOW).await);
        assert!(store.take(key(number), NOW).await.unwrap().is_none());
    }
}

async fn of_many_who_take_one_gets_it(store: Store) {
    const TAKERS: usize = 8;
    for number in 0..50 {
        begin(&store, number, "a", NOW).await.unwrap();
        let start = Arc::new(Barrier::new(TAKERS));
        let takers = (0..TAKERS).map(|_| {
            let (store, start) = (Arc::clone(&store), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                store.take(key(number), NOW).await.unwrap()
            })
        });
        let takers: Vec<_> = takers.collect();
        let mut taken = Vec::new();
        for taker in takers {
            taken.extend(taker.await.unwrap());
        }
        let [one] = &taken[..] else {
            panic!("{} got it", taken.len());
        };
        assert_eq!(one.state, vec![number; 3]);
    }
}

async fn what_ends_meanwhile_does_not_come_back(store: Store) {
    for number in 0..50 {
        begin(&store, number, "a", NOW).await.unwrap();
        let start = Arc::new(Barrier::new(3));
        let (touching, rewriting) = (Arc::clone(&store), Arc::clone(&store));
        let (one, other) = (Arc::clone(&start), Arc::clone(&start));
        let touch = tokio::spawn(async move {
            one.wait().await;
            touching.touch(key(number), later(50), NOW).await
        });
        let rewrite = tokio::spawn(async move {
            other.wait().await;
            rewriting
                .rewrite(key(number), Bytes::from_static(b"new"), NOW)
                .await
        });
        start.wait().await;
        store.end(key(number)).await.unwrap();
        touch.await.unwrap().unwrap();
        rewrite.await.unwrap().unwrap();
        assert!(!lives(&store, number, NOW).await);
    }
}

async fn a_full_store_drops_nothing(store: Store) {
    for number in 0..16 {
        let whose = if number < 8 { "a" } else { "b" };
        begin(&store, number, whose, NOW).await.unwrap();
    }
    assert_eq!(
        begin(&store, 16, "c", NOW).await,
        Err(Code::TransactionFull)
    );
    for number in 0..16 {
        assert!(lives(&store, number, NOW).await);
    }
    store.end(key(0)).await.unwrap();
    begin(&store, 16, "c", NOW).await.unwrap();
    assert_eq!(
        begin(&store, 17, "c", NOW).await,
        Err(Code::TransactionFull)
    );
    // What was prolonged stays, what has expired makes room.
    store.touch(key(1), later(50), NOW).await.unwrap();
    let late = SessionEntry {
        idle_until: later(20),
        ..entry("late")
    };
    store
        .create(key(17), late, client("c"), later(11))
        .await
        .unwrap();
    assert!(lives(&store, 1, later(11)).await);
    assert!(lives(&store, 17, later(11)).await);
}

async fn a_client_begins_no_more_than_its_share(store: Store) {
    for number in 0..8 {
        begin(&store, number, "a", NOW).await.unwrap();
    }
    assert_eq!(begin(&store, 8, "a", NOW).await, Err(Code::TransactionFull));
    begin(&store, 8, "b", NOW).await.unwrap();
    assert!(store.take(key(0), NOW).await.unwrap().is_some());
    store.end(key(1)).await.unwrap();
    begin(&store, 0, "a", NOW).await.unwrap();
    begin(&store, 1, "a", NOW).await.unwrap();
    assert_eq!(begin(&store, 9, "a", NOW).await, Err(Code::TransactionFull));
    // What has expired is nobody's share.
    let late = SessionEntry {
        idle_until: later(20),
        ..entry("late")
    };
    store
        .create(key(9), late, client("a"), later(11))
        .await
        .unwrap();
}

async fn many_at_once_never_exceed_the_bounds(store: Store) {
    let clients = ["a", "b", "c", "d"];
    let begun = (0..64_u8).zip(clients.into_iter().cycle());
    let begun = begun.map(|(number, whose)| {
        let store = Arc::clone(&store);
        let begun = tokio::spawn(async move { begin(&store, number, whose, NOW).await });
        (number, whose, begun)
    });
    let begun: Vec<_> = begun.collect();
    let mut kept = Vec::new();
    for (number, whose, begun) in begun {
        let begun = begun.await.unwrap();
        assert_eq!(lives(&store, number, NOW).await, begun.is_ok());
        match begun {
            Ok(()) => kept.push(whose),
            Err(code) => assert_eq!(code, Code::TransactionFull),
        }
    }
    assert!((1..=CAPACITY.get()).contains(&kept.len()), "{kept:?}");
    for client in clients {
        let begun = kept.iter().filter(|whose| **whose == client).count();
        assert!(begun <= PER_CLIENT.get(), "{kept:?}");
    }
}

async fn what_is_kept_is_bounded_and_not_printed(store: Store) {
    let long = Bytes::from(vec![0; limits::TRANSACTION_STATE + 1]);
    let fits = long.slice(1..);
    let kept = store.create(key(1), entry(long.clone()), client("a"), NOW);
    assert_eq!(kept.await.unwrap_err().code(), Code::MisuseArgument);
    assert!(!lives(&store, 1, NOW).await);
    let kept = store.create(key(1), entry(fits.clone()), client("a"), NOW);
    kept.await.unwrap();
    let exchanged = store.rewrite(key(1), long, NOW).await;
    assert_eq!(exchanged.unwrap_err().code(), Code::MisuseArgument);
    assert_eq!(state(&store, 1, NOW).await.unwrap(), fits);
    let printed = format!("{store:?} {:?} {:?}", key(0x61), entry("aaaa"));
    for told in ["aaaa", "61, 61", "97, 97"] {
        assert!(!printed.contains(told), "{printed}");
    }
}
