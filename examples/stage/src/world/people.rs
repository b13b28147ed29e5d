//! People with their cards and phones.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use tashika_testbed::calendar::DAY;
use tashika_testbed::mdoc::{Elements, Holder, Issuance, Mdoc, elements};
use tashika_testbed::{Algorithm, Card, Credential, KeyPair, Person, Rng, Testbed};

use super::{GENERATION, World};

/// Small pictures of nobody, one for each.
pub(crate) const PORTRAITS: [&[u8]; 8] = [
    include_bytes!("../../assets/portraits/0.jpg"),
    include_bytes!("../../assets/portraits/1.jpg"),
    include_bytes!("../../assets/portraits/2.jpg"),
    include_bytes!("../../assets/portraits/3.jpg"),
    include_bytes!("../../assets/portraits/4.jpg"),
    include_bytes!("../../assets/portraits/5.jpg"),
    include_bytes!("../../assets/portraits/6.jpg"),
    include_bytes!("../../assets/portraits/7.jpg"),
];

/// Everybody.
pub(crate) struct People {
    residents: Mutex<Vec<Resident>>,
    /// The number of the next card or certificate.
    numbers: AtomicU32,
}

/// A person with the card of today.
#[derive(Clone)]
pub(crate) struct Resident {
    pub(crate) card: Card,
    /// How many cards there were before it.
    pub(crate) renewals: u32,
}

/// A document before it is signed, and the key of the phone that it is in.
pub(crate) struct Document {
    pub(crate) issuance: Issuance,
    pub(crate) key: KeyPair,
}

impl People {
    /// Issues a card to each, on as many threads.
    pub(super) fn issue(cards: &Testbed) -> Self {
        let count = u32::try_from(cards.people().len()).unwrap_or(u32::MAX);
        let residents = thread::scope(|scope| {
            let issuing: Vec<_> = (0..count)
                .map(|number| scope.spawn(move || cards.card(number)))
                .collect();
            let issued = issuing.into_iter().filter_map(|card| card.join().ok());
            issued.map(|card| Resident { card, renewals: 0 }).collect()
        });
        Self {
            residents: Mutex::new(residents),
            numbers: AtomicU32::new(count),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// A person; of a number that nobody has, another's.
    pub(crate) fn resident(&self, person: usize) -> Resident {
        let residents = self.lock();
        let index = person % residents.len().max(1);
        #[expect(clippy::indexing_slicing, reason = "there are always people")]
        residents[index].clone()
    }

    /// A number that no card or certificate has had.
    pub(crate) fn number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::SeqCst)
    }

    /// Issues the next card to a person, who may have moved house.
    pub(super) fn renew(&self, cards: &Testbed, person: usize, has_moved: bool) {
        let mut holder = self.resident(person).card.person().clone();
        if has_moved {
            holder = moved(holder);
        }
        let card = cards.issue(&holder, GENERATION, self.number());
        if let Some(resident) = self.lock().get_mut(person) {
            resident.card = card;
            resident.renewals += 1;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Resident>> {
        self.residents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Within the same municipality, to a house that is not there either.
fn moved(person: Person) -> Person {
    let room = "　転居荘２０２";
    let address = match person.address.strip_suffix(room) {
        Some(before) => before.to_owned(),
        None => format!("{}{room}", person.address),
    };
    let length = address.chars().count();
    let mut flags = person.address_substitution.clone();
    flags.truncate(length);
    let flags = format!("{flags:0<length$}");
    Person {
        address,
        address_substitution: flags,
        ..person
    }
}

impl World {
    /// The card in a person's phone as the issuer refreshed it three days ago.
    pub(crate) fn document(&self, person: usize) -> Document {
        let now = self.clock.now();
        let resident = self.people.resident(person);
        let portrait = PORTRAITS.get(person).copied().unwrap_or_default();
        let elements = Elements::japan(resident.card.person(), now, portrait);
        let label = format!("phone {person}");
        let key = self.phones.key(Algorithm::P256, &label);
        let validity = (now - 3 * DAY, 30 * DAY);
        // What is random in it is the same until it is refreshed.
        let rng = self.phones.rng(&format!("{label} {}", now / DAY));
        let issuance = Issuance::new(elements::JAPAN, &elements, &key.public(), validity, rng);
        Document { issuance, key }
    }

    /// Whoever signs documents from today on and will be revoked.
    pub(crate) fn next_signer(&self) -> Credential {
        let number = self.people.number();
        let key = self
            .phones
            .key(Algorithm::P256, &format!("signer {number}"));
        let authority = self.phones.japan_authority();
        let certificate = authority.document_signer(&key).sign(authority.key());
        authority.credential(key, certificate)
    }

    /// A generator for what nobody is to foresee.
    pub(crate) fn rng(&self) -> Rng {
        self.phones.rng(&format!("drawn {}", self.people.number()))
    }
}

impl Document {
    /// Signed by the issuer's signer, in the phone that it was issued for.
    pub(crate) fn signed(self, signer: &Credential) -> Holder {
        let mdoc = self.issuance.sign(signer);
        self.with(mdoc)
    }

    /// The phone with another document.
    pub(crate) fn with(self, mdoc: Mdoc) -> Holder {
        Holder::new(mdoc, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_moves_lives_elsewhere_and_can_move_back() {
        for person in Person::everybody(1_800_000_000) {
            let away = moved(person.clone());
            assert_ne!(away.address, person.address);
            assert_eq!(
                away.address_substitution.chars().count(),
                away.address.chars().count()
            );
            assert_eq!(moved(away), person);
        }
    }

    #[test]
    fn portraits_are_pictures() {
        for portrait in PORTRAITS {
            assert!(portrait.starts_with(&[0xFF, 0xD8, 0xFF]) && portrait.ends_with(&[0xFF, 0xD9]));
            assert!(
                (1_000..6_000).contains(&portrait.len()),
                "{}",
                portrait.len()
            );
        }
    }
}
