//! What happens to a server, and what a store makes of it.

use std::time::Duration;

use tashika::Code;
use tashika_conformance::postgres::Server;
use tashika_tower::{PostgresError, PostgresTransactions};
use tokio::task::JoinHandle;

use crate::Case;
use crate::fixture::{
    World, block_on, hasty, id, limits, mark, over_socket, own_server, put, stranger, take,
    transactions,
};
use crate::log::logged;

pub(crate) const CASES: &[(&str, Case)] = &[
    (
        "a_service_may_start_before_its_database",
        a_service_may_start_before_its_database,
    ),
    ("a_crash_ends_what_runs", a_crash_ends_what_runs),
    ("a_restart_is_recovered_from", a_restart_is_recovered_from),
    (
        "what_takes_too_long_is_given_up",
        what_takes_too_long_is_given_up,
    ),
    (
        "who_finds_no_connection_does_not_wait",
        who_finds_no_connection_does_not_wait,
    ),
    (
        "who_hangs_up_costs_no_connection",
        who_hangs_up_costs_no_connection,
    ),
    (
        "a_server_that_only_reads_is_not_the_one",
        a_server_that_only_reads_is_not_the_one,
    ),
    ("nobody_reads_what_is_kept", nobody_reads_what_is_kept),
];

const UNDETERMINED: Code = Code::TransactionStore;

fn a_service_may_start_before_its_database(_: &World) {
    let mut server = own_server(&[]);
    server.stop().unwrap();
    let database = over_socket(&server, "own", hasty());
    let store = transactions(database.clone(), "tenant");
    block_on(async {
        let error = database.check().await.unwrap_err();
        assert!(matches!(error, PostgresError::Unreachable(_)), "{error:?}");
        assert_eq!(put(&store, 1).await, Err(UNDETERMINED));
        assert_eq!(take(&store, 1).await, Err(UNDETERMINED));
        assert_eq!(mark(&store, 1).await, Err(UNDETERMINED));
        server.restart().unwrap();
        database.check().await.unwrap();
        assert_eq!(put(&store, 1).await, Ok(()));
        assert_eq!(take(&store, 1).await, Ok(()));
    });
}

/// Somebody who has the table for themselves until they are dropped, or the server
/// ends.
async fn lock(server: &Server) -> tokio_postgres::Client {
    let client = stranger(server, "own").await;
    let lock = "BEGIN; LOCK TABLE tashika.kept IN ACCESS EXCLUSIVE MODE";
    client.batch_execute(lock).await.unwrap();
    client
}

const WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE query LIKE '%DELETE%RETURNING state%' AND wait_event_type = 'Lock'";

