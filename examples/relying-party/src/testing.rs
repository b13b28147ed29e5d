//! A house for the tests of what stands in one.

use std::sync::Arc;

use tashika::Time;
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::RelyingParty;
use tashika_tower::{Clients, Clock, MemoryTransactions, Nodes, Site};

/// A shop's site by this clock.
pub(crate) fn site(now: impl Fn() -> Time + Send + Sync + 'static) -> Site {
    site_over(Arc::new(MemoryTransactions::standard()), now)
}

/// The same over a store. All have the same key to seal with.
pub(crate) fn site_over(
    store: Arc<MemoryTransactions>,
    now: impl Fn() -> Time + Send + Sync + 'static,
) -> Site {
    let sealer = Sealer::new(SealingKey::new("1", &[1; 32]).unwrap(), Vec::new());
    let site = Site::new(
        RelyingParty::from_origin("https://shop.example").unwrap(),
        store,
        Arc::new(sealer.unwrap()),
        Nodes::One,
        Clients::by_peer(),
    );
    site.unwrap().with_clock(Clock::told(now))
}
