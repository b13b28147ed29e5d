//! Several tenants in one database, and a store larger than one statement looks
//! at.

use std::num::NonZeroUsize;
use std::time::Duration;

use tashika::{Code, Time};
use tashika_tower::{PostgresTransactions, Seen};
use tokio::task::JoinSet;

use crate::Case;
use crate::fixture::{
    NOW, World, block_on, limits, mark, over_socket, put, put_until, take, tenant,
};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("tenants_are_apart", tenants_are_apart),
    (
        "a_large_store_is_never_over_its_bound",
        a_large_store_is_never_over_its_bound,
    ),
    (
        "a_large_share_is_never_over_its_bound",
        a_large_share_is_never_over_its_bound,
    ),
    ("what_has_expired_is_swept", what_has_expired_is_swept),
    (
        "a_store_that_was_empty_is_not_scanned",
        a_store_that_was_empty_is_not_scanned,
    ),
    (
        "clients_are_written_down_under_a_key",
        clients_are_written_down_under_a_key,
    ),
];

fn tenants_are_apart(world: &World) {
    block_on(async {
        let one = world.transactions("tenant-one").one;
        let other = world.transactions("tenant-other").one;
        for number in 0..8 {
            assert_eq!(put(&*one, number).await, Ok(()));
        }
        assert_eq!(put(&*one, 8).await, Err(Code::TransactionFull));
        // Neither their names nor their room is the other's.
        assert_eq!(take(&*other, 1).await, Err(Code::TransactionUnknown));
        assert_eq!(put(&*other, 1).await, Ok(()));
        assert_eq!(take(&*other, 1).await, Ok(()));
        assert_eq!(take(&*one, 1).await, Ok(()));
        assert_eq!(mark(&*one, 1).await, Ok(Seen::First));
        assert_eq!(mark(&*other, 1).await, Ok(Seen::First));
    });
}

/// A store of its own with so many seats.
fn large(world: &World, name: &str, capacity: usize, per_client: usize) -> PostgresTransactions {
    let database = over_socket(world.server(), "shared", limits());
    let number = |number| NonZeroUsize::new(number).unwrap();
    PostgresTransactions::new(database, tenant(name), number(capacity), number(per_client))
}

/// How many of `wanted` puts there is room for, 16 at once.
async fn fill(store: &PostgresTransactions, wanted: u32, whose: fn(u32) -> String) -> usize {
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let store = store.clone();
        tasks.spawn(async move {
            let mut kept = 0;
            for number in (task..wanted).step_by(16) {
                match put_until(&store, number, &whose(number), NOW, NOW).await {
                    Ok(()) => kept += 1,
                    Err(code) => assert_eq!(code, Code::TransactionFull),
                }
            }
            kept
        });
    }
    tasks.join_all().await.into_iter().sum()
}

fn a_large_store_is_never_over_its_bound(world: &World) {
    let store = large(world, "large", 400, 100);
    block_on(async {
        let kept = fill(&store, 1000, |number| number.to_string()).await;
        // 95 of a hundred are found with near certainty.
        assert!((380..=400).contains(&kept), "{kept}");
        for number in 0..1000 {
            let taken = take(&store, number).await;
            assert!(matches!(taken, Ok(()) | Err(Code::TransactionUnknown)));
        }
        let again = fill(&store, 380, |number| number.to_string()).await;
        assert_eq!(again, 380);
    });
}

fn a_large_share_is_never_over_its_bound(world: &World) {
    let store = large(world, "large-share", 1000, 300);
    block_on(async {
        let kept = fill(&store, 600, |_| "one".to_owned()).await;
        assert!((285..=300).contains(&kept), "{kept}");
        assert_eq!(put_until(&store, 700, "other", NOW, NOW).await, Ok(()));
    });
}

/// By whichever node does something later.
fn what_has_expired_is_swept(world: &World) {
    let server = world.server();
    let store = world.database("swept");
    block_on(async {
        for number in 0..8 {
            put(&store, number).await.unwrap();
        }
        let long = NOW.plus(tashika::Duration::minutes(10));
        put_until(&store, 8, "b", long, NOW).await.unwrap();
        let later = Time::from_unix(NOW.as_unix() + 70);
        put_until(&store, 9, "c", later, later).await.unwrap();
        for _ in 0..600 {
            let rows = server.sql("swept", "SELECT count(*) FROM tashika.kept");
            if rows.unwrap() == "2" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("what has expired is still there");
    });
}

/// In the night a table is empty, and the database knows it. Plans that are good
/// then read every row in the morning.
fn a_store_that_was_empty_is_not_scanned(world: &World) {
    const ROWS: u32 = 1000;
    let server = world.server();
    world.database("empty");
    server.sql("empty", "VACUUM ANALYZE tashika.kept").unwrap();
    let number = |number| NonZeroUsize::new(number).unwrap();
    block_on(async {
        let database = over_socket(server, "empty", limits());
        let store =
            PostgresTransactions::new(database, tenant("tenant"), number(100_000), number(100_000));
        assert_eq!(fill(&store, ROWS, |number| number.to_string()).await, 1000);
        for number in 0..ROWS {
            assert_eq!(take(&store, number).await, Ok(()));
        }
    });
    // Written down when connections end.
    let all_done = "SELECT n_tup_del FROM pg_stat_user_tables WHERE relname = 'kept'";
    for _ in 0..600 {
        if server.sql("empty", all_done).unwrap() == ROWS.to_string() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let read = "SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = 'kept') \
                + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'kept')";
    let read: u32 = server.sql("empty", read).unwrap().parse().unwrap();
    assert!((ROWS..20 * ROWS).contains(&read), "{read}");
}

/// A plain digest of an address could be looked up in a table of all of them.
fn clients_are_written_down_under_a_key(world: &World) {
    let store = world.database("keyed");
    block_on(put_until(&store, 1, "192.0.2.1", NOW, NOW)).unwrap();
    let client = "SELECT encode(client, 'hex') FROM tashika.kept";
    let plain = "SELECT encode(sha256('192.0.2.1'), 'hex')";
    let [written, plain] = [client, plain].map(|sql| world.server().sql("keyed", sql).unwrap());
    assert_eq!((written.len(), plain.len()), (64, 64));
    assert_ne!(written, plain);
}
