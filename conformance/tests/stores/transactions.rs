//! What every store of transactions does.
//!
//! Each case gets two nodes on a store of its own, empty, with room for
//! [`CAPACITY`] of which one client may hold [`PER_CLIENT`]. In memory both nodes
//! are one.

use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tashika::{Code, Duration, Time, limits};
use tashika_tower::{Entry, Seen, TransactionStore};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::fixture::{NOW, client, id, mark, mark_until, put, put_until, take, take_at};

pub(crate) const CAPACITY: NonZeroUsize = NonZeroUsize::new(16).unwrap();
pub(crate) const PER_CLIENT: NonZeroUsize = NonZeroUsize::new(8).unwrap();

const LATER: Time = Time::from_unix(1_800_000_001);

type Store = Arc<dyn TransactionStore>;
type Case = fn(Nodes) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// Two processes that serve the same people.
pub(crate) struct Nodes {
    pub(crate) one: Store,
    pub(crate) other: Store,
}

impl Nodes {
    pub(crate) fn one(store: Store) -> Self {
        Self {
            one: Arc::clone(&store),
            other: store,
        }
    }

    /// The node that a request goes to.
    fn of(&self, request: usize) -> Store {
        Arc::clone(if request.is_multiple_of(2) {
            &self.one
        } else {
            &self.other
        })
    }
}

macro_rules! suite {
    ($($case:ident),* $(,)?) => {
        &[$((stringify!($case), |nodes| Box::pin($case(nodes)))),*]
    };
}

/// Every case by its name.
pub(crate) const SUITE: &[(&str, Case)] = suite![
    what_is_put_once_is_taken_once,
    its_last_second_is_the_last_at_which_it_is_taken,
    a_full_store_drops_nothing,
    a_client_holds_no_more_than_its_share,
    what_has_expired_gives_its_name_back,
    what_is_kept_comes_back_octet_by_octet,
    what_is_kept_is_bounded,
    a_mark_is_new_once,
    a_mark_that_has_expired_is_new_again,
    marks_have_room_of_their_own,
    of_many_who_take_at_once_one_gets_it,
    of_many_who_mark_at_once_one_is_first,
    of_many_who_put_one_name_one_keeps_it,
    many_at_once_never_exceed_the_bounds,
    nothing_is_printed,
];

async fn what_is_put_once_is_taken_once(Nodes { one, other }: Nodes) {
    assert_eq!(put(&*one, 1).await, Ok(()));
    assert_eq!(put(&*other, 1).await, Err(Code::MisuseArgument));
    assert_eq!(take(&*other, 2).await, Err(Code::TransactionUnknown));
    assert_eq!(take(&*other, 1).await, Ok(()));
    assert_eq!(take(&*one, 1).await, Err(Code::TransactionUnknown));
    assert_eq!(take(&*other, 1).await, Err(Code::TransactionUnknown));
}

async fn its_last_second_is_the_last_at_which_it_is_taken(Nodes { one, other }: Nodes) {
    put(&*one, 1).await.unwrap();
    put(&*one, 2).await.unwrap();
    assert_eq!(take_at(&*other, 1, NOW).await, Ok(()));
    assert_eq!(
        take_at(&*other, 2, LATER).await,
        Err(Code::TransactionUnknown)
    );
    // A clock that is wound back brings nothing back.
    assert_eq!(take_at(&*one, 2, NOW).await, Err(Code::TransactionUnknown));
}

async fn a_full_store_drops_nothing(nodes: Nodes) {
    let expires = |number| if number == 0 { NOW } else { LATER };
    for number in 0..16 {
        let whose = format!("client {number}");
        let node = nodes.of(number as usize);
        let kept = put_until(&*node, number, &whose, expires(number), NOW).await;
        assert_eq!(kept, Ok(()), "{number}");
    }
    let (one, other) = (&*nodes.one, &*nodes.other);
    let full = Err(Code::TransactionFull);
    assert_eq!(put_until(one, 16, "new", LATER, NOW).await, full);
    assert_eq!(put_until(other, 16, "new", LATER, NOW).await, full);
    // The first has expired a second later and makes room for one.
    assert_eq!(put_until(one, 16, "new", LATER, LATER).await, Ok(()));
    assert_eq!(put_until(other, 17, "new", LATER, LATER).await, full);
    for number in 1..17 {
        assert_eq!(take_at(one, number, LATER).await, Ok(()), "{number}");
    }
    // What is taken makes room at once.
    assert_eq!(put_until(other, 17, "new", LATER, LATER).await, Ok(()));
}

