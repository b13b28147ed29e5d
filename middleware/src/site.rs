//! What the layers of one relying party share.

mod client;
mod language;
mod path;
mod transaction;
mod work;

use std::any::TypeId;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use tashika::seal::Sealer;
use tashika::transaction::RelyingParty;
use tashika::{Code, Duration, Error, Language, Time};

use crate::behind::{FromLayer, Lack, MissingLayer};
use crate::clock::Clock;
use crate::refusal::Refusal;
use crate::store::{Reach, TransactionStore};

pub use client::{Clients, Hops, PeerAddress};
pub use path::SitePath;
pub use work::Work;

pub(crate) use language::of_parts as language_of;
#[cfg(feature = "auth-app")]
pub(crate) use transaction::cookie_of;
pub(crate) use transaction::{CrossDevice, Redeemed, clear_cookie, transaction_of};

/// A relying party's site: whom people see in the address bar, where open
/// transactions wait, how clients are told apart, and what time it is.
///
/// It is made once, and every layer of the site is made of it. It holds no
/// person; a clone is the same site.
///
/// ```
/// use std::sync::Arc;
///
/// use tashika::seal::{Sealer, SealingKey};
/// use tashika::transaction::RelyingParty;
/// use tashika::{Duration, Error};
/// use tashika_tower::{Clients, MemoryTransactions, Nodes, Site};
///
/// fn site() -> Result<Site, Error> {
///     let bank = RelyingParty::from_origin("https://bank.example")?;
///     let store = Arc::new(MemoryTransactions::standard());
///     let sealer = Sealer::new(SealingKey::generate("2026-11")?, Vec::new())?;
///     let site = Site::new(bank, store, Arc::new(sealer), Nodes::One, Clients::by_peer())?;
///     Ok(site.with_lifetime(Duration::minutes(5)))
/// }
/// ```
#[derive(Clone)]
pub struct Site {
    relying_party: RelyingParty,
    store: Arc<dyn TransactionStore>,
    sealer: Arc<Sealer>,
    nodes: Nodes,
    clients: Clients,
    clock: Clock,
    lifetime: Duration,
    language: Language,
    work: Work,
    /// What layers have taken, so that no two take the same.
    taken: Arc<Mutex<BTreeSet<SitePath>>>,
    /// What its layers leave for the services that they stand before.
    left: Arc<Mutex<BTreeSet<TypeId>>>,
}

/// How many processes serve the same people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nodes {
    /// This one alone.
    One,
    /// Several: what is kept for a transaction must reach all of them.
    Many,
}

impl Nodes {
    /// Whether a store of this reach serves so many.
    ///
    /// `misuse.store` if it does not.
    fn check(self, reach: Reach) -> Result<(), Error> {
        match (self, reach) {
            (Self::Many, Reach::Process) => Err(Code::MisuseStore.into()),
            (Self::One, _) | (Self::Many, Reach::Shared) => Ok(()),
        }
    }
}

impl Site {
    /// The site of this origin, which is what people see in the address bar: it
    /// comes from configuration, never from a request.
    ///
    /// # Errors
    /// `misuse.store` if several nodes are configured and the store is one of
    /// this process alone: a transaction that began on one node would be unknown
    /// on another.
    pub fn new(
        relying_party: RelyingParty,
        store: Arc<dyn TransactionStore>,
        sealer: Arc<Sealer>,
        nodes: Nodes,
        clients: Clients,
    ) -> Result<Self, Error> {
        nodes.check(store.reach())?;
        Ok(Self {
            relying_party,
            store,
            sealer,
            nodes,
            clients,
            clock: Clock::system(),
            lifetime: Duration::minutes(10),
            language: Language::Japanese,
            work: Work::standard(),
            taken: Arc::default(),
            left: Arc::default(),
        })
    }

    /// The same by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same with transactions that live for so long, instead of ten minutes.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// The same with texts in this language for whoever asks for none that there
    /// is, instead of Japanese.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The same with verification done there, instead of where the request is
    /// served.
    #[must_use]
    pub fn with_work(mut self, work: Work) -> Self {
        self.work = work;
        self
    }

    /// The origin.
    #[must_use]
    pub fn relying_party(&self) -> &RelyingParty {
        &self.relying_party
    }

