//! Everything at once, from one seed.

use std::sync::OnceLock;

use crate::{
    Algorithm, Authority, Card, CrlBuilder, Generation, KeyPair, Kind, Municipality, Partition,
    Person, Profile, Register, RevocationList, Rng, Terms,
    calendar::{DAY, end_of_day_in_japan, years_after},
};

/// Both kinds in three generations, municipalities, people and their cards.
///
/// All of it follows from the seed and `now`, whatever is asked for first: every
/// key is generated when it is needed, out of a generator of its own.
///
/// ```
/// use tashika_testbed::{Generation, Kind, Reason, Register, Testbed};
///
/// let now = 1_800_000_000;
/// let testbed = Testbed::from_seed(1, now);
/// let card = testbed.card(0);
///
/// let mut register = Register::new();
/// register.revoke(&card, Kind::Signing, Reason::CessationOfOperation, now - 3600);
/// let lists = testbed.lists(&register, Kind::Signing, Generation::Third);
/// assert!(lists.iter().any(|list| list.partition == card.partition(Kind::Signing)));
/// ```
#[derive(Debug)]
pub struct Testbed {
    rng: Rng,
    now: i64,
    profile: Profile,
    algorithm: Algorithm,
    people: Vec<Person>,
    authorities: [OnceLock<Authority>; 6],
}

impl Testbed {
    /// The testbed of a seed: the same bytes on every machine.
    #[must_use]
    pub fn from_seed(seed: u64, now: i64) -> Self {
        Self::new(Rng::from_seed(seed), now)
    }

    /// A testbed whose keys no other run has.
    ///
    /// # Panics
    ///
    /// If the operating system has no entropy to give.
    #[must_use]
    pub fn fresh(now: i64) -> Self {
        Self::new(Rng::from_entropy(), now)
    }

    fn new(rng: Rng, now: i64) -> Self {
        Self {
            rng,
            now,
            profile: Profile::default(),
            algorithm: Algorithm::RSA_2048,
            people: Person::everybody(now),
            authorities: Default::default(),
        }
    }

    /// The same with another profile.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self.authorities = Default::default();
        self
    }

    /// The same with roots and cards of another algorithm, such as
    /// [`Algorithm::P384`], which the next card is expected to use.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self.authorities = Default::default();
        self
    }

    /// The moment everything is arranged around, in unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// A generator of one's own for further keys, the same for the same label.
    #[must_use]
    pub fn rng(&self, label: &str) -> Rng {
        self.rng.derive(label)
    }

    /// A further key, the same for the same label.
    #[must_use]
    pub fn key(&self, algorithm: Algorithm, label: &str) -> KeyPair {
        KeyPair::generate(algorithm, &mut self.rng(label))
    }

    /// The CA of a kind and generation.
    #[must_use]
    pub fn authority(&self, kind: Kind, generation: Generation) -> &Authority {
        let make = || self.make_authority(kind, generation);
        let index = kind as usize * 3 + generation as usize;
        #[expect(
            clippy::indexing_slicing,
            reason = "two kinds of three generations are six"
        )]
        self.authorities[index].get_or_init(make)
    }

    /// All generations of the CA of a kind: the anchors of its purpose.
    #[must_use]
    pub fn authorities(&self, kind: Kind) -> [&Authority; 3] {
        Generation::ALL.map(|generation| self.authority(kind, generation))
    }

    /// The people here, see [`Person::everybody`].
    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Card `number`, of the issuing generation: person `number` modulo how many
    /// people there are, but keys and serial numbers of its own.
    ///
    /// # Panics
    ///
    /// Never: there are always people.
    #[must_use]
    pub fn card(&self, number: u32) -> Card {
        let index = number as usize % self.people.len();
        #[expect(clippy::indexing_slicing, reason = "a remainder is below its divisor")]
        self.issue(&self.people[index], Generation::Third, number)
    }

    /// Issue card `number` of a generation to a person. The first generation issued
    /// what has expired, the second what is still valid.
    #[must_use]
    pub fn issue(&self, person: &Person, generation: Generation, number: u32) -> Card {
        let credential = |kind| {
            let terms = self.terms(person, kind, generation, number);
            let label = format!("card {} {generation:?} {number}", kind.label());
            let key = self.key(self.algorithm, &label);
            self.authority(kind, generation).issue(person, key, &terms)
        };
        let (signing, authentication) =
            (credential(Kind::Signing), credential(Kind::Authentication));
        Card::new(person.clone(), generation, signing, authentication)
    }

    /// What card `number` is issued with, to craft a defective certificate from.
    #[must_use]
    pub fn terms(&self, person: &Person, kind: Kind, generation: Generation, number: u32) -> Terms {
        let issued = match generation {
            Generation::First | Generation::Second => {
                let (from, _) = root_validity(generation, self.now);
                years_after(from, 4)
            }
            Generation::Third => self.now - 30 * DAY,
        };
        let serial = first_serial(kind, generation)
            .wrapping_add(number)
            .to_be_bytes();
        Terms::issued(issued, person, &serial, number)
    }

    /// The list of one partition as of one hour before [`Self::now`], before it is
    /// signed by the CA of that partition. Its number is that of the day.
    #[must_use]
    pub fn list(&self, register: &Register, partition: Partition) -> CrlBuilder {
        let this_update = self.now - 3600;
        let number = (this_update / DAY).unsigned_abs();
        let authority = self.authority(partition.kind, partition.generation);
        register.list(authority, partition, number, this_update)
    }

    /// The signed lists of all partitions under one CA key.
    #[must_use]
    pub fn lists(
        &self,
        register: &Register,
        kind: Kind,
        generation: Generation,
    ) -> Vec<RevocationList> {
        let authority = self.authority(kind, generation);
        let list = |municipality| {
            let partition = Partition {
                kind,
                generation,
                municipality,
            };
            RevocationList {
                partition,
                distribution_point: authority.distribution_point(municipality),
                der: self.list(register, partition).sign(authority.key()),
            }
        };
        Municipality::ALL.map(list).to_vec()
    }

    fn make_authority(&self, kind: Kind, generation: Generation) -> Authority {
        let label = format!("root {} {generation:?}", kind.label());
        let key = self.key(self.algorithm, &label);
        let serial = match generation {
            Generation::First => 1,
            Generation::Second | Generation::Third => first_serial(kind, generation) - 1,
        };
        let validity = root_validity(generation, self.now);
        Authority::new(kind, &self.profile, key, &magnitude(serial), validity)
    }
}