async fn a_client_holds_no_more_than_its_share(Nodes { one, other }: Nodes) {
    let full = Err(Code::TransactionFull);
    for number in 0..8 {
        assert_eq!(put(&*one, number).await, Ok(()), "{number}");
    }
    assert_eq!(put(&*other, 8).await, full);
    assert_eq!(put_until(&*other, 9, "b", NOW, NOW).await, Ok(()));
    take(&*other, 0).await.unwrap();
    assert_eq!(put(&*one, 8).await, Ok(()));
    assert_eq!(put(&*one, 10).await, full);
    // What has expired is nobody's share.
    assert_eq!(put_until(&*one, 10, "a", LATER, LATER).await, Ok(()));
}

async fn what_has_expired_gives_its_name_back(Nodes { one, other }: Nodes) {
    put(&*one, 1).await.unwrap();
    assert_eq!(put_until(&*other, 1, "b", LATER, LATER).await, Ok(()));
    assert_eq!(take_at(&*one, 1, LATER).await, Ok(()));
}

async fn what_is_kept_comes_back_octet_by_octet(Nodes { one, other }: Nodes) {
    for state in [Vec::new(), (0..=u8::MAX).collect(), vec![0; 3]] {
        let entry = Entry {
            transaction: id(1),
            client: client("a"),
            expires: NOW,
            state: state.clone(),
        };
        one.put(entry, NOW).await.unwrap();
        assert_eq!(other.take(id(1), NOW).await.unwrap(), state);
    }
}

async fn what_is_kept_is_bounded(Nodes { one, other }: Nodes) {
    let entry = |length| Entry {
        transaction: id(1),
        client: client("a"),
        expires: NOW,
        state: vec![7; length],
    };
    let most = limits::TRANSACTION_STATE;
    let refused = one.put(entry(most + 1), NOW).await.unwrap_err();
    assert_eq!(refused.code(), Code::MisuseArgument);
    one.put(entry(most), NOW).await.unwrap();
    assert_eq!(other.take(id(1), NOW).await.unwrap(), vec![7; most]);
}

async fn a_mark_is_new_once(Nodes { one, other }: Nodes) {
    assert_eq!(mark(&*one, 1).await, Ok(Seen::First));
    assert_eq!(mark(&*one, 1).await, Ok(Seen::Again));
    assert_eq!(
        mark_until(&*other, 1, "b", LATER, NOW).await,
        Ok(Seen::Again)
    );
    assert_eq!(mark(&*other, 2).await, Ok(Seen::First));
}

async fn a_mark_that_has_expired_is_new_again(Nodes { one, other }: Nodes) {
    assert_eq!(mark(&*one, 1).await, Ok(Seen::First));
    let later = mark_until(&*other, 1, "a", LATER, LATER).await;
    assert_eq!(later, Ok(Seen::First));
    let again = mark_until(&*one, 1, "a", LATER, LATER).await;
    assert_eq!(again, Ok(Seen::Again));
}

async fn marks_have_room_of_their_own(Nodes { one, other }: Nodes) {
    for number in 0..8 {
        assert_eq!(mark(&*one, number).await, Ok(Seen::First));
    }
    assert_eq!(mark(&*other, 8).await, Err(Code::TransactionFull));
    // Whoever has been seen is told so, though there is no room.
    assert_eq!(mark(&*other, 7).await, Ok(Seen::Again));
    assert_eq!(put(&*other, 1).await, Ok(()));
    let after = mark_until(&*other, 8, "a", LATER, LATER).await;
    assert_eq!(after, Ok(Seen::First));
}

