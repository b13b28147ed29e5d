//! A relying party's house: its site, its verifiers, and whom it asks about
//! revocation. People's cards come from a testbed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{
    Checker, ListSet, Lists, Plan, Policy, ScopePolicy, TombstoneKey, Tombstones,
};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::RelyingParty;
use tashika::{Duration, Time};
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::{Algorithm, Generation, Kind, Register};
use tashika_tower::{
    Clients, Clock, MemoryTransactions, Nodes, Revocation, Site, TransactionStore,
};

pub(crate) const ORIGIN: &str = "https://bank.example";

/// What every test of layers begins with.
pub(crate) struct House {
    pub(crate) desk: Arc<Desk>,
    pub(crate) site: Site,
}

/// A clock that stands until somebody puts it forward.
#[derive(Clone)]
pub(crate) struct Watch(Arc<AtomicI64>);

impl Watch {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(NOW.as_unix())))
    }

    pub(crate) fn put_forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

pub(crate) const POLICY: Policy = Policy::strict(Duration::hours(48));

impl House {
    pub(crate) fn new() -> Self {
        Self::over(Arc::new(MemoryTransactions::standard()), Nodes::One)
    }

    pub(crate) fn over(store: Arc<dyn TransactionStore>, nodes: Nodes) -> Self {
        Self::at(ORIGIN, store, nodes)
    }

    /// The house of another origin. All have the same key to seal with.
    pub(crate) fn at(origin: &str, store: Arc<dyn TransactionStore>, nodes: Nodes) -> Self {
        let desk = Desk::new(7, Algorithm::P256).unwrap();
        Self::of(Arc::new(desk), origin, store, nodes)
    }

    /// The house of other people.
    pub(crate) fn of(
        desk: Arc<Desk>,
        origin: &str,
        store: Arc<dyn TransactionStore>,
        nodes: Nodes,
    ) -> Self {
        let origin = RelyingParty::from_origin(origin).unwrap();
        let key = SealingKey::new("a", &[1; 32]).unwrap();
        let sealer = Arc::new(Sealer::new(key, Vec::new()).unwrap());
        let site = Site::new(origin, store, sealer, nodes, Clients::by_peer()).unwrap();
        let site = site.with_clock(Clock::told(|| NOW));
        Self { desk, site }
    }

    /// The same by a clock that is put forward.
    pub(crate) fn by(mut self, watch: &Watch) -> Self {
        let told = Arc::clone(&watch.0);
        let clock = Clock::told(move || Time::from_unix(told.load(Ordering::SeqCst)));
        self.site = self.site.with_clock(clock);
        self
    }

    /// Asks today's lists, in which `register` stands.
    pub(crate) fn revocation(&self, register: &Register) -> Revocation {
        self.asking(self.lists(register))
    }

    /// Today's lists, in which `register` stands.
    pub(crate) fn lists(&self, register: &Register) -> ListSet {
        let mut lists = ListSet::new();
        for kind in Kind::ALL {
            let testbed = self.desk.testbed();
            for list in testbed.lists(register, kind, Generation::Third) {
                let list = self.desk.read_list(kind, &list.der).unwrap();
                let _ = lists.add(list).unwrap();
            }
        }
        lists
    }

    /// Asks these lists.
    pub(crate) fn asking(&self, lists: ListSet) -> Revocation {
        self.asking_whoever(Lists::of_set(Arc::new(lists), ScopePolicy::production()))
    }

    /// Asks these lists, wherever they are kept.
    pub(crate) fn asking_whoever(&self, lists: Lists) -> Revocation {
        let tombstones = Tombstones::in_memory(TombstoneKey::generate().unwrap());
        let checker = Checker::new(Plan::Crl(lists), POLICY, Arc::new(tombstones));
        Revocation::new(checker, POLICY)
    }

    pub(crate) fn signing(&self) -> tashika::jpki::SigningVerifier {
        self.desk.signing(AlgorithmTable::standard()).unwrap()
    }
}
