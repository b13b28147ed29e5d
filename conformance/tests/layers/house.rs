//! A relying party's house: its site, its verifiers, and whom it asks about
//! revocation. People's cards come from a testbed.

use std::sync::Arc;

use tashika::Duration;
use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{
    Checker, ListSet, Lists, Plan, Policy, ScopePolicy, TombstoneKey, Tombstones,
};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::RelyingParty;
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::{Algorithm, Generation, Kind, Register};
use tashika_tower::{
    Clients, Clock, MemoryTransactions, Nodes, Revocation, Site, TransactionStore,
};

pub(crate) const ORIGIN: &str = "https://bank.example";

/// What every test of layers begins with.
pub(crate) struct House {
    pub(crate) desk: Desk,
    pub(crate) site: Site,
}

pub(crate) const POLICY: Policy = Policy::strict(Duration::hours(48));

impl House {
    pub(crate) fn new() -> Self {
        Self::over(Arc::new(MemoryTransactions::standard()), Nodes::One)
    }

    pub(crate) fn over(store: Arc<dyn TransactionStore>, nodes: Nodes) -> Self {
        let desk = Desk::new(7, Algorithm::P256).unwrap();
        let origin = RelyingParty::from_origin(ORIGIN).unwrap();
        let key = SealingKey::new("a", &[1; 32]).unwrap();
        let sealer = Arc::new(Sealer::new(key, Vec::new()).unwrap());
        let site = Site::new(origin, store, sealer, nodes, Clients::by_peer()).unwrap();
        let site = site.with_clock(Clock::told(|| NOW));
        Self { desk, site }
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
