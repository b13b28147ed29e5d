//! What the settings come to: verifiers, whom they ask, and the site of the
//! layers.

mod anchors;
mod auth_app;
mod evidence;
mod layers;
mod lists;
mod services;
mod stores;

use std::sync::{Arc, Mutex};

use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{AuthenticationVerifier, Kind, ProfileTable, SigningVerifier};
use tashika::mdoc::status::RecordPolicy;
use tashika::mdoc::{
    Edition, IssuerProfile, JP_MNC, PresentationVerifier, Purposes, ReaderIdentity, ResponseMode,
};
use tashika::revocation::health::{Health, Needs, OurState, SourceState};
use tashika::revocation::operator::OperatorClient;
use tashika::revocation::{
    CheckMethod, Checker, Endpoint, NonceRule, OcspClient, OcspPolicy, OcspResponder, OcspVerifier,
    Plan, TombstoneKey, Tombstones,
};
use tashika::seal::{Sealer, SealingKey};
use tashika::signer::EcdsaSigner;
use tashika::transaction::RelyingParty;
use tashika::transport::{BreakerPolicy, Load, Origins, Tls, Transport};
use tashika::trust::TrustStore;
use tashika::{Duration, Time};
use tashika_tower::{
    BrowserOffer, Certificates, Channels, Clock, Documents, OpenidClient, Readers, Records,
    Revocation, SessionKeys, SessionLayer, SessionPolicy, SessionStore, Site,
};

use crate::keys::Keys;
use crate::party::StartError;
use crate::settings::{Ask, Settings};

pub use lists::{ListSource, Worth};
pub use services::{Services, observe};

use lists::ListsOnDisk;

/// What a relying party is made of. A clone is the same.
#[derive(Clone, Debug)]
pub struct Backing {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: Settings,
    clock: Clock,
    keys: Keys,
    site: Site,
    sessions: Arc<dyn SessionStore>,
    cards: TrustStore,
    issuers: TrustStore,
    lists: ListsOnDisk,
    tombstones: Arc<Tombstones>,
    failure: Mutex<services::Failure>,
}

impl Backing {
    /// Reads what the settings name, fetches the lists once, and looks for newer
    /// ones from then on. Has to be called within a tokio runtime.
    ///
    /// # Errors
    /// [`StartError`]. That no list could be had is none: then nothing can be
    /// confirmed, and the pages say so.
    pub async fn open(settings: Settings, clock: Clock) -> Result<Self, StartError> {
        let keys = Keys::in_folder(&settings.data.join("keys"))?;
        let cards = anchors::cards(&settings.certificates)?;
        let issuers = anchors::issuers(&settings.certificates, JP_MNC)?;
        let all = anchors::all(&settings.certificates, JP_MNC)?;
        let lists = ListsOnDisk::open(&settings, all, tls(&settings)?)?;
        lists.keep_up(settings.lists_every, clock.clone());
        let key = TombstoneKey::from_octets(&keys.get("tombstones")?);
        let tombstones = Tombstones::open(key, &settings.data.join("tombstones"));
        let tombstones = tombstones.map_err(|error| StartError::unfit("tombstones", error))?;
        let (store, sessions, nodes) = stores::stores(&settings, &keys).await?;
        let sealer = Sealer::new(SealingKey::new("1", &keys.get("seal")?)?, Vec::new())?;
        let site = Site::new(
            RelyingParty::from_origin(&settings.origin)?,
            store,
            Arc::new(sealer),
            nodes,
            stores::clients(settings.proxies),
        )?;
        let inner = Inner {
            site: site.with_clock(clock.clone()),
            tombstones: Arc::new(tombstones),
            failure: Mutex::default(),
            settings,
            clock,
            keys,
            sessions,
            cards,
            issuers,
            lists,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The site of its layers.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.inner.site
    }

    /// What tells the time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.inner.clock.now()
    }

    /// Its own keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// Whoever verifies documents that were signed with a card.
    ///
    /// # Errors
    /// As [`SigningVerifier::new`].
    pub fn signing(&self) -> Result<SigningVerifier, tashika::Error> {
        let (trust, profiles) = (self.inner.cards.clone(), ProfileTable::standard());
        SigningVerifier::new(trust, profiles, AlgorithmTable::standard())
    }

