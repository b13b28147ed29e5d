//! Issuing: items, the mobile security object (MSO), and the signature over it.

use super::{Cbor, Chain, Elements, Mdoc, Sign1};
use crate::{Credential, Hash, PublicKey, Rng, mdoc::CoseKey};

/// A document before anything of it is digested. ISO/IEC 18013-5, 9.1.2.
///
/// The steps follow each other as types: what is changed here is digested, what is
/// changed in [`Digested`] is signed, what is changed in [`Mdoc`] is neither.
#[derive(Clone, Debug)]
pub struct Issuance {
    doc_type: String,
    name_spaces: Vec<(String, Vec<Cbor>)>,
    decoys: Vec<Decoy>,
    hash: Hash,
    device_key: Cbor,
    key_authorizations: Option<Cbor>,
    key_info: Option<Cbor>,
    validity: Cbor,
    status: Option<Cbor>,
}

/// A digest of nothing that is in the document.
#[derive(Clone, Debug)]
struct Decoy {
    name_space: String,
    id: u64,
    seed: Vec<u8>,
}

/// How many digests beside those of its items a namespace has.
const DECOYS: usize = 3;

impl Issuance {
    /// A document of these elements for the key of a device, signed at `signed` (unix
    /// seconds) and valid from then for `valid_for` seconds; SHA-256, decoy digests in
    /// every namespace, no status. `rng` gives what is random.
    #[must_use]
    pub fn new(
        doc_type: &str,
        elements: &Elements,
        device: &PublicKey,
        (signed, valid_for): (i64, i64),
        mut rng: Rng,
    ) -> Self {
        let mut name_spaces = Vec::new();
        let mut decoys = Vec::new();
        for (name_space, elements) in elements.iter() {
            let mut ids = shuffled(elements.len() + DECOYS, &mut rng).into_iter();
            let item = |(name, value): &(String, Cbor)| {
                let id = ids.next().unwrap_or_default();
                item(id, rng.bytes(32), name, value.clone())
            };
            let items = elements.iter().map(item).collect();
            name_spaces.push((name_space.to_owned(), items));
            decoys.extend(ids.map(|id| Decoy {
                name_space: name_space.to_owned(),
                id,
                seed: rng.bytes(64),
            }));
        }
        Self {
            doc_type: doc_type.to_owned(),
            name_spaces,
            decoys,
            hash: Hash::Sha256,
            device_key: CoseKey::of(device),
            key_authorizations: None,
            key_info: None,
            validity: validity(signed, signed, signed + valid_for),
            status: None,
        }
    }

    /// The document type of the MSO, and of the document where it is presented.
    #[must_use]
    pub fn doc_type(mut self, doc_type: &str) -> Self {
        self.doc_type = doc_type.to_owned();
        self
    }

    /// The digest algorithm.
    #[must_use]
    pub fn hash(mut self, hash: Hash) -> Self {
        self.hash = hash;
        self
    }

    /// Without digests of what is not there.
    #[must_use]
    pub fn without_decoys(mut self) -> Self {
        self.decoys.clear();
        self
    }

    /// deviceKey: any COSE_Key.
    #[must_use]
    pub fn device_key(mut self, key: Cbor) -> Self {
        self.device_key = key;
        self
    }

    /// keyAuthorizations, of namespaces and of single elements: what the device may
    /// sign for itself.
    #[must_use]
    pub fn authorize(self, name_spaces: &[&str], elements: &[(&str, &[&str])]) -> Self {
        let mut map = Cbor::empty_map();
        if !name_spaces.is_empty() {
            map.set("nameSpaces", texts(name_spaces));
        }
        if !elements.is_empty() {
            let entry = |(name, ids): &(&str, &[&str])| (Cbor::from(*name), texts(ids));
            map.set(
                "dataElements",
                Cbor::Map(elements.iter().map(entry).collect()),
            );
        }
        self.key_authorizations(map)
    }

    /// keyAuthorizations of any form.
    #[must_use]
    pub fn key_authorizations(mut self, value: Cbor) -> Self {
        self.key_authorizations = Some(value);
        self
    }

