//! Servers, databases on them, and stores in those.

use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Code, Time};
use tashika_conformance::postgres::Server;
use tashika_tower::{
    Entry, Mark, Postgres, PostgresLimits, PostgresSessions, PostgresTls, PostgresTransactions,
    Seen, SessionStore, Tenant, TransactionStore,
};
use tokio_postgres::NoTls;

use crate::sessions;
use crate::transactions::{CAPACITY, Nodes, PER_CLIENT};

pub(crate) const NOW: Time = Time::from_unix(1_800_000_000);

/// The server that cases share which do nothing to it.
#[derive(Default)]
pub(crate) struct World {
    server: OnceLock<Server>,
}

impl World {
    /// With one database that has the schema, `shared`.
    pub(crate) fn server(&self) -> &Server {
        self.server.get_or_init(|| {
            let server = Server::start(&["max_connections=400"]).unwrap();
            server.database("shared").unwrap();
            let database = over_socket(&server, "shared", limits());
            block_on(database.migrate()).unwrap();
            server
        })
    }

    /// Two nodes with a tenant of their own.
    pub(crate) fn transactions(&self, tenant: &str) -> Nodes {
        let node = || transactions(over_socket(self.server(), "shared", limits()), tenant);
        Nodes {
            one: Arc::new(node()),
            other: Arc::new(node()),
        }
    }

    pub(crate) fn sessions(&self, tenant: &str) -> Arc<dyn SessionStore> {
        let database = over_socket(self.server(), "shared", limits());
        let (capacity, per_client) = (sessions::CAPACITY, sessions::PER_CLIENT);
        let tenant = self::tenant(tenant);
        Arc::new(PostgresSessions::new(
            database, tenant, capacity, per_client,
        ))
    }

    /// A database of this name with the schema, on the shared server, and a store
    /// in it.
    pub(crate) fn database(&self, name: &str) -> PostgresTransactions {
        self.server().database(name).unwrap();
        let database = over_socket(self.server(), name, limits());
        block_on(database.migrate()).unwrap();
        transactions(database, "tenant")
    }
}

/// A server of a case's own, and the database `own` with the schema.
pub(crate) fn own_server(settings: &[&str]) -> Server {
    let server = Server::start(settings).unwrap();
    server.database("own").unwrap();
    block_on(over_socket(&server, "own", limits()).migrate()).unwrap();
    server
}

/// Long enough for a machine that does other things too, where nothing is to take
/// long.
pub(crate) fn limits() -> PostgresLimits {
    PostgresLimits {
        wait: Duration::from_secs(60),
        connect: Duration::from_secs(60),
        answer: Duration::from_secs(60),
        ..PostgresLimits::standard()
    }
}

/// One connection, and times of which a case waits for the end. Whoever connects
/// is given more, since what is to be seen comes after.
pub(crate) fn hasty() -> PostgresLimits {
    PostgresLimits {
        connections: NonZeroUsize::MIN,
        wait: Duration::from_millis(200),
        connect: Duration::from_secs(8),
        answer: Duration::from_secs(4),
    }
}

pub(crate) fn over_socket(server: &Server, database: &str, limits: PostgresLimits) -> Postgres {
    let connection = server.over_socket(database);
    Postgres::new(&connection, PostgresTls::same_machine(), limits).unwrap()
}

pub(crate) fn over_tcp(
    server: &Server,
    port: u16,
    database: &str,
    limits: PostgresLimits,
) -> Postgres {
    let connection = server.over_tcp(port, database);
    Postgres::new(&connection, PostgresTls::same_machine(), limits).unwrap()
}

/// A store with the room of the suites.
pub(crate) fn transactions(database: Postgres, name: &str) -> PostgresTransactions {
    PostgresTransactions::new(database, tenant(name), CAPACITY, PER_CLIENT)
}

pub(crate) fn tenant(name: &str) -> Tenant {
    Tenant::new(name, &[1; 32]).unwrap()
}

/// Somebody else's connection to a database.
pub(crate) async fn stranger(server: &Server, database: &str) -> tokio_postgres::Client {
    let connection = server.over_socket(database);
    let (client, connection) = tokio_postgres::connect(&connection, NoTls).await.unwrap();
    // It ends with its server in some cases.
    tokio::spawn(async move { connection.await.unwrap_or_default() });
    client
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(4).enable_all().build();
    runtime.unwrap().block_on(future)
}

pub(crate) fn id(number: u32) -> TransactionId {
    // Spread, as random ones are.
    let digest = Mark::of("transaction", &number.to_be_bytes());
    TransactionId::from_entropy(*digest.octets().first_chunk().unwrap())
}

pub(crate) fn client(name: &str) -> ClientKey {
    ClientKey::of(name.as_bytes())
}

/// Puts what can be taken until `expires`, and has its number as its state.
pub(crate) async fn put_until(
    store: &dyn TransactionStore,
    number: u32,
    whose: &str,
    expires: Time,
    now: Time,
) -> Result<(), Code> {
    let entry = Entry {
        transaction: id(number),
        client: client(whose),
        expires,
        state: number.to_be_bytes().to_vec(),
    };
    let put = store.put(entry, now).await;
    put.map_err(|error| error.code())
}

/// Puts what can be taken in this second alone.
pub(crate) async fn put(store: &dyn TransactionStore, number: u32) -> Result<(), Code> {
    put_until(store, number, "a", NOW, NOW).await
}

/// Takes what has its number as its state.
pub(crate) async fn take_at(
    store: &dyn TransactionStore,
    number: u32,
    now: Time,
) -> Result<(), Code> {
    let state = store.take(id(number), now).await;
    let state = state.map_err(|error| error.code())?;
    assert_eq!(state, number.to_be_bytes());
    Ok(())
}

pub(crate) async fn take(store: &dyn TransactionStore, number: u32) -> Result<(), Code> {
    take_at(store, number, NOW).await
}

pub(crate) async fn mark_until(
    store: &dyn TransactionStore,
    number: u32,
    whose: &str,
    expires: Time,
    now: Time,
) -> Result<Seen, Code> {
    let mark = Mark::of("test", &number.to_be_bytes());
    let seen = store.mark(mark, client(whose), expires, now).await;
    seen.map_err(|error| error.code())
}

pub(crate) async fn mark(store: &dyn TransactionStore, number: u32) -> Result<Seen, Code> {
    mark_until(store, number, "a", NOW, NOW).await
}