    /// Whoever verifies answers to challenges.
    ///
    /// # Errors
    /// As [`AuthenticationVerifier::new`].
    pub fn authentication(&self) -> Result<AuthenticationVerifier, tashika::Error> {
        let (trust, profiles) = (self.inner.cards.clone(), ProfileTable::standard());
        AuthenticationVerifier::new(trust, profiles, AlgorithmTable::standard())
    }

    /// Whoever is asked about certificates of cards, as the settings say.
    ///
    /// # Errors
    /// If the settings name no responder that they want to be asked.
    pub fn revocation(&self, kind: Kind) -> Result<Revocation, StartError> {
        let lists = self.inner.lists.lists();
        let plan = match self.settings().ask {
            Ask::Crl => Plan::Crl(lists),
            Ask::Ocsp => Plan::Ocsp(self.responder(kind)?),
            Ask::Both => Plan::Both(lists, self.responder(kind)?),
            Ask::CrlElseOcsp => Plan::CrlElseOcsp(lists, self.responder(kind)?),
        };
        self.asking(plan)
    }

    /// The anchors of cards, with whoever is asked, for sessions that hang on a
    /// certificate of this kind.
    ///
    /// # Errors
    /// As [`revocation`](Self::revocation).
    pub fn certificates(&self, kind: Kind) -> Result<Certificates, StartError> {
        let (trust, revocation) = (self.inner.cards.clone(), self.revocation(kind)?);
        Ok(Certificates::none().with(kind, trust, revocation))
    }

    /// The anchors of cards.
    #[must_use]
    pub fn cards(&self) -> &TrustStore {
        &self.inner.cards
    }

    /// The anchors over cards in phones.
    #[must_use]
    pub fn issuers(&self) -> &TrustStore {
        &self.inner.issuers
    }

    /// Whose cards in phones are believed; their signers are looked up in lists.
    ///
    /// # Errors
    /// As [`PresentationVerifier::with_issuers`].
    pub fn documents(&self) -> Result<Documents, StartError> {
        let verifier = PresentationVerifier::new(AlgorithmTable::standard());
        let issuers = self.inner.issuers.clone();
        let verifier = verifier.with_issuers(IssuerProfile::jp_mnc(), issuers)?;
        let signers = self.asking(Plan::Crl(self.inner.lists.lists()))?;
        let records = Records::not_fetched(RecordPolicy::WhereAvailable);
        Ok(Documents::new(verifier, signers, records))
    }

    /// Browsers that are asked below this path, in both protocols.
    ///
    /// # Errors
    /// If the reader's key or certificate is unfit.
    pub fn browser(&self, path: &str) -> Result<Channels, StartError> {
        let readers = self.readers()?;
        let client = match &readers {
            Readers::Signed(all) => all.first().cloned().map(OpenidClient::X509Hash),
            Readers::Unsigned => None,
        };
        let edition = Edition::Second(Purposes::none());
        let offers = vec![
            BrowserOffer::IsoMdoc(edition, readers),
            BrowserOffer::Openid4vp(
                client.unwrap_or(OpenidClient::Unsigned),
                ResponseMode::DcApiJwt,
            ),
        ];
        Ok(Channels::under(path)?.browser(offers)?)
    }

    /// Phones before a terminal that are asked below this path, which is for
    /// terminals alone.
    ///
    /// # Errors
    /// If the reader's key or certificate is unfit.
    pub fn proximity(&self, path: &str) -> Result<Channels, StartError> {
        let edition = Edition::Second(Purposes::none());
        Ok(Channels::under(path)?.proximity(edition, self.readers()?)?)
    }

    /// Sessions of this site.
    ///
    /// # Errors
    /// As [`SessionLayer::new`].
    pub fn sessions(
        &self,
        certificates: Certificates,
        policy: SessionPolicy,
    ) -> Result<SessionLayer, StartError> {
        let keys = SessionKeys::from_octets(&self.inner.keys.get("sessions")?);
        let (site, store) = (self.site().clone(), Arc::clone(&self.inner.sessions));
        Ok(SessionLayer::new(site, store, keys, certificates, policy)?)
    }

    /// The platform operator that knows which certificates are of one person.
    ///
    /// # Errors
    /// If its URLs are unfit.
    pub fn operator(&self) -> Result<Option<OperatorClient>, StartError> {
        let Some(settings) = &self.settings().operator else {
            return Ok(None);
        };
        let status = self.endpoint(&settings.status)?;
        let client = OperatorClient::new(status, CheckMethod::Crl)?;
        Ok(Some(client.with_links(self.endpoint(&settings.links)?)))
    }

