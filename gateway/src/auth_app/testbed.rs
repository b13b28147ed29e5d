//! The provider of the testbed, with us as its client.

use std::sync::Arc;

use tashika::auth_app::{
    AssertionAudience, AssertionKey, AssertionKeys, ClientId, PrivateKeyJwt, Provider, RedirectUri,
    Refusal, RefusalTable, Registration,
};
use tashika::signer::{EcdsaSigner, Immediate};
use tashika::{Error, Time};
use tashika_testbed::auth_app as simulated;
use tashika_testbed::auth_app::{Citizen, ClientKey, Clock, RegisteredClient, Settings};
use tashika_testbed::{Algorithm, Answer, KeyPair, Person, Rng};

use crate::exit::Failure;

/// A provider, gone when it is dropped, and who we are there.
pub(crate) struct Simulation {
    pub(crate) provider: simulated::Provider,
    pub(crate) registration: Registration,
    pub(crate) client: PrivateKeyJwt,
}

/// As whom we are registered.
const CLIENT: &str = "tashikaDemo";

/// How the people of the testbed are called here, in their order.
const PEOPLE: [&str; 8] = [
    "hanako", "shota", "uruu", "eiichiro", "tome", "aoi", "alex", "hatachi",
];

impl Simulation {
    /// Starts one in which everybody of the testbed has card and app.
    pub(crate) fn start(
        mut rng: Rng,
        clock: Clock,
        redirect_uri: RedirectUri,
        now: Time,
    ) -> Result<Self, Failure> {
        let octets = rng.bytes(8).into_iter();
        let seed = octets.fold(0, |seed, octet| seed << 8 | u64::from(octet));
        let provider = simulated::Provider::start(Settings {
            seed,
            clock,
            ..Settings::default()
        })?;
        let key = KeyPair::generate(Algorithm::P256, &mut rng);
        let client = RegisteredClient::new(CLIENT, redirect_uri.as_str(), ClientKey::of(&key));
        provider.register(client);
        let people = Person::everybody(now.as_unix());
        for (name, person) in PEOPLE.iter().zip(&people) {
            provider.enrol(Citizen::new(name, person));
        }
        let asked = Provider::at(&provider.base())?;
        let client_id = ClientId::new(CLIENT)?;
        Ok(Self {
            client: client_of(&asked, client_id.clone(), &key, now)?,
            registration: Registration::new(asked, client_id, redirect_uri)
                .with_refusals(Self::refusals()?),
            provider,
        })
    }

    /// The testbed has names of its own for what the standards have none for.
    pub(crate) fn refusals() -> Result<RefusalTable, Error> {
        RefusalTable::standard()
            .with("certificate_not_valid", Refusal::Certificate)?
            .with("pin_locked", Refusal::PinLocked)?
            .with("no_pin", Refusal::NoPin)?
            .with("app_missing", Refusal::AppMissing)?
            .with("transaction_expired", Refusal::Expired)
    }

    /// Has nothing wrong with it.
    pub(crate) fn mend(&self) {
        self.provider.only(|_| ());
    }

    /// Has ID tokens signed by somebody else.
    pub(crate) fn forge(&self) {
        let another = simulated::Signature::OtherKey;
        self.provider
            .only(|switches| switches.id_token.signature = another);
    }

    /// Takes it out of service, as a gateway before it would tell.
    pub(crate) fn take_out_of_service(&self) {
        let page = Answer::status(503)
            .header("Content-Type", "text/html")
            .header("Retry-After", "30")
            .body("<html><h1>503 Service Unavailable</h1></html>");
        self.provider
            .only(|switches| switches.token.instead = Some(page));
    }
}

fn client_of(
    provider: &Provider,
    client_id: ClientId,
    key: &KeyPair,
    now: Time,
) -> Result<PrivateKeyJwt, Error> {
    let signer = Immediate::new(EcdsaSigner::from_pkcs8(&key.pkcs8())?);
    let key = AssertionKey::new(Arc::new(signer), now)?;
    let audience = AssertionAudience::new(provider.token_endpoint())?;
    let keys = AssertionKeys::new(vec![key])?;
    Ok(PrivateKeyJwt::new(client_id, audience, keys))
}