    /// Where open transactions wait.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn TransactionStore> {
        &self.store
    }

    /// What is sealed with.
    #[must_use]
    pub fn sealer(&self) -> &Arc<Sealer> {
        &self.sealer
    }

    /// How clients are told apart.
    #[must_use]
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// How long a transaction lives.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The refusal because of `error`, in the language that the request asks for.
    #[must_use]
    pub fn refusal(&self, error: Error, parts: &Parts) -> Refusal {
        self.refusal_in(error, parts.headers.get(ACCEPT_LANGUAGE))
    }

    /// The same by this header `Accept-Language`.
    pub(crate) fn refusal_in(
        &self,
        error: Error,
        accept_language: Option<&HeaderValue>,
    ) -> Refusal {
        let language = language::of(accept_language).unwrap_or(self.language);
        Refusal::new(error, language)
    }

    /// Whether a layer of this site that leaves a `T` has been put before a
    /// service, to be asked before the first request is served.
    ///
    /// It does not say before which: that a handler stands behind another shows
    /// with its first request, which is refused. A `Router` of axum puts layers
    /// before handlers in `with_state`, so ask after that.
    ///
    /// ```
    /// # use tashika::jpki::VerifiedSignature;
    /// # use tashika_tower::{MissingLayer, Site, Verified};
    /// fn ready(site: &Site) -> Result<(), MissingLayer> {
    ///     site.expect::<Verified<VerifiedSignature>>()
    /// }
    /// ```
    ///
    /// # Errors
    /// The layer that is missing.
    pub fn expect<T: FromLayer>(&self) -> Result<(), MissingLayer> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let found = left.contains(&TypeId::of::<T>());
        found
            .then_some(())
            .ok_or(MissingLayer::of::<T>(Lack::Unplaced))
    }

    /// Notes that a layer which leaves a `T` has been put before a service.
    pub(crate) fn placed<T: 'static>(&self) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.insert(TypeId::of::<T>());
    }

    /// Does what takes time where it is to be done.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        self.work.run(job).await
    }

    /// Whether another store of the site serves all its nodes.
    ///
    /// `misuse.store` if it does not.
    pub(crate) fn check_reach(&self, reach: Reach) -> Result<(), Error> {
        self.nodes.check(reach)
    }

    /// Takes paths for a layer.
    ///
    /// `misuse.layer` if another layer of the site has one of them.
    pub(crate) fn claim<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p SitePath>,
    ) -> Result<(), Error> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for path in paths {
            if !taken.insert(path.clone()) {
                return Err(Code::MisuseLayer.into());
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("relying_party", &self.relying_party)
            .field("store", &self.store)
            .field("clients", &self.clients)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::store::{MemoryTransactions, StoreFuture};
    use tashika::seal::SealingKey;

    pub(crate) const NOW: Time = Time::from_unix(1_800_000_000);

    pub(crate) fn site() -> Site {
        site_over(Arc::new(MemoryTransactions::standard()), Nodes::One).unwrap()
    }

    pub(crate) fn site_over(store: Arc<dyn TransactionStore>, nodes: Nodes) -> Result<Site, Error> {
        let bank = RelyingParty::from_origin("https://bank.example").unwrap();
        let sealer = Sealer::new(SealingKey::new("a", &[1; 32]).unwrap(), Vec::new()).unwrap();
        let site = Site::new(bank, store, Arc::new(sealer), nodes, Clients::by_peer())?;
        Ok(site.with_clock(Clock::told(|| NOW)))
    }

    /// A store that says that every node sees it.
    #[derive(Debug)]
    pub(crate) struct Shared;

    impl TransactionStore for Shared {
        fn reach(&self) -> Reach {
            Reach::Shared
        }
        fn put(&self, _: crate::store::Entry, _: Time) -> StoreFuture<()> {
            StoreFuture::known(Ok(()))
        }
        fn take(&self, _: tashika::transaction::TransactionId, _: Time) -> StoreFuture<Vec<u8>> {
            StoreFuture::known(Ok(Vec::new()))
        }
        fn mark(
            &self,
            _: crate::store::Mark,
            _: tashika::transaction::ClientKey,
            _: Time,
            _: Time,
        ) -> StoreFuture<crate::store::Seen> {
            StoreFuture::known(Ok(crate::store::Seen::First))
        }
    }

    #[test]
    fn a_store_of_one_process_does_not_serve_many() {
        let memory = || Arc::new(MemoryTransactions::standard());
        let refused = site_over(memory(), Nodes::Many).unwrap_err();
        assert_eq!(refused.code(), Code::MisuseStore);
        assert!(site_over(memory(), Nodes::One).is_ok());
        assert!(site_over(Arc::new(Shared), Nodes::Many).is_ok());
    }

    #[test]
    fn no_two_layers_take_one_path() {
        let (site, one, other) = (site(), SitePath::new("/a"), SitePath::new("/b"));
        let (one, other) = (one.unwrap(), other.unwrap());
        site.claim([&one]).unwrap();
        site.clone().claim([&other]).unwrap();
        assert_eq!(site.claim([&one]).unwrap_err().code(), Code::MisuseLayer);
    }
}
