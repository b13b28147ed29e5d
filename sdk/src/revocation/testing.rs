//! An issuer for tests: its own writer of DER, its own keys, real signatures.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

use crate::algorithm::AlgorithmTable;
use crate::code::Code;
use crate::revocation::{CertificateList, RevocationQuery, VerifiedList};
use crate::time::Time;
use crate::trust::{Environment, Purpose, TrustStore};
use crate::x509::{
    AuthorityKeyRule, ExtendedKeyUsageRule, Issued, KeyUsageRule, LeafProfile, OneHop, PolicyRule,
};

/// A directory in memory where there is one: what is tested is not the disk.
#[cfg(feature = "index")]
pub(crate) fn temporary() -> tempfile::TempDir {
    let in_memory = tempfile::tempdir_in("/dev/shm");
    in_memory.or_else(|_| tempfile::tempdir()).unwrap()
}

/// One element in DER.
pub(crate) fn tlv(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let contents = parts.concat();
    let length = contents.len();
    let mut der = vec![tag];
    let octets = length.to_be_bytes();
    let octets = &octets[octets.iter().take_while(|o| **o == 0).count()..];
    match octets {
        [] => der.push(0),
        [short @ 0..0x80] => der.push(*short),
        long => {
            der.push(0x80 | u8::try_from(long.len()).unwrap());
            der.extend(long);
        }
    }
    der.extend(contents);
    der
}

/// An INTEGER with these contents, well-formed or not.
pub(crate) fn integer(contents: &[u8]) -> Vec<u8> {
    tlv(0x02, &[contents.to_vec()])
}

/// GeneralizedTime.
pub(crate) fn time(time: Time) -> Vec<u8> {
    let text: String = time
        .to_string()
        .chars()
        .filter(|c| !matches!(c, '-' | ':' | 'T'))
        .collect();
    tlv(0x18, &[text.into_bytes()])
}

/// An extension; `oid` is the contents of the identifier.
pub(crate) fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let mut fields = vec![tlv(0x06, &[oid.to_vec()])];
    if critical {
        fields.push(vec![0x01, 0x01, 0xff]);
    }
    fields.push(tlv(0x04, &[value.to_vec()]));
    tlv(0x30, &fields)
}

/// 2.5.29.`number`.
pub(crate) fn id_ce(number: u8) -> [u8; 3] {
    [0x55, 0x1d, number]
}

/// A name with one common name.
pub(crate) fn name(common_name: &str) -> Vec<u8> {
    let value = tlv(0x0c, &[common_name.as_bytes().to_vec()]);
    let attribute = tlv(0x30, &[tlv(0x06, &[vec![0x55, 0x04, 0x03]]), value]);
    tlv(0x30, &[tlv(0x31, &[attribute])])
}

/// A `GeneralName` with a directory name.
pub(crate) fn directory(common_name: &str) -> Vec<u8> {
    tlv(0xa4, &[name(common_name)])
}

/// A `GeneralName` with a URI.
pub(crate) fn uri(uri: &str) -> Vec<u8> {
    tlv(0x86, &[uri.as_bytes().to_vec()])
}

/// `distributionPoint [0]` with full names.
pub(crate) fn full_name(names: &[Vec<u8>]) -> Vec<u8> {
    tlv(0xa0, &[tlv(0xa0, names)])
}

/// The value of CRL distribution points with one point of these names.
pub(crate) fn one_point(names: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &[tlv(0x30, &[full_name(names)])])
}

/// ecdsa-with-SHA256.
fn algorithm() -> Vec<u8> {
    let oid = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02].to_vec();
    tlv(0x30, &[tlv(0x06, &[oid])])
}

/// A CA with one key.
pub(crate) struct Ca {
    name: String,
    key: EcdsaKeyPair,
    pub(crate) certificate: Vec<u8>,
}

/// What a list says; changed field by field to break one thing.
#[derive(Clone, Debug)]
pub(crate) struct ListFields {
    pub(crate) issuer: Vec<u8>,
    pub(crate) this_update: Time,
    pub(crate) next_update: Option<Time>,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) extensions: Vec<Vec<u8>>,
}

pub(crate) const KEY_USAGE_CA: [u8; 2] = [0x01, 0x06];
pub(crate) const KEY_USAGE_CERTIFICATES_ONLY: [u8; 2] = [0x02, 0x04];

