//! The schema: created once, recognised, and no right more than needed.

use tashika::Code;
use tashika_tower::{Postgres, PostgresError, PostgresTls};
use tokio::task::JoinSet;

use crate::Case;
use crate::fixture::{World, block_on, limits, over_socket, put, take, transactions};

pub(crate) const CASES: &[(&str, Case)] = &[
    (
        "nodes_that_start_at_once_create_one_schema",
        nodes_that_start_at_once_create_one_schema,
    ),
    (
        "without_a_schema_nothing_is_known",
        without_a_schema_nothing_is_known,
    ),
    (
        "a_schema_of_another_version_is_refused",
        a_schema_of_another_version_is_refused,
    ),
    (
        "what_is_granted_by_hand_is_enough",
        what_is_granted_by_hand_is_enough,
    ),
];

fn nodes_that_start_at_once_create_one_schema(world: &World) {
    let server = world.server();
    server.database("migrated").unwrap();
    block_on(async {
        let mut nodes = JoinSet::new();
        for _ in 0..8 {
            let node = over_socket(server, "migrated", limits());
            nodes.spawn(async move { node.migrate().await });
        }
        for outcome in nodes.join_all().await {
            outcome.unwrap();
        }
        let node = over_socket(server, "migrated", limits());
        node.migrate().await.unwrap();
        node.check().await.unwrap();
    });
    let versions = "SELECT version FROM tashika.schema_version";
    assert_eq!(server.sql("migrated", versions).unwrap(), "1");
}

#[track_caller]
fn schema_found(outcome: Result<(), PostgresError>) -> Option<i32> {
    match outcome.unwrap_err() {
        PostgresError::Schema { found, expected: 1 } => found,
        other => panic!("{other:?}"),
    }
}

fn without_a_schema_nothing_is_known(world: &World) {
    let server = world.server();
    server.database("bare").unwrap();
    let database = over_socket(server, "bare", limits());
    block_on(async {
        assert_eq!(schema_found(database.check().await), None);
        let store = transactions(database.clone(), "tenant");
        assert_eq!(put(&store, 1).await, Err(Code::TransactionStore));
        // It recovers as soon as there is one.
        database.migrate().await.unwrap();
        assert_eq!(put(&store, 1).await, Ok(()));
    });
}

fn a_schema_of_another_version_is_refused(world: &World) {
    let server = world.server();
    world.database("newer");
    let newer = "UPDATE tashika.schema_version SET version = 2";
    server.sql("newer", newer).unwrap();
    let database = over_socket(server, "newer", limits());
    block_on(async {
        assert_eq!(schema_found(database.check().await), Some(2));
        assert_eq!(schema_found(database.migrate().await), Some(2));
        let store = transactions(database, "tenant");
        assert_eq!(put(&store, 1).await, Err(Code::TransactionStore));
        assert_eq!(take(&store, 1).await, Err(Code::TransactionStore));
    });
}

/// As the head of the SQL says: somebody else creates the schema, and the role of
/// the services may neither create nor change tables.
fn what_is_granted_by_hand_is_enough(world: &World) {
    let server = world.server();
    server.database("granted").unwrap();
    let roles = "CREATE ROLE services LOGIN; CREATE ROLE stranger LOGIN";
    server.sql("granted", roles).unwrap();
    server.sql("granted", Postgres::SCHEMA).unwrap();
    let grants = Postgres::SCHEMA.lines();
    let grants = grants.filter_map(|line| line.strip_prefix("--     GRANT "));
    let grants: Vec<_> = grants.map(|grant| format!("GRANT {grant}")).collect();
    assert_eq!(grants.len(), 3);
    server.sql("granted", &grants.concat()).unwrap();

    let as_role = |role: &str| {
        let connection = server.over_socket("granted").replace("user=owner", role);
        Postgres::new(&connection, PostgresTls::same_machine(), limits()).unwrap()
    };
    block_on(async {
        let database = as_role("user=services");
        database.migrate().await.unwrap();
        let nodes =
            crate::transactions::Nodes::one(std::sync::Arc::new(transactions(database, "tenant")));
        crate::transactions::many_at_once_never_exceed_the_bounds(nodes).await;

        let stranger = as_role("user=stranger");
        let refused = stranger.check().await.unwrap_err();
        assert!(matches!(refused, PostgresError::Refused(_)), "{refused:?}");
        let store = transactions(stranger, "tenant");
        assert_eq!(put(&store, 1).await, Err(Code::TransactionStore));
    });
}
