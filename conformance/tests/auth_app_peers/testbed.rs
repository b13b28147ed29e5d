//! The testbed's provider, with a relying party and two people.

use libtest_mimic::Failed;
use tashika_testbed::auth_app::{
    Choice, Citizen, ClientKey, Clock, Provider, RegisteredClient, Settings,
};
use tashika_testbed::{Algorithm, KeyPair, Person, Rng};

use tashika::auth_app::VerifiedLogin;

use crate::ours::{CALLBACK, CLIENT, Ours, Verdict, now, public_key};

pub(crate) struct World {
    pub(crate) provider: Provider,
    /// The relying party's key.
    pub(crate) client: KeyPair,
    /// How it knows hanako.
    pub(crate) subject: String,
    pub(crate) hanako: Person,
}

impl World {
    /// Of a relying party with this key, which is sent back to there.
    pub(crate) fn new(client: Algorithm, callback: &str) -> Result<Self, Failed> {
        let settings = Settings {
            clock: Clock::System,
            ..Settings::default()
        };
        let provider = Provider::start(settings)?;
        let client = KeyPair::generate(client, &mut Rng::from_seed(61));
        let key = ClientKey::of(&client).with_id(&public_key(&client)?.kid());
        provider.register(RegisteredClient::new(CLIENT, callback, key));
        let people = Person::everybody(now()?.as_unix());
        let [hanako, shota, ..] = people.as_slice() else {
            return Err("too few people".into());
        };
        let subject = provider.enrol(Citizen::new("hanako", hanako));
        provider.enrol(Citizen::new("shota", shota));
        Ok(Self {
            provider,
            client,
            subject,
            hanako: hanako.clone(),
        })
    }

    pub(crate) fn es256() -> Result<Self, Failed> {
        Self::new(Algorithm::P256, CALLBACK)
    }

    pub(crate) fn rs256() -> Result<Self, Failed> {
        Self::new(Algorithm::RSA_2048, CALLBACK)
    }

    /// Our own login of hanako's.
    pub(crate) fn our_login(&self) -> Verdict<VerifiedLogin> {
        let ours = Ours::discover(&self.provider.issuer(), &self.client)?;
        let login = ours.begin()?;
        let callback = self
            .provider
            .authorize(&login.url, Choice::citizen("hanako"));
        ours.finish(login, &callback)
    }
}
