//! A primary that is lost, and the standby that takes its place.

use std::time::Duration;

use tashika::Code;
use tashika_conformance::postgres::Server;
use tashika_tower::{Postgres, PostgresLimits, PostgresTls};

use crate::Case;
use crate::fixture::{World, block_on, hasty, over_socket, own_server, put, take, transactions};

pub(crate) const CASES: &[(&str, Case)] = &[
    (
        "what_was_taken_stays_so_on_the_standby",
        what_was_taken_stays_so_on_the_standby,
    ),
    (
        "what_no_standby_confirms_is_not_taken",
        what_no_standby_confirms_is_not_taken,
    ),
];

/// A primary whose commits wait for its standby.
fn pair() -> (Server, Server) {
    let primary = own_server(&[]);
    let standby = primary.standby().unwrap();
    let wait = "ALTER SYSTEM SET synchronous_standby_names = '*'";
    primary.sql("postgres", wait).unwrap();
    primary.sql("postgres", "SELECT pg_reload_conf()").unwrap();
    until(
        &primary,
        "SELECT max(sync_state) FROM pg_stat_replication",
        "sync",
    );
    (primary, standby)
}

/// Waits until a server says something.
fn until(server: &Server, sql: &str, said: &str) {
    for _ in 0..1200 {
        if server.sql("postgres", sql).unwrap() == said {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("never {said}");
}

/// Both hosts of a pair, the standby first.
fn either(primary: &Server, standby: &Server, limits: PostgresLimits) -> Postgres {
    let [one, other] = [standby, primary].map(|server| server.over_socket("own"));
    let pairs = one.split(' ').zip(other.split(' '));
    let connection: Vec<_> = pairs
        .map(|(one, other)| match other.split_once('=') {
            Some(("host" | "port", other)) => format!("{one},{other}"),
            _ => one.to_owned(),
        })
        .collect();
    let tls = PostgresTls::same_machine();
    Postgres::new(&connection.join(" "), tls, limits).unwrap()
}

fn what_was_taken_stays_so_on_the_standby(_: &World) {
    let (mut primary, standby) = pair();
    let store = transactions(either(&primary, &standby, hasty()), "tenant");
    block_on(async {
        for number in 1..4 {
            assert_eq!(put(&store, number).await, Ok(()));
        }
        assert_eq!(take(&store, 1).await, Ok(()));
        primary.crash().unwrap();
        for _ in 0..3 {
            assert_eq!(take(&store, 2).await, Err(Code::TransactionStore));
        }
        standby.sql("postgres", "SELECT pg_promote()").unwrap();
        // Nobody stands by any more whom a commit could wait for.
        let alone = "ALTER SYSTEM RESET synchronous_standby_names";
        standby.sql("postgres", alone).unwrap();
        standby.sql("postgres", "SELECT pg_reload_conf()").unwrap();
        assert_eq!(take(&store, 1).await, Err(Code::TransactionUnknown));
        assert_eq!(take(&store, 2).await, Ok(()));
        assert_eq!(take(&store, 2).await, Err(Code::TransactionUnknown));
        assert_eq!(put(&store, 1).await, Ok(()));
        assert_eq!(take(&store, 3).await, Ok(()));
    });
}

/// A commit waits for a standby that is away. Whoever cancelled it would be told
/// that it is done, and the standby would know nothing of it.
fn what_no_standby_confirms_is_not_taken(_: &World) {
    let (primary, mut standby) = pair();
    let store = transactions(over_socket(&primary, "own", hasty()), "tenant");
    block_on(async {
        assert_eq!(put(&store, 1).await, Ok(()));
        standby.stop().unwrap();
        assert_eq!(take(&store, 1).await, Err(Code::TransactionStore));
        assert_eq!(take(&store, 1).await, Err(Code::TransactionStore));
        standby.restart().unwrap();
        let sync = "SELECT max(sync_state) FROM pg_stat_replication";
        until(&primary, sync, "sync");
        assert_eq!(take(&store, 1).await, Err(Code::TransactionUnknown));
    });
}
