//! How many transactions a second are put and taken: in memory, and in a server of
//! its own that forces every commit to disk.
//!
//! ```sh
//! cargo run --release -p tashika-conformance --example stores
//! ```
//!
//! Each pair is two commits, by tasks that each wait for theirs. What limits a
//! database is its disk, so figures are of this machine.

use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tashika::Time;
use tashika::transaction::{ClientKey, TransactionId};
use tashika_conformance::postgres::Server;
use tashika_tower::{
    Entry, MemoryTransactions, Postgres, PostgresLimits, PostgresTls, PostgresTransactions, Tenant,
    TransactionStore,
};
use tokio::task::JoinSet;

const NOW: Time = Time::from_unix(1_800_000_000);

/// Of a common transaction, sealed.
const STATE: usize = 1024;

const CAPACITY: NonZeroUsize = NonZeroUsize::new(100_000).expect("not zero");

/// What is open meanwhile.
const OPEN: usize = 10_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let memory = Arc::new(MemoryTransactions::new(CAPACITY, CAPACITY));
    measure("memory", memory).await?;
    for (name, fsync) in [("PostgreSQL", "fsync=on"), ("without a disk", "fsync=off")] {
        let server = Server::start(&[fsync])?;
        let limits = PostgresLimits {
            answer: Duration::from_secs(60),
            wait: Duration::from_secs(60),
            ..PostgresLimits::standard()
        };
        let tls = PostgresTls::same_machine();
        let database = Postgres::new(&server.over_socket("postgres"), tls, limits)?;
        database.migrate().await?;
        let tenant = Tenant::new("bench", &[1; 32])?;
        let store = PostgresTransactions::new(database, tenant, CAPACITY, CAPACITY);
        measure(name, Arc::new(store)).await?;
    }
    Ok(())
}

async fn measure(name: &str, store: Arc<dyn TransactionStore>) -> Result<(), Box<dyn Error>> {
    let mut filling = JoinSet::new();
    for _ in 0..16 {
        let store = Arc::clone(&store);
        filling.spawn(async move {
            for _ in 0..OPEN / 16 {
                put(&*store).await?;
            }
            Ok::<_, tashika::Error>(())
        });
    }
    filling
        .join_all()
        .await
        .into_iter()
        .collect::<Result<(), _>>()?;
    for tasks in [1, 8, 32] {
        let (begun, mut pairs) = (Instant::now(), JoinSet::new());
        for _ in 0..tasks {
            pairs.spawn(put_and_take(Arc::clone(&store), begun));
        }
        let pairs: Result<Vec<u32>, _> = pairs.join_all().await.into_iter().collect();
        let pairs = f64::from(pairs?.into_iter().sum::<u32>());
        let a_second = pairs / begun.elapsed().as_secs_f64();
        println!("{name}: {tasks} tasks: {a_second:.0} puts and takes a second");
    }
    Ok(())
}

/// Goes on for five seconds.
async fn put_and_take(
    store: Arc<dyn TransactionStore>,
    begun: Instant,
) -> Result<u32, tashika::Error> {
    let mut pairs = 0;
    while begun.elapsed() < Duration::from_secs(5) {
        let transaction = put(&*store).await?;
        store.take(transaction, NOW).await?;
        pairs += 1;
        // A store in memory never gives way.
        tokio::task::yield_now().await;
    }
    Ok(pairs)
}

async fn put(store: &dyn TransactionStore) -> Result<TransactionId, tashika::Error> {
    let transaction = TransactionId::generate()?;
    let entry = Entry {
        transaction,
        client: ClientKey::of(transaction.octets()),
        expires: NOW,
        state: vec![7; STATE],
    };
    store.put(entry, NOW).await?;
    Ok(transaction)
}
