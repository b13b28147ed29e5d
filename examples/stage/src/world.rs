//! What is true of a stage: people, authorities, and what is published.

mod authorities;
mod lists;
mod people;
mod register;

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde::{Deserialize, Serialize};
use tashika_testbed::auth_app::{Citizen, Clock, Provider, Settings};
use tashika_testbed::mdoc::MdocTestbed;
use tashika_testbed::{Generation, Kind, Reason, Testbed};

use crate::clock::StageClock;

pub(crate) use authorities::{Authorities, serve};
pub(crate) use people::{PORTRAITS, People, Resident};

use lists::Lists;
use register::Registry;

/// The generation that issues here.
pub(crate) const GENERATION: Generation = Generation::Third;

/// Everything that issues, publishes and answers.
pub(crate) struct World {
    pub(crate) clock: StageClock,
    pub(crate) cards: Testbed,
    pub(crate) phones: MdocTestbed,
    pub(crate) provider: Provider,
    provider_down: AtomicBool,
    pub(crate) people: People,
    pub(crate) registry: Registry,
    pub(crate) lists: Lists,
    /// Somebody who issues under the same names and is nobody.
    strangers: OnceLock<(Testbed, MdocTestbed)>,
}

/// What becomes of the lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ListsState {
    /// They are made anew as time passes, and when somebody is revoked.
    #[default]
    Fresh,
    /// The last ones stay where they are.
    Stopped,
    /// In the place of each municipality's list stands that of another.
    Swapped,
    /// Nobody answers.
    Down,
}

/// Whether somebody answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reachable {
    #[default]
    Up,
    Down,
}

/// Something that happens to a person, and to the certificates on the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Event {
    /// A new card, or new certificates on it; the old ones are superseded.
    Renewed,
    /// The person has moved: the signing certificate no longer says what is recorded,
    /// and there is a new one.
    Moved,
    /// The person is no longer registered: has died, or lives abroad.
    Deregistered,
    /// The card is lost, and was reported.
    Lost,
    /// The person wants no certificates any more.
    Ended,
}

impl World {
    pub(crate) fn start() -> io::Result<Self> {
        let clock = StageClock::default();
        let now = clock.now();
        let (cards, phones) = (Testbed::fresh(now), MdocTestbed::fresh(now));
        let seed = cards
            .rng("provider")
            .bytes(8)
            .try_into()
            .unwrap_or_default();
        let settings = Settings {
            seed: u64::from_be_bytes(seed),
            clock: Clock::System,
            ..Settings::default()
        };
        // Each searches for primes, which takes longer than all the rest.
        let (people, provider) = thread::scope(|scope| {
            let provider = scope.spawn(|| Provider::start(settings));
            for kind in Kind::ALL {
                for generation in Generation::ALL {
                    let cards = &cards;
                    scope.spawn(move || cards.authority(kind, generation).serial().len());
                }
            }
            (People::issue(&cards), provider.join())
        });
        let provider = provider.map_err(|_| io::Error::other("no provider"))??;
        let world = Self {
            registry: Registry::new(),
            lists: Lists::new(),
            strangers: OnceLock::new(),
            clock,
            cards,
            phones,
            provider,
            provider_down: AtomicBool::new(false),
            people,
        };
        for person in 0..world.people.count() {
            world.enter(person);
        }
        Ok(world)
    }

    /// Tells everybody who has to know of a person's card.
    fn enter(&self, person: usize) {
        let resident = self.people.resident(person);
        self.registry.enter(&resident.card);
        self.provider.enrol(self.citizen(person));
    }

    /// A person as the provider knows them.
    fn citizen(&self, person: usize) -> Citizen {
        let card = self.people.resident(person).card;
        let citizen = Citizen::new(&format!("person{person}"), card.person());
        citizen.signing(card.signing())
    }

    /// Lets something happen to a person.
    pub(crate) fn happen(&self, person: usize, event: Event) {
        let old = self.people.resident(person).card;
        let both = |reason| Kind::ALL.map(|kind| (kind, reason));
        let revoked = match event {
            Event::Renewed => both(Reason::Superseded),
            // The other certificate says nothing of where somebody lives; with the
            // new one comes a new one of it.
            Event::Moved => [
                (Kind::Signing, Reason::AffiliationChanged),
                (Kind::Authentication, Reason::Superseded),
            ],
            Event::Deregistered => both(Reason::AffiliationChanged),
            Event::Lost => both(Reason::CertificateHold),
            Event::Ended => both(Reason::CessationOfOperation),
        };
        let now = self.clock.now();
        for (kind, reason) in revoked {
            let serial = old.credential(kind).serial();
            self.registry
                .revoke(old.partition(kind), serial, reason, now);
        }
        if !matches!(event, Event::Renewed | Event::Moved) {
            self.provider.enrol(self.citizen(person).revoked());
        } else {
            self.people
                .renew(&self.cards, person, event == Event::Moved);
            self.enter(person);
            let new = self.people.resident(person).card;
            self.registry.link(&old, &new);
        }
    }

    /// Puts the provider out of service, or back into it.
    pub(crate) fn set_provider(&self, state: Reachable) {
        let is_down = state == Reachable::Down;
        self.provider.set_down(is_down);
        self.provider_down.store(is_down, Ordering::SeqCst);
    }

    pub(crate) fn provider_state(&self) -> Reachable {
        match self.provider_down.load(Ordering::SeqCst) {
            true => Reachable::Down,
            false => Reachable::Up,
        }
    }

    /// Issuers under the same names whom nobody knows.
    pub(crate) fn strangers(&self) -> &(Testbed, MdocTestbed) {
        let now = self.cards.now();
        let make = || (Testbed::fresh(now), MdocTestbed::fresh(now));
        self.strangers.get_or_init(make)
    }
}
