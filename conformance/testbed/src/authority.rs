//! A certification authority of one kind and one key generation.

use crate::{
    Algorithm, CertificateBuilder, Credential, CrlBuilder, Extension, Hash,
    IssuingDistributionPoint, KeyPair, Kind, Municipality, Name, Person, Profile,
    calendar::{
        DAY, date_in_japan, end_of_date_in_japan, end_of_day_in_japan, japan_text, years_after,
    },
    profile::IssuerId,
};

/// A key generation. All generations of a kind share one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// Expired some months ago.
    First,
    /// Valid, no longer issuing.
    Second,
    /// Valid and issuing.
    Third,
}

impl Generation {
    /// All three.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];
}

/// What a certificate is issued with, apart from its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The magnitude of the serial number.
    pub serial: Vec<u8>,
    /// notBefore in unix seconds.
    pub not_before: i64,
    /// notAfter in unix seconds.
    pub not_after: i64,
    /// The number that tells apart holders of one second and one municipality.
    pub sequence: u32,
}

impl Terms {
    /// Issued at a moment, valid to the end of the fifth birthday after it in Japan
    /// (of the day five years later where the birthday is not known).
    #[must_use]
    pub fn issued(at: i64, person: &Person, serial: &[u8], sequence: u32) -> Self {
        let not_after = fifth_birthday(at, person);
        Self {
            serial: serial.to_vec(),
            not_before: at,
            not_after,
            sequence,
        }
    }
}

fn fifth_birthday(at: i64, person: &Person) -> i64 {
    let fifth = |(month, day)| {
        let (year, now_month, now_day) = date_in_japan(at);
        let years = if (now_month, now_day) < (month, day) {
            4
        } else {
            5
        };
        let day = if (month, day) == (2, 29) { 28 } else { day };
        end_of_date_in_japan(year + years, month, day)
    };
    let unknown = || end_of_day_in_japan(years_after(at, 5));
    person.birthday().and_then(fifth).unwrap_or_else(unknown)
}

/// A root key with its certificate: what issues leaves and lists.
#[derive(Clone, Debug)]
pub struct Authority {
    kind: Kind,
    profile: Profile,
    serial: Vec<u8>,
    validity: (i64, i64),
    key: KeyPair,
    certificate: Vec<u8>,
}

impl Authority {
    /// A self-signed root. `serial` is a magnitude, `validity` in unix seconds.
    #[must_use]
    pub fn new(
        kind: Kind,
        profile: &Profile,
        key: KeyPair,
        serial: &[u8],
        validity: (i64, i64),
    ) -> Self {
        let mut authority = Self {
            kind,
            profile: profile.clone(),
            serial: serial.to_vec(),
            validity,
            key,
            certificate: Vec::new(),
        };
        authority.certificate = authority.root().sign(&authority.key);
        authority
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The profile it issues by.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Its private key.
    #[must_use]
    pub fn key(&self) -> &KeyPair {
        &self.key
    }

    /// Its self-signed certificate in DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The magnitude of its certificate's serial number.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// notBefore and notAfter of its certificate.
    #[must_use]
    pub fn validity(&self) -> (i64, i64) {
        self.validity
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Name {
        self.profile.authority(self.kind)
    }

    /// The distribution point of a municipality's partition.
    #[must_use]
    pub fn distribution_point(&self, municipality: Municipality) -> Name {
        self.profile.distribution_point(self.kind, municipality)
    }

    /// Its own certificate before it is signed.
    #[must_use]
    pub fn root(&self) -> CertificateBuilder {
        let (from, to) = self.validity;
        let extensions = self.profile.root_extensions(self.kind, &self.key.key_id());
        CertificateBuilder::new(self.name(), &self.key)
            .serial(&self.serial)
            .validity(from, to)
            .extensions(|list| {
                *list = extensions;
                list
            })
    }

    /// The same authority under another certificate, which is its defect.
    #[must_use]
    pub fn with_certificate(&self, certificate: Vec<u8>) -> Self {
        Self {
            certificate,
            ..self.clone()
        }
    }

    /// A cardholder's certificate for `key` before it is signed (with [`Self::key`],
    /// or with another where that is the defect).
    #[must_use]
    pub fn leaf(&self, person: &Person, key: &KeyPair, terms: &Terms) -> CertificateBuilder {
        let common_name = self.common_name(person, key, terms);
        let subject = self
            .profile
            .subject(self.kind, person.municipality, &common_name);
        let issuer = IssuerId {
            key_id: &self.key.key_id(),
            serial: &self.serial,
        };
        let key_id = key.key_id();
        let extensions = self
            .profile
            .leaf_extensions(self.kind, person, &key_id, &issuer);
        CertificateBuilder::new(self.name(), key)
            .serial(&terms.serial)
            .validity(terms.not_before, terms.not_after)
            .subject(subject)
            .extensions(|list| {
                *list = extensions;
                list
            })
    }

    /// Issue a cardholder's certificate for `key`.
    #[must_use]
    pub fn issue(&self, person: &Person, key: KeyPair, terms: &Terms) -> Credential {
        let certificate = self.leaf(person, &key, terms).sign(&self.key);
        Credential::new(key, certificate, self.name(), &terms.serial)
    }

    /// The list of a municipality's partition, complete but for entries: signed by
    /// [`Self::key`] it is valid for two days.
    #[must_use]
    pub fn list(&self, municipality: Municipality, number: u64, this_update: i64) -> CrlBuilder {
        let scope = IssuingDistributionPoint::of(self.distribution_point(municipality));
        CrlBuilder::new(self.name(), this_update, this_update + 2 * DAY)
            .extension(Extension::authority_key_id(&self.key.key_id()))
            .number(number)
            .scope(&scope)
    }

    /// Which algorithm it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// As long as the common names of the certificates measured.
    fn common_name(&self, person: &Person, key: &KeyPair, terms: &Terms) -> String {
        let place = person.municipality.code;
        match self.kind {
            Kind::Signing => {
                let time = japan_text(terms.not_before);
                format!("{time}{:05}{place}003A", terms.sequence % 100_000)
            }
            Kind::Authentication => format!("{}{place}003A", pseudonym(key)),
        }
    }
}

/// Fourteen digits and capital letters that say nothing.
fn pseudonym(key: &KeyPair) -> String {
    let digest = Hash::Sha256.digest(&key.public_bits());
    let symbol = |byte: u8| char::from_digit(u32::from(byte) % 36, 36).unwrap_or('0');
    digest
        .into_iter()
        .take(14)
        .map(|byte| symbol(byte).to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::moment;

    fn not_after(birth_date: &str, at: i64) -> i64 {
        let person = Person::new("あ　い", birth_date, "1", "う", Municipality::UJI);
        Terms::issued(at, &person, &[1], 0).not_after
    }

    #[test]
    fn certificates_end_on_the_fifth_birthday() {
        let issued = moment(2025, 10, 27, 1, 35, 57);
        assert_eq!(
            not_after("319800217", issued),
            moment(2030, 2, 17, 14, 59, 59)
        );
        assert_eq!(
            not_after("319801231", issued),
            moment(2029, 12, 31, 14, 59, 59)
        );
        assert_eq!(
            not_after("420040229", issued),
            moment(2030, 2, 28, 14, 59, 59)
        );
        assert_eq!(
            not_after("400000000", issued),
            moment(2030, 10, 27, 14, 59, 59)
        );
    }
}