/// Waits until so many takes wait.
async fn until_waiting(server: &Server, takes: &str) {
    for _ in 0..1200 {
        if server.sql("own", WAITING).unwrap() == takes {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not {takes}");
}

/// A take of the first that waits, because somebody has the table.
async fn waiting_take(
    server: &Server,
    store: &PostgresTransactions,
) -> JoinHandle<Result<(), Code>> {
    let store = store.clone();
    let taking = tokio::spawn(async move { take(&store, 1).await });
    until_waiting(server, "1").await;
    taking
}

fn a_crash_ends_what_runs(_: &World) {
    let mut server = own_server(&[]);
    let store = transactions(over_socket(&server, "own", limits()), "tenant");
    block_on(async {
        put(&store, 1).await.unwrap();
        let _lock = lock(&server).await;
        let taking = waiting_take(&server, &store).await;
        server.crash().unwrap();
        assert_eq!(taking.await.unwrap(), Err(UNDETERMINED));
        assert_eq!(take(&store, 1).await, Err(UNDETERMINED));
        server.restart().unwrap();
        // It had waited, and so was not done.
        assert_eq!(take(&store, 1).await, Ok(()));
        assert_eq!(take(&store, 1).await, Err(Code::TransactionUnknown));
    });
}

fn a_restart_is_recovered_from(_: &World) {
    let mut server = own_server(&[]);
    let store = transactions(over_socket(&server, "own", limits()), "tenant");
    block_on(async {
        // Several connections, all of which break.
        let puts = (0..8).map(|number| {
            let store = store.clone();
            tokio::spawn(async move { put(&store, number).await })
        });
        for put in puts.collect::<Vec<_>>() {
            put.await.unwrap().unwrap();
        }
        server.stop().unwrap();
        server.restart().unwrap();
        for number in 0..8 {
            // A connection of which it is not known yet that it broke.
            while let Err(code) = take(&store, number).await {
                assert_eq!(code, UNDETERMINED);
            }
            let again = take(&store, number).await;
            assert_eq!(again, Err(Code::TransactionUnknown));
        }
    });
}

fn what_takes_too_long_is_given_up(_: &World) {
    let server = own_server(&[]);
    let store = transactions(over_socket(&server, "own", hasty()), "tenant");
    block_on(async {
        put(&store, 1).await.unwrap();
        let lock = lock(&server).await;
        assert_eq!(take(&store, 1).await, Err(UNDETERMINED));
        // Nor does the database go on with it.
        until_waiting(&server, "0").await;
        assert_eq!(put(&store, 2).await, Err(UNDETERMINED));
        drop(lock);
        assert_eq!(take(&store, 1).await, Ok(()));
        assert_eq!(take(&store, 2).await, Err(Code::TransactionUnknown));
    });
}

fn who_finds_no_connection_does_not_wait(_: &World) {
    let server = own_server(&[]);
    let store = transactions(over_socket(&server, "own", hasty()), "tenant");
    let logged = logged(|| {
        block_on(async {
            put(&store, 1).await.unwrap();
            let lock = lock(&server).await;
            let taking = waiting_take(&server, &store).await;
            assert_eq!(take(&store, 2).await, Err(UNDETERMINED));
            drop(lock);
            assert_eq!(taking.await.unwrap(), Ok(()));
        });
    });
    assert!(
        logged.contains("all connections to the database are in use"),
        "{logged}"
    );
}

/// What was sent is heard to its end, and the connection serves the next.
fn who_hangs_up_costs_no_connection(_: &World) {
    let server = own_server(&[]);
    let store = transactions(over_socket(&server, "own", limits()), "tenant");
    // Whoever took something last.
    let backend = "SELECT pid FROM pg_stat_activity \
                   WHERE query LIKE '%DELETE%RETURNING state%' AND pid <> pg_backend_pid()";
    block_on(async {
        put(&store, 1).await.unwrap();
        assert_eq!(take(&store, 2).await, Err(Code::TransactionUnknown));
        let before = server.sql("own", backend).unwrap();
        let lock = lock(&server).await;
        let taking = waiting_take(&server, &store).await;
        taking.abort();
        assert!(taking.await.unwrap_err().is_cancelled());
        drop(lock);
        until_waiting(&server, "0").await;
        assert_eq!(take(&store, 1).await, Err(Code::TransactionUnknown));
        assert_eq!(server.sql("own", backend).unwrap(), before);
    });
}

/// As a primary is after a failover, when it has become a standby.
fn a_server_that_only_reads_is_not_the_one(_: &World) {
    let server = own_server(&[]);
    let store = transactions(over_socket(&server, "own", hasty()), "tenant");
    let reading = |only: &str| {
        let set = format!("ALTER SYSTEM SET default_transaction_read_only = {only}");
        server.sql("own", &set).unwrap();
        server.sql("own", "SELECT pg_reload_conf()").unwrap();
    };
    let logged = logged(|| {
        block_on(async {
            put(&store, 1).await.unwrap();
            reading("on");
            let settled = async {
                // Connections hear of it a moment later.
                while put(&store, 2).await.is_ok() {
                    assert_eq!(take(&store, 2).await.err(), None);
                }
            };
            tokio::time::timeout(Duration::from_secs(60), settled)
                .await
                .unwrap();
            for _ in 0..3 {
                assert_eq!(take(&store, 1).await, Err(UNDETERMINED));
            }
            reading("off");
            let recovered = async { while take(&store, 1).await.is_err() {} };
            tokio::time::timeout(Duration::from_secs(60), recovered)
                .await
                .unwrap();
        });
    });
    assert!(logged.contains("25006"), "{logged}");
    // Then another server is looked for, and there is none.
    assert!(logged.contains("does not allow writes"), "{logged}");
}

/// Neither who looks at what the database does, nor who reads a log of it or ours.
fn nobody_reads_what_is_kept(_: &World) {
    let server = own_server(&["log_min_error_statement=debug5"]);
    let store = transactions(over_socket(&server, "own", hasty()), "tenant");
    let activity = "SELECT string_agg(query, ' ') FROM pg_stat_activity \
                    WHERE application_name = 'tashika'";
    let mut running = String::new();
    let logged = logged(|| {
        block_on(async {
            put(&store, 1).await.unwrap();
            let lock = lock(&server).await;
            let taking = waiting_take(&server, &store).await;
            running = server.sql("own", activity).unwrap();
            assert_eq!(taking.await.unwrap(), Err(UNDETERMINED));
            assert_eq!(put(&store, 0x7173_7475).await, Err(UNDETERMINED));
            drop(lock);
        });
    });
    assert!(running.contains("DELETE FROM tashika.kept"), "{running}");
    assert!(logged.contains("a store gives no answer"), "{logged}");
    let of_server = server.log().unwrap();
    assert!(
        of_server.contains("canceling statement due to"),
        "{of_server}"
    );
    for text in [running, logged, of_server] {
        for number in [1, 0x7173_7475] {
            assert!(!text.contains(&id(number).to_string()), "{text}");
        }
        for secret in ["71737475", "qstu", tashika_conformance::postgres::PASSWORD] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