/// The time at which tests ask.
pub(crate) fn now() -> Time {
    "2026-04-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn time_at(text: &str) -> Time {
    text.parse().unwrap()
}

impl Ca {
    pub(crate) fn new(name: &str) -> Self {
        Self::with_key_usage(name, KEY_USAGE_CA)
    }

    pub(crate) fn with_key_usage(common_name: &str, usage: [u8; 2]) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let mut ca = Self {
            name: common_name.to_owned(),
            key,
            certificate: Vec::new(),
        };
        let ca_true = tlv(0x30, &[vec![0x01, 0x01, 0xff]]);
        let extensions = [
            extension(&id_ce(15), true, &tlv(0x03, &[usage.to_vec()])),
            extension(&id_ce(19), true, &ca_true),
            extension(&id_ce(14), false, &tlv(0x04, &[ca.key_identifier()])),
        ];
        ca.certificate = ca.issue(&[1], &extensions);
        ca
    }

    /// The contents of the key's BIT STRING.
    pub(crate) fn key_bits(&self) -> &[u8] {
        self.key.public_key().as_ref()
    }

    pub(crate) fn key_identifier(&self) -> Vec<u8> {
        let key = self.key.public_key().as_ref();
        crate::trust::sha256(&[key])[..20].to_vec()
    }

    /// A test store with these CAs as anchors of `purpose`.
    pub(crate) fn trust(cas: &[&Self], purpose: Purpose) -> TrustStore {
        let builder = TrustStore::builder(Environment::Test);
        let add = |builder: crate::trust::TrustStoreBuilder, ca: &&Self| {
            builder.anchor(purpose, &ca.certificate).unwrap()
        };
        cas.iter().fold(builder, add).build().unwrap()
    }

    /// A leaf with this serial number and these distribution points.
    pub(crate) fn leaf(&self, serial: &[u8], points: Option<&[u8]>) -> Vec<u8> {
        let points = points.map(|p| extension(&id_ce(31), false, p));
        self.leaf_with(serial, points.into_iter().collect())
    }

    pub(crate) fn leaf_with(&self, serial: &[u8], mut extensions: Vec<Vec<u8>>) -> Vec<u8> {
        extensions.push(self.authority_key());
        self.issue(serial, &extensions)
    }

    /// The leaf checked against this CA alone.
    pub(crate) fn issued(&self, der: &[u8], purpose: Purpose) -> Issued {
        let profile = LeafProfile {
            name: "test".to_owned(),
            authority_key: AuthorityKeyRule::Required,
            key_usage: KeyUsageRule::DangerAnyLeaf,
            extended_key_usage: ExtendedKeyUsageRule::DangerAny,
            policies: PolicyRule::DangerAny,
        };
        let trust = Self::trust(&[self], purpose);
        let check = OneHop::new(trust, purpose, profile, AlgorithmTable::standard());
        check.check(der, now()).unwrap()
    }

    pub(crate) fn query(&self, serial: &[u8], points: Option<&[u8]>) -> RevocationQuery {
        let leaf = self.leaf(serial, points);
        RevocationQuery::of(&self.issued(&leaf, Purpose::JpkiSigning)).unwrap()
    }

    /// A list of today with a number and the scope `names`, without entries.
    pub(crate) fn list(&self, number: u8, names: &[Vec<u8>]) -> ListFields {
        let mut list = self.unscoped_list(number);
        let scope = tlv(0x30, &[full_name(names)]);
        list.extensions.push(extension(&id_ce(28), true, &scope));
        list
    }

    /// A list of today with a number, without a scope and without entries.
    pub(crate) fn unscoped_list(&self, number: u8) -> ListFields {
        ListFields {
            issuer: name(&self.name),
            this_update: time_at("2026-04-01T00:00:00Z"),
            next_update: Some(time_at("2026-04-02T00:00:00Z")),
            entries: Vec::new(),
            extensions: vec![
                self.authority_key(),
                extension(&id_ce(20), false, &integer(&[number])),
            ],
        }
    }

    pub(crate) fn sign_list(&self, list: &ListFields) -> Vec<u8> {
        self.sign_list_body(&list.body())
    }

    /// `body` is the contents of the TBSCertList.
    pub(crate) fn sign_list_body(&self, body: &[Vec<u8>]) -> Vec<u8> {
        self.sign(&tlv(0x30, body))
    }

    pub(crate) fn verified(&self, list: &ListFields) -> VerifiedList {
        self.verify(&self.sign_list(list)).unwrap()
    }

    pub(crate) fn verify(&self, der: &[u8]) -> Result<VerifiedList, Code> {
        let purpose = Purpose::JpkiSigning;
        let trust = Self::trust(&[self], purpose);
        let list = CertificateList::from_der(der).map_err(|e| e.code())?;
        list.verify(&trust, purpose, &AlgorithmTable::standard())
            .map_err(|e| e.code())
    }

    pub(crate) fn authority_key(&self) -> Vec<u8> {
        let identifier = tlv(0x80, &[self.key_identifier()]);
        extension(&id_ce(35), false, &tlv(0x30, &[identifier]))
    }

    fn issue(&self, serial: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
        self.issue_for(self, serial, extensions)
    }

    /// A certificate for the key of `holder`.
    pub(crate) fn issue_for(
        &self,
        holder: &Self,
        serial: &[u8],
        extensions: &[Vec<u8>],
    ) -> Vec<u8> {
        self.issue_for_key(holder.spki(), serial, extensions)
    }

    /// A certificate for the key of this `SubjectPublicKeyInfo`.
    pub(crate) fn issue_for_key(
        &self,
        spki: Vec<u8>,
        serial: &[u8],
        extensions: &[Vec<u8>],
    ) -> Vec<u8> {
        let validity = [
            time(time_at("2025-01-01T00:00:00Z")),
            time(time_at("2027-01-01T00:00:00Z")),
        ];
        let subject = if serial == [1] { &*self.name } else { "leaf" };
        let tbs = [
            tlv(0xa0, &[integer(&[2])]),
            integer(serial),
            algorithm(),
            name(&self.name),
            tlv(0x30, &validity),
            name(subject),
            spki,
            tlv(0xa3, &[tlv(0x30, extensions)]),
        ];
        self.sign(&tlv(0x30, &tbs))
    }

    fn spki(&self) -> Vec<u8> {
        let ec = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01].to_vec();
        let p256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07].to_vec();
        let kind = tlv(0x30, &[tlv(0x06, &[ec]), tlv(0x06, &[p256])]);
        let point = self.key.public_key().as_ref().to_vec();
        tlv(0x30, &[kind, tlv(0x03, &[vec![0], point])])
    }

    pub(crate) fn sign(&self, tbs: &[u8]) -> Vec<u8> {
        let signature = self.key.sign(&SystemRandom::new(), tbs).unwrap();
        let signature = tlv(0x03, &[vec![0], signature.as_ref().to_vec()]);
        tlv(0x30, &[tbs.to_vec(), algorithm(), signature])
    }
}