    /// The lists that are at hand, and how old they are: what a page tells its
    /// visitors of.
    #[must_use]
    pub fn list_sources(&self) -> Vec<ListSource> {
        self.inner
            .lists
            .sources(self.now(), &self.settings().outage)
    }

    /// Looks for newer lists now, and waits until they are at hand.
    pub async fn synchronise(&self) {
        self.inner.lists.synchronise(self.now()).await;
    }

    /// Looks for no lists any more, and waits until nobody does: before those who
    /// serve them end.
    pub async fn end_updates(&self) {
        self.inner.lists.end_updates().await;
    }

    /// The lists on disk, for questions about many certificates at once.
    #[must_use]
    pub fn list_store(&self) -> &Arc<tashika::revocation::ListStore> {
        self.inner.lists.store()
    }

    /// Who is down: by the lists, and by what somebody wrote in the settings.
    #[must_use]
    pub fn health(&self) -> Health {
        let sources = self.list_sources();
        let fresh = sources.iter().filter(|source| source.is_fresh()).count();
        let lists = SourceState::of_lists(sources.len(), fresh);
        let notices = &self.settings().notices;
        Health::at(self.now(), OurState::Working, Needs::One, &[lists], notices)
    }

    fn asking(&self, plan: Plan) -> Result<Revocation, StartError> {
        let policy = self.settings().outage.policy()?;
        let checker = Checker::new(plan, policy, Arc::clone(&self.inner.tombstones));
        Ok(Revocation::new(checker, policy))
    }

    fn responder(&self, kind: Kind) -> Result<OcspClient, StartError> {
        let url = match kind {
            Kind::Signing => &self.settings().ocsp.signing,
            Kind::Authentication => &self.settings().ocsp.authentication,
        };
        let url = url.as_deref();
        let url = url.ok_or_else(|| StartError::unfit("ocsp", "no responder is configured"))?;
        let outage = &self.settings().outage;
        let seconds = |number: u32| Duration::seconds(i64::from(number));
        let policy = OcspPolicy::new(NonceRule::Required, seconds(outage.max_age))
            .with_clock_skew(seconds(outage.clock_skew));
        let (trust, algorithms) = (self.inner.cards.clone(), AlgorithmTable::standard());
        let verifier = OcspVerifier::new(trust, kind.purpose(), algorithms, policy);
        let responder = OcspResponder::new(self.endpoint(url)?, verifier);
        let responder = responder.with_delegate_lists(self.inner.lists.lists(), outage.policy()?);
        Ok(OcspClient::new().with(responder))
    }

    fn endpoint(&self, url: &str) -> Result<Endpoint, StartError> {
        let unfit = |error: tashika::transport::TransportError| StartError::unfit(url, error);
        let origins = allow(Origins::none(), url).map_err(unfit)?;
        let transport = Transport::builder(origins, tls(self.settings())?).build();
        let client = transport.map_err(unfit)?.under(&Load::standard());
        Endpoint::new(url, client, BreakerPolicy::standard()).map_err(unfit)
    }

    fn readers(&self) -> Result<Readers, StartError> {
        let Some(settings) = &self.settings().reader else {
            return Ok(Readers::Unsigned);
        };
        let signer = EcdsaSigner::from_pkcs8(&std::fs::read(&settings.key)?)?;
        let chain = vec![std::fs::read(&settings.certificate)?];
        let reader = ReaderIdentity::new(Arc::new(signer), chain)?;
        Ok(Readers::Signed(vec![reader]))
    }
}

/// These origins and that of a URL.
fn allow(origins: Origins, url: &str) -> Result<Origins, tashika::transport::TransportError> {
    match url.starts_with("https:") {
        true => origins.https(url),
        false => origins.plain_http(url),
    }
}

fn tls(settings: &Settings) -> Result<Tls, StartError> {
    let Some(path) = &settings.tls_roots else {
        return Ok(Tls::no_roots());
    };
    let tls = Tls::no_roots().roots_pem(&std::fs::read(path)?);
    tls.map_err(|error| StartError::unfit(path.display().to_string(), error))
}