/// What many get who do something at once, on both nodes.
async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    nodes: &Nodes,
    act: impl Fn(Store) -> F,
) -> Vec<T> {
    const MANY: usize = 16;
    let start = Arc::new(Barrier::new(MANY));
    let mut tasks = JoinSet::new();
    for task in 0..MANY {
        let (start, act) = (Arc::clone(&start), act(nodes.of(task)));
        tasks.spawn(async move {
            start.wait().await;
            act.await
        });
    }
    tasks.join_all().await
}

/// One of them, and what the others got.
fn one_of<T: PartialEq + std::fmt::Debug>(mut outcomes: Vec<T>, one: &T, others: &T) {
    let place = outcomes.iter().position(|outcome| outcome == one);
    outcomes.remove(place.unwrap_or_else(|| panic!("{outcomes:?}")));
    assert!(outcomes.iter().all(|o| o == others), "{outcomes:?}");
}

async fn of_many_who_take_at_once_one_gets_it(nodes: Nodes) {
    for number in 0..20 {
        put(&*nodes.one, number).await.unwrap();
        let outcomes = at_once(&nodes, |node| async move { take(&*node, number).await });
        one_of(outcomes.await, &Ok(()), &Err(Code::TransactionUnknown));
    }
}

async fn of_many_who_mark_at_once_one_is_first(nodes: Nodes) {
    for (number, at) in [(1, NOW), (1, LATER), (2, LATER), (3, LATER)] {
        let mark = |node: Store| async move { mark_until(&*node, number, "a", at, at).await };
        let outcomes = at_once(&nodes, mark).await;
        one_of(outcomes, &Ok(Seen::First), &Ok(Seen::Again));
    }
}

async fn of_many_who_put_one_name_one_keeps_it(nodes: Nodes) {
    for number in 0..8 {
        let outcomes = at_once(&nodes, |node| async move { put(&*node, number).await });
        one_of(outcomes.await, &Ok(()), &Err(Code::MisuseArgument));
        assert_eq!(take(&*nodes.one, number).await, Ok(()));
    }
}

/// Four clients, each of whom wants twice its share at once: what is held never
/// exceeds a bound, and everybody takes what is theirs.
pub(crate) async fn many_at_once_never_exceed_the_bounds(nodes: Nodes) {
    let nodes = Arc::new(nodes);
    let shares: Vec<_> = (0..4).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let held = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for (task, share) in (0..64).zip(shares.iter().cycle()) {
        let (nodes, held) = (Arc::clone(&nodes), Arc::clone(&held));
        let share = Arc::clone(share);
        tasks.spawn(async move { go_through(task, &nodes, &held, &share).await });
    }
    let kept: usize = tasks.join_all().await.into_iter().sum();
    assert!(kept > 64, "{kept}");
    // There is room for all again.
    for number in 0..8 {
        assert_eq!(put(&*nodes.one, number).await, Ok(()));
    }
}

/// Puts and takes, and gives how often there was room. What is counted is never
/// more than what is held.
async fn go_through(task: usize, nodes: &Nodes, held: &AtomicUsize, share: &AtomicUsize) -> usize {
    let whose = format!("client {}", task % 4);
    let mut kept = 0;
    for round in 0..10 {
        let number = u32::try_from(1000 + task * 10 + round).unwrap();
        let (putting, taking) = (nodes.of(task + round), nodes.of(task));
        match put_until(&*putting, number, &whose, LATER, NOW).await {
            Ok(()) => {
                kept += 1;
                assert!(held.fetch_add(1, Ordering::SeqCst) < CAPACITY.get());
                assert!(share.fetch_add(1, Ordering::SeqCst) < PER_CLIENT.get());
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                held.fetch_sub(1, Ordering::SeqCst);
                share.fetch_sub(1, Ordering::SeqCst);
                assert_eq!(take(&*taking, number).await, Ok(()));
            }
            Err(code) => {
                assert_eq!(code, Code::TransactionFull);
                assert_eq!(take(&*taking, number).await, Err(Code::TransactionUnknown));
            }
        }
    }
    kept
}

async fn nothing_is_printed(Nodes { one, .. }: Nodes) {
    let later = NOW.plus(Duration::minutes(1));
    put_until(&*one, 1, "192.0.2.1", later, NOW).await.unwrap();
    let printed = format!("{one:?}");
    for secret in ["192.0.2.1", &id(1).to_string(), "[1, 1, 1", "password"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