impl ListFields {
    /// Adds a revoked certificate.
    pub(crate) fn revoking(mut self, serial: &[u8], reason: u8) -> Self {
        let code = extension(&id_ce(21), false, &[0x0a, 0x01, reason]);
        let date = time(time_at("2026-03-01T00:00:00Z"));
        let fields = [integer(serial), date, tlv(0x30, &[code])];
        self.entries.push(tlv(0x30, &fields));
        self
    }

    /// Leaves out the extension 2.5.29.`number`.
    pub(crate) fn without(mut self, number: u8) -> Self {
        let oid = tlv(0x06, &[id_ce(number).to_vec()]);
        self.extensions
            .retain(|e| !e.windows(oid.len()).any(|w| w == oid));
        self
    }

    pub(crate) fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    /// The contents of the TBSCertList.
    pub(crate) fn body(&self) -> Vec<Vec<u8>> {
        let mut body = vec![
            integer(&[1]),
            algorithm(),
            self.issuer.clone(),
            time(self.this_update),
        ];
        body.extend(self.next_update.map(time));
        if !self.entries.is_empty() {
            body.push(tlv(0x30, &self.entries));
        }
        if !self.extensions.is_empty() {
            body.push(tlv(0xa0, &[tlv(0x30, &self.extensions)]));
        }
        body
    }
}