    /// keyInfo.
    #[must_use]
    pub fn key_info(mut self, value: Cbor) -> Self {
        self.key_info = Some(value);
        self
    }

    /// validityInfo: signed, validFrom, validUntil, in unix seconds.
    #[must_use]
    pub fn validity(mut self, signed: i64, from: i64, until: i64) -> Self {
        self.validity = validity(signed, from, until);
        self
    }

    /// expectedUpdate, in unix seconds.
    #[must_use]
    pub fn expected_update(mut self, moment: i64) -> Self {
        self.validity.set("expectedUpdate", Cbor::tdate(moment));
        self
    }

    /// A status list that says whether the document is revoked, and where in it.
    #[must_use]
    pub fn status_list(self, index: u64, uri: &str) -> Self {
        let list = Cbor::map([("idx", Cbor::Unsigned(index)), ("uri", uri.into())]);
        self.status(Cbor::map([("status_list", list)]))
    }

    /// An identifier list that says the same, and the identifier.
    #[must_use]
    pub fn identifier_list(self, id: &[u8], uri: &str) -> Self {
        let list = Cbor::map([("id", Cbor::from(id)), ("uri", uri.into())]);
        self.status(Cbor::map([("identifier_list", list)]))
    }

    /// status of any form.
    #[must_use]
    pub fn status(mut self, value: Cbor) -> Self {
        self.status = Some(value);
        self
    }

    /// Change an item: a map of digestID, random, elementIdentifier and elementValue,
    /// wrapped in tag 24. Its digest follows, under the digestID it then has.
    ///
    /// # Panics
    ///
    /// If there is no such item.
    #[must_use]
    pub fn item(
        mut self,
        name_space: &str,
        element: &str,
        change: impl FnOnce(&mut Cbor) -> &mut Cbor,
    ) -> Self {
        change(self.find(name_space, element));
        self
    }

    /// Write an item twice, the second time changed: two digests of one element.
    ///
    /// # Panics
    ///
    /// If there is no such item.
    #[must_use]
    pub fn item_again(
        mut self,
        name_space: &str,
        element: &str,
        change: impl FnOnce(&mut Cbor) -> &mut Cbor,
    ) -> Self {
        let mut copy = self.find(name_space, element).clone();
        change(&mut copy);
        let mut all = self.name_spaces.iter_mut();
        if let Some((_, items)) = all.find(|(name, _)| name == name_space) {
            items.push(copy);
        }
        self
    }

    /// Digest the items.
    ///
    /// # Panics
    ///
    /// If an item is no map any more.
    #[must_use]
    pub fn digest(&self) -> Digested {
        let mut mso = Cbor::map([
            ("version", Cbor::from("1.0")),
            ("digestAlgorithm", hash_name(self.hash).into()),
            ("valueDigests", self.value_digests()),
            ("deviceKeyInfo", self.device_key_info()),
            ("docType", self.doc_type.as_str().into()),
            ("validityInfo", self.validity.clone()),
        ]);
        if let Some(status) = &self.status {
            mso.set("status", status.clone());
        }
        let items = |(name, items): &(String, Vec<Cbor>)| {
            (Cbor::from(name.as_str()), Cbor::Array(items.clone()))
        };
        Digested {
            doc_type: self.doc_type.clone(),
            name_spaces: Cbor::Map(self.name_spaces.iter().map(items).collect()),
            mso: Cbor::tag24(mso),
        }
    }

    /// Digest and sign, nothing changed in between.
    ///
    /// # Panics
    ///
    /// If the signer's key is RSA.
    #[must_use]
    pub fn sign(&self, signer: &Credential) -> Mdoc {
        self.digest().sign(signer)
    }

    fn find(&mut self, name_space: &str, element: &str) -> &mut Cbor {
        let is = |item: &Cbor| {
            item.get("elementIdentifier")
                .and_then(|e| e.as_text().map(str::to_owned))
                == Some(element.to_owned())
        };
        self.name_spaces
            .iter_mut()
            .filter(|(name, _)| name == name_space)
            .flat_map(|(_, items)| items)
            .find(|item| is(item))
            .unwrap_or_else(|| panic!("no item {element}"))
    }

