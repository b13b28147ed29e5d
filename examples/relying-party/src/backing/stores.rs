//! Where open transactions and sessions wait, and how much of it is for whom.

use std::num::NonZeroUsize;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use http::HeaderName;
use tashika_tower::{
    Clients, Hops, MemorySessions, MemoryTransactions, Nodes, Postgres, PostgresError,
    PostgresLimits, PostgresSessions, PostgresTls, PostgresTransactions, SessionStore, Tenant,
    TransactionStore,
};

use super::tls;
use crate::keys::Keys;
use crate::party::StartError;
use crate::settings::Settings;

/// How much a database keeps at once, and how much of it for one client: all
/// terminals of a place may be one.
const TRANSACTIONS: NonZeroUsize = NonZeroUsize::new(100_000).expect("not zero");
const PER_CLIENT: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

type Stores = (Arc<dyn TransactionStore>, Arc<dyn SessionStore>, Nodes);

/// In memory, or in the database if there is one.
pub(super) async fn stores(settings: &Settings, keys: &Keys) -> Result<Stores, StartError> {
    let Some(connection) = &settings.postgres else {
        let transactions = Arc::new(MemoryTransactions::standard());
        let sessions = Arc::new(MemorySessions::standard());
        return Ok((transactions, sessions, Nodes::One));
    };
    // The string tells how the database is reached, and may hold a password.
    let unfit = |error: PostgresError| StartError::unfit("postgres", error);
    let tls = match settings.tls_roots {
        Some(_) => PostgresTls::verified(tls(settings)?),
        None => PostgresTls::same_machine(),
    };
    let database = Postgres::new(connection, tls, PostgresLimits::standard()).map_err(unfit)?;
    database.migrate().await.map_err(unfit)?;
    let tenant = Tenant::new(&tenant(&settings.origin), &keys.get("tenant")?)?;
    let transactions =
        PostgresTransactions::new(database.clone(), tenant.clone(), TRANSACTIONS, PER_CLIENT);
    let sessions = PostgresSessions::new(database, tenant, TRANSACTIONS, PER_CLIENT);
    Ok((Arc::new(transactions), Arc::new(sessions), Nodes::Many))
}

/// Of two relying parties with one database, neither takes the other's room.
fn tenant(origin: &str) -> String {
    let digest = digest(&SHA256, origin.as_bytes());
    let octets = digest.as_ref().iter().take(16);
    octets.map(|octet| format!("{octet:02x}")).collect()
}

/// By what visitors are told apart, of whom none may hold all that may be open.
pub(super) fn clients(proxies: Option<NonZeroUsize>) -> Clients {
    match proxies {
        None => Clients::by_peer(),
        Some(proxies) => Clients::by_forwarded(FORWARDED, Hops(proxies)),
    }
}

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use tashika::transaction::ClientKey;

    #[test]
    fn behind_a_proxy_visitors_are_told_apart_by_what_it_saw() {
        let of = |proxies, forwarded: &str| -> ClientKey {
            let request = Request::get("/").header(FORWARDED, forwarded).body(());
            clients(NonZeroUsize::new(proxies)).of(&request.unwrap().into_parts().0)
        };
        let (one, other) = ("192.0.2.1", "192.0.2.2");
        assert!(of(1, one) != of(1, other));
        // What they wrote themselves makes nobody of them.
        assert!(of(1, "192.0.2.9, 192.0.2.1") == of(1, one));
        assert!(of(2, "192.0.2.1, 10.0.0.1") == of(1, one));
        assert!(of(0, one) == of(0, other));
    }

    #[test]
    fn each_relying_party_is_a_tenant_of_its_own() {
        let [bank, shop] = ["https://bank.example", "https://shop.example"].map(tenant);
        assert_ne!(bank, shop);
        for name in [bank, shop] {
            assert!(Tenant::new(&name, &[1; 32]).is_ok(), "{name}");
        }
    }
}
