//! An issuer with its signer, a phone, and a transcript between it and a reader.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tashika_testbed::{Algorithm, CertificateBuilder, Extension, GeneralName, KeyPair, Name, Rng};

pub(crate) const DAY: i64 = 86_400;
pub(crate) const DOCTYPE: &str = "org.iso.18013.5.1.mDL";
pub(crate) const NAMESPACE: &str = "org.iso.18013.5.1";
/// mdlDS (ISO/IEC 18013-5, table B.3).
const DOCUMENT_SIGNER: &[u64] = &[1, 0, 18013, 5, 1, 2];

/// [null, null, ["OpenID4VPDCAPIHandover", 32 octets]]: a flow that all of them know.
const TRANSCRIPT: &[u8] = b"\x83\xf6\xf6\x82\x76OpenID4VPDCAPIHandover\x58\x20";

pub(crate) struct Scene {
    /// The machine's clock, since isomdl reads no other.
    pub(crate) now: i64,
    root: KeyPair,
    signer: KeyPair,
    device: KeyPair,
    reader: [u8; 32],
}

/// What a signer's certificate is.
#[derive(Clone, Copy)]
pub(crate) enum Signer {
    Sound,
    /// Valid until yesterday.
    Expired,
    /// Without the purpose of signing documents.
    Purposeless,
    /// Sound, while the document is signed with a key that is not its own.
    OtherKey,
}

impl Scene {
    pub(crate) fn new(root: Algorithm, signer: Algorithm) -> Self {
        let mut rng = Rng::from_seed(18013);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            now: since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0)),
            root: KeyPair::generate(root, &mut rng),
            signer: KeyPair::generate(signer, &mut rng),
            device: KeyPair::generate(Algorithm::P256, &mut rng),
            reader: [1; 32],
        }
    }

    /// A document of an adult, signed twenty days ago and valid for thirty,
    /// presented over transcript 0.
    pub(crate) fn order(&self, signer: Signer) -> Value {
        let key = match signer {
            Signer::OtherKey => &self.device,
            Signer::Sound | Signer::Expired | Signer::Purposeless => &self.signer,
        };
        json!({
            "op": "issue",
            "doctype": DOCTYPE,
            "name_spaces": {NAMESPACE: {
                "family_name": "山田",
                "birth_date": {"full_date": "1971-09-01"},
                "portrait": {"bytes": STANDARD.encode([0xFF, 0xD8, 0xFF])},
                "sex": 1,
                "age_over_20": true,
                "issuing_country": "JP",
            }},
            "signer": {
                "certificates": [STANDARD.encode(self.signer_certificate(signer))],
                "key": STANDARD.encode(key.pkcs8()),
            },
            "device_key": STANDARD.encode(self.device.pkcs8()),
            "kid": "1",
            "validity": {
                "signed": self.now - 20 * DAY,
                "valid_from": self.now - 20 * DAY,
                "valid_until": self.now + 10 * DAY,
            },
            "transcript": transcript(0),
        })
    }

    /// Asks about a response over transcript 0.
    pub(crate) fn question(&self, response: &str) -> Value {
        json!({
            "op": "verify",
            "target": response,
            "transcript": transcript(0),
            "anchors": [STANDARD.encode(self.root_certificate(&self.root))],
            "doctype": DOCTYPE,
            "time": self.now,
        })
    }

    /// An anchor of the right name with another key.
    pub(crate) fn other_root(&self) -> String {
        STANDARD.encode(self.root_certificate(&self.device))
    }

    pub(crate) fn reader_key(&self) -> String {
        STANDARD.encode(self.reader)
    }

    fn root_certificate(&self, key: &KeyPair) -> Vec<u8> {
        self.certificate(key, &root_name())
            .extension(Extension::key_usage(&[5, 6]))
            .extension(Extension::basic_constraints(true, Some(0)))
            .sign(key)
    }

    fn signer_certificate(&self, signer: Signer) -> Vec<u8> {
        let name = Name::new()
            .country("JP")
            .common_name("Test document signer");
        let mut certificate = self
            .certificate(&self.signer, &name)
            .serial(&[2])
            .issuer(root_name())
            .extension(Extension::authority(Some(&self.root.key_id()), None))
            .extension(Extension::key_usage(&[0]));
        if !matches!(signer, Signer::Purposeless) {
            let purpose = Extension::extended_key_usage(&[DOCUMENT_SIGNER]);
            certificate = certificate.extension(purpose.critical());
        }
        if matches!(signer, Signer::Expired) {
            certificate = certificate.not_after(self.now - DAY);
        }
        certificate.sign(&self.root)
    }

    /// What all certificates of an issuer have.
    fn certificate(&self, key: &KeyPair, subject: &Name) -> CertificateBuilder {
        let place = |path: &str| GeneralName::uri(&format!("https://iaca.invalid{path}"));
        CertificateBuilder::new(subject, key)
            .validity(self.now - 100 * DAY, self.now + 300 * DAY)
            .extension(Extension::subject_key_id(&key.key_id()))
            .extension(Extension::issuer_alt_name(&[place("/")]))
            .extension(Extension::crl_distribution_points(&[place("/crl")]))
    }
}

pub(crate) fn transcript(number: u8) -> String {
    STANDARD.encode([TRANSCRIPT, &[number; 32]].concat())
}

fn root_name() -> Name {
    Name::new().country("JP").common_name("Test IACA")
}
