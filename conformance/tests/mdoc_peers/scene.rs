//! An issuer with its signer, a phone, and what it is told to present.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tashika_testbed::mdoc::elements::{
    COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE, LICENCE, LICENCE_NAME_SPACE, portrait,
};
use tashika_testbed::mdoc::{Authority, Transcript};
use tashika_testbed::{Algorithm, KeyPair, Rng, oid};

use Keys::{P256, P384, RootP384};

pub(crate) const DAY: i64 = 86_400;

/// Which document is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Document {
    /// A mobile driving licence.
    Licence,
    /// The My Number Card in a phone.
    Card,
}

/// Which curves the issuer's keys are on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    P256,
    /// The root on P-384, the signer on P-256.
    RootP384,
    P384,
}

pub(crate) struct Scene {
    pub(crate) document: Document,
    pub(crate) keys: Keys,
    /// The machine's clock, since isomdl reads no other.
    pub(crate) now: i64,
    authority: Authority,
    signer: KeyPair,
    device: KeyPair,
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

/// The reader's ephemeral key, where a MAC is made for it.
pub(crate) const READER_KEY: [u8; 32] = [1; 32];

impl Scene {
    pub(crate) fn all() -> Vec<Self> {
        let documents = [Document::Licence, Document::Card].into_iter();
        let scene = |document| [P256, RootP384, P384].map(|keys| Self::new(document, keys));
        documents.flat_map(scene).collect()
    }

    fn new(document: Document, keys: Keys) -> Self {
        let (root, signer) = match keys {
            P256 => (Algorithm::P256, Algorithm::P256),
            RootP384 => (Algorithm::P384, Algorithm::P256),
            P384 => (Algorithm::P384, Algorithm::P384),
        };
        let mut rng = Rng::from_seed(18013);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0));
        let root = KeyPair::generate(root, &mut rng);
        Self {
            document,
            keys,
            now,
            authority: authority(document, root, now),
            signer: KeyPair::generate(signer, &mut rng),
            device: KeyPair::generate(Algorithm::P256, &mut rng),
        }
    }

    /// A document of an adult, signed twenty days ago and valid for thirty.
    pub(crate) fn order(&self, signer: Signer) -> Value {
        let key = match signer {
            Signer::OtherKey => &self.device,
            Signer::Sound | Signer::Expired | Signer::Purposeless => &self.signer,
        };
        json!({
            "op": "issue",
            "doctype": self.document.doctype(),
            "name_spaces": self.document.elements(),
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
            "transcript": transcript("nonce"),
        })
    }

    /// Asks about what came of an order: whether it is what was asked for, was
    /// issued under the root, and was presented over the order's transcript.
    pub(crate) fn question(&self, order: &Value, response: &[u8]) -> Value {
        let requested = match &order["requested"] {
            Value::Null => names(&order["name_spaces"]),
            some => some.clone(),
        };
        let mut question = json!({
            "op": "verify",
            "target": STANDARD.encode(response),
            "transcript": order["transcript"],
            "anchors": [STANDARD.encode(self.anchor())],
            "doctype": self.document.doctype(),
            "requested": requested,
            "time": self.now,
        });
        if order["reader_private_key"].is_string() {
            question["reader_private_key"] = order["reader_private_key"].clone();
        }
        question
    }

    /// The issuer's root.
    pub(crate) fn anchor(&self) -> Vec<u8> {
        self.authority.certificate().to_vec()
    }

    /// An anchor of the right name with another key.
    pub(crate) fn other_root(&self) -> String {
        let other = authority(self.document, self.device.clone(), self.now);
        STANDARD.encode(other.certificate())
    }

    fn signer_certificate(&self, signer: Signer) -> Vec<u8> {
        let certificate = self.authority.document_signer(&self.signer);
        let certificate = match signer {
            Signer::Sound | Signer::OtherKey => certificate,
            Signer::Expired => certificate.not_after(self.now - DAY),
            Signer::Purposeless => {
                certificate.extensions(|list| list.remove(oid::EXTENDED_KEY_USAGE))
            }
        };
        certificate.sign(self.authority.key())
    }
}

fn authority(document: Document, key: KeyPair, now: i64) -> Authority {
    match document {
        Document::Licence => Authority::mdl(key, now),
        Document::Card => Authority::japan(key, now),
    }
}

impl Document {
    pub(crate) fn doctype(self) -> &'static str {
        match self {
            Self::Licence => LICENCE,
            Self::Card => JAPAN,
        }
    }

    fn elements(self) -> Value {
        let birth_date = json!({"full_date": "1971-09-01"});
        let portrait = json!({"bytes": STANDARD.encode(portrait(1_000))});
        match self {
            Self::Licence => json!({LICENCE_NAME_SPACE: {
                "family_name": "山田",
                "given_name": "花子",
                "birth_date": birth_date,
                "issue_date": {"full_date": "2024-04-01"},
                "expiry_date": {"full_date": "2029-03-31"},
                "issuing_country": "US",
                "issuing_authority": "TEST Department",
                "document_number": "TEST-0000001",
                "portrait": portrait,
                "driving_privileges": [{"map": {
                    "vehicle_category_code": "B",
                    "issue_date": {"full_date": "2024-04-01"},
                    "expiry_date": {"full_date": "2029-03-31"},
                }}],
                "un_distinguishing_sign": "USA",
                "sex": 1,
                "age_over_18": true,
                "age_over_21": true,
            }}),
            Self::Card => json!({
                JAPAN_NAME_SPACE: {
                    "full_name_unicode": "山田　花子",
                    "resident_address_unicode": "東京都千代田区一番町１－１",
                    "local_gov_code_unicode": "131016",
                    "birth_date_unicode": "1971年9月1日",
                    "sex_unicode": "女",
                    "portrait": portrait,
                },
                COMMON_NAME_SPACE: {
                    "birth_date": birth_date,
                    "sex": 2,
                    "age_over_20": true,
                },
            }),
        }
    }
}

/// Every element's name, by namespace.
pub(crate) fn names(name_spaces: &Value) -> Value {
    let name_spaces = name_spaces.as_object().into_iter().flatten();
    let names = name_spaces.map(|(name_space, elements)| {
        let elements = elements.as_object().into_iter().flatten();
        let elements: Vec<_> = elements.map(|(name, _)| name).collect();
        (name_space.clone(), json!(elements))
    });
    Value::Object(names.collect())
}

/// That of a flow that all of them know.
pub(crate) fn transcript(nonce: &str) -> String {
    let transcript = Transcript::openid4vp_dc_api("https://rp.test.example", nonce, None);
    STANDARD.encode(transcript.encode())
}