/// Ten years, in the rhythm of the published roots.
fn root_validity(generation: Generation, now: i64) -> (i64, i64) {
    let from = match generation {
        Generation::First => years_after(now, -10) - 270 * DAY,
        Generation::Second => years_after(now, -6) - 300 * DAY,
        Generation::Third => years_after(now, -3),
    };
    (from, end_of_day_in_japan(years_after(from, 10) - DAY))
}

/// One counter for each CA name runs through its generations.
fn first_serial(kind: Kind, generation: Generation) -> u32 {
    let start = match generation {
        Generation::First => 0x01_0000,
        Generation::Second => 0x0C_1000,
        Generation::Third => 0x1E_A8A9,
    };
    match kind {
        Kind::Signing => start,
        Kind::Authentication => start + 0x04_0000,
    }
}

fn magnitude(number: u32) -> Vec<u8> {
    number
        .to_be_bytes()
        .into_iter()
        .skip_while(|octet| *octet == 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn a_seed_fixes_every_byte_in_any_order() {
        let (one, other) = (Testbed::from_seed(9, NOW), Testbed::from_seed(9, NOW));
        let later = other.card(3);
        let card = other.card(0);
        assert_eq!(
            one.card(0).signing().certificate(),
            card.signing().certificate()
        );
        assert_eq!(one.card(3).answer(b"x"), later.answer(b"x"));
        assert_ne!(card.signing().certificate(), later.signing().certificate());
    }

    #[test]
    fn fresh_testbeds_differ() {
        let key = |testbed: Testbed| testbed.key(Algorithm::P256, "a").spki();
        assert_ne!(key(Testbed::fresh(NOW)), key(Testbed::fresh(NOW)));
    }

    #[test]
    fn generations_stand_around_now() {
        let end = |generation| root_validity(generation, NOW).1;
        assert!(end(Generation::First) < NOW);
        assert!(end(Generation::Second) > NOW + 3 * 365 * DAY);
        assert!(end(Generation::Third) > NOW + 5 * 365 * DAY);
    }

    /// Pinned so that an update of a dependency cannot change the keys of a seed.
    #[test]
    fn the_key_of_a_seed_is_known() {
        let key = Testbed::from_seed(1, NOW).key(Algorithm::RSA_2048, "pinned");
        let hex: String = key
            .key_id()
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        assert_eq!(hex, "1b47cdb253e0c79ec182d71b3816e16d43754518");
    }
}