    fn value_digests(&self) -> Cbor {
        let of_name_space = |(name, items): &(String, Vec<Cbor>)| {
            let digest = |bytes: &[u8]| Cbor::from(self.hash.digest(bytes));
            let id = |item: &Cbor| item.get("digestID").unwrap_or_else(|| panic!("a digestID"));
            let mut digests: Vec<_> = items
                .iter()
                .map(|item| (id(item), digest(&item.encode())))
                .collect();
            let decoys = self.decoys.iter().filter(|decoy| decoy.name_space == *name);
            digests.extend(decoys.map(|decoy| (Cbor::Unsigned(decoy.id), digest(&decoy.seed))));
            digests.sort_by_key(|(id, _)| id.as_integer());
            (Cbor::from(name.as_str()), Cbor::Map(digests))
        };
        Cbor::Map(self.name_spaces.iter().map(of_name_space).collect())
    }

    fn device_key_info(&self) -> Cbor {
        let mut info = Cbor::map([("deviceKey", self.device_key.clone())]);
        for (name, value) in [
            ("keyAuthorizations", &self.key_authorizations),
            ("keyInfo", &self.key_info),
        ] {
            if let Some(value) = value {
                info.set(name, value.clone());
            }
        }
        info
    }
}

/// A document whose items are digested and whose MSO is not signed yet.
#[derive(Clone, Debug)]
pub struct Digested {
    doc_type: String,
    name_spaces: Cbor,
    mso: Cbor,
}

impl Digested {
    /// Change the MSO, a map wrapped in tag 24.
    #[must_use]
    pub fn mso(mut self, change: impl FnOnce(&mut Cbor) -> &mut Cbor) -> Self {
        change(&mut self.mso);
        self
    }

    /// Change the items, by namespace and position; their digests do not follow.
    #[must_use]
    pub fn items(mut self, change: impl FnOnce(&mut Cbor) -> &mut Cbor) -> Self {
        change(&mut self.name_spaces);
        self
    }

    /// Sign with the certificate in the unprotected header.
    ///
    /// # Panics
    ///
    /// If the signer's key is RSA.
    #[must_use]
    pub fn sign(&self, signer: &Credential) -> Mdoc {
        self.sign_with(signer, |sign1| sign1)
    }

    /// The same with a change to how it is signed.
    ///
    /// # Panics
    ///
    /// If the signer's key is RSA.
    #[must_use]
    pub fn sign_with(&self, signer: &Credential, change: impl FnOnce(Sign1) -> Sign1) -> Mdoc {
        let sign1 = Sign1::new(self.mso.encode()).chain(&Chain::One(signer.certificate().to_vec()));
        let issuer_auth = change(sign1).sign(signer.key());
        Mdoc::new(
            &self.doc_type,
            Cbor::map([
                ("nameSpaces", self.name_spaces.clone()),
                ("issuerAuth", issuer_auth),
            ]),
        )
    }
}

fn item(id: u64, random: Vec<u8>, name: &str, value: Cbor) -> Cbor {
    Cbor::tag24(Cbor::map([
        ("digestID", Cbor::Unsigned(id)),
        ("random", random.into()),
        ("elementIdentifier", name.into()),
        ("elementValue", value),
    ]))
}

fn validity(signed: i64, from: i64, until: i64) -> Cbor {
    Cbor::map([
        ("signed", Cbor::tdate(signed)),
        ("validFrom", Cbor::tdate(from)),
        ("validUntil", Cbor::tdate(until)),
    ])
}

fn texts(all: &[&str]) -> Cbor {
    Cbor::Array(all.iter().map(|text| Cbor::from(*text)).collect())
}

fn hash_name(hash: Hash) -> &'static str {
    match hash {
        Hash::Sha1 => "SHA-1",
        Hash::Sha256 => "SHA-256",
        Hash::Sha384 => "SHA-384",
        Hash::Sha512 => "SHA-512",
    }
}

/// The numbers from 0 in an order that tells nothing.
fn shuffled(count: usize, rng: &mut Rng) -> Vec<u64> {
    let mut all: Vec<_> = (0..count as u64).map(|id| (rng.bytes(8), id)).collect();
    all.sort();
    all.into_iter().map(|(_, id)| id).collect()
}
