//! The provider's keys.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::jose::VerifyingKey;
use super::json::Object;
use super::settings::IdTokenAlgorithm;
use crate::{Algorithm, KeyPair, Rng};

/// A private key with the name that its public half is published under.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) key: KeyPair,
}

/// All keys of a provider, and some that it must not sign with.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    rng: Rng,
    rotations: u32,
    pub(super) es256: Named,
    pub(super) rs256: Named,
    encryption: Named,
    first: Named,
    /// P-256 keys that were signed with before and are still published.
    old: Vec<Named>,
    /// On P-384.
    pub(super) p384: KeyPair,
    /// On P-256, and published by nobody.
    pub(super) stranger: KeyPair,
}

/// Keys by their seed: a search for primes takes longer than a whole login.
static FOUND: Mutex<BTreeMap<u64, Keys>> = Mutex::new(BTreeMap::new());

impl Keys {
    /// The keys of a seed.
    pub(super) fn of_seed(seed: u64) -> Self {
        let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = found.entry(seed);
        let keys = keys.or_insert_with(|| Self::new(&Rng::from_seed(seed).derive("auth app keys")));
        keys.clone()
    }

    fn new(rng: &Rng) -> Self {
        let key = |label: &str, algorithm| KeyPair::generate(algorithm, &mut rng.derive(label));
        let named = |id: &str, algorithm| Named {
            id: id.to_owned(),
            key: key(id, algorithm),
        };
        let first = named("es-1", Algorithm::P256);
        Self {
            rng: rng.clone(),
            rotations: 1,
            es256: first.clone(),
            first,
            rs256: named("rs-1", Algorithm::RSA_2048),
            encryption: named("enc-1", Algorithm::RSA_2048),
            old: Vec::new(),
            p384: key("p384", Algorithm::P384),
            stranger: key("stranger", Algorithm::P256),
        }
    }

    /// What ID tokens are signed with.
    pub(super) fn id_token(&self, algorithm: IdTokenAlgorithm) -> &Named {
        match algorithm {
            IdTokenAlgorithm::Es256 => &self.es256,
            IdTokenAlgorithm::Rs256 => &self.rs256,
        }
    }

    /// Signs with a new key from now on; the old one stays published or not.
    pub(super) fn rotate(&mut self, old: OldKeys) {
        self.rotations += 1;
        let id = format!("es-{}", self.rotations);
        let key = KeyPair::generate(Algorithm::P256, &mut self.rng.derive(&id));
        let before = std::mem::replace(&mut self.es256, Named { id, key });
        match old {
            OldKeys::Kept => self.old.push(before),
            OldKeys::Withdrawn => self.old.clear(),
        }
    }

    /// The set that is published.
    pub(super) fn published(&self) -> Vec<Object> {
        self.set([&self.es256].into_iter().chain(&self.old))
    }

    /// The set that was published before anything was rotated.
    pub(super) fn of_the_beginning(&self) -> Vec<Object> {
        self.set([&self.first].into_iter())
    }

    fn set<'k>(&self, es256: impl Iterator<Item = &'k Named>) -> Vec<Object> {
        let rsa = [
            jwk(&self.rs256, "sig", "RS256"),
            jwk(&self.encryption, "enc", "RSA-OAEP"),
        ];
        es256
            .map(|key| jwk(key, "sig", "ES256"))
            .chain(rsa)
            .collect()
    }
}

/// What becomes of keys that are no longer signed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OldKeys {
    /// They are published no longer.
    #[default]
    Withdrawn,
    /// They stay published.
    Kept,
}

fn jwk(named: &Named, use_: &str, algorithm: &str) -> Object {
    let object = Object::new()
        .with("kid", named.id.as_str())
        .with("use", use_)
        .with("alg", algorithm);
    let members = VerifyingKey::of(&named.key).map(|key| key.jwk());
    let members = members.unwrap_or_default();
    let all = members.members().iter();
    all.fold(object, |object, (name, value)| {
        object.with(name, value.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn ids(keys: &Keys) -> Vec<Value> {
        let published = keys.published();
        published
            .iter()
            .map(|key| key.get("kid").unwrap().clone())
            .collect()
    }

    #[test]
    fn old_keys_go_or_stay() {
        let mut keys = Keys::new(&Rng::from_seed(1));
        assert_eq!(ids(&keys), ["es-1", "rs-1", "enc-1"]);
        let first = keys.es256.key.public();
        keys.rotate(OldKeys::Kept);
        assert_eq!(ids(&keys), ["es-2", "es-1", "rs-1", "enc-1"]);
        assert_ne!(keys.es256.key.public(), first);
        keys.rotate(OldKeys::Withdrawn);
        assert_eq!(ids(&keys), ["es-3", "rs-1", "enc-1"]);
    }
}
