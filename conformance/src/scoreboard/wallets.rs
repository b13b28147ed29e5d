//! Inputs: driving licences in phones, and what their holders present.

use tashika_testbed::mdoc::{
    self, Authority, Cbor, CoseKey, Elements, Holder, MdocTestbed, Transcript,
    elements::{LICENCE, LICENCE_NAME_SPACE, portrait},
};
use tashika_testbed::{Algorithm, Credential, KeyPair};

use crate::scoreboard::cards::{NOW, flip};
use crate::scoreboard::contest::Cases;

/// Different enough that no branch predictor or cache learns one of them.
const WALLETS: u32 = 16;

/// Peers have a clock of their own, so that certificates here are valid for ten
/// years before and after the moment of every verification.
const TEN_YEARS: i64 = 10 * 365 * 86_400;

pub(crate) const ENCRYPTION_INFO: &str = "gmVkY2FwaaFl";
pub(crate) const ORIGIN: &str = "https://rp.test.example";

/// Which ten elements are presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Texts, numbers and dates.
    Small,
    /// A portrait of 16 KiB among them.
    Portrait,
}

const ELEMENTS: [&str; 9] = [
    "family_name",
    "given_name",
    "birth_date",
    "issue_date",
    "expiry_date",
    "issuing_country",
    "issuing_authority",
    "document_number",
    "age_over_21",
];

const PORTRAIT: usize = 16 * 1024;

impl Selection {
    pub(crate) fn elements(self) -> impl Iterator<Item = &'static str> {
        let tenth = match self {
            Self::Small => "sex",
            Self::Portrait => "portrait",
        };
        ELEMENTS.into_iter().chain([tenth])
    }
}

/// What is presented of a licence, and apart what had to be signed for it.
#[derive(Clone)]
pub(crate) struct Presentation {
    /// The device response.
    pub(crate) response: Vec<u8>,
    /// The transcript that it was made for, as peers need it.
    #[cfg_attr(not(feature = "peers"), expect(dead_code))]
    pub(crate) transcript: Vec<u8>,
    /// The certificates of the root and of the licence's signer.
    pub(crate) root: Vec<u8>,
    pub(crate) signer: Vec<u8>,
    /// The signer's, over the mobile security object.
    pub(crate) issued: Signature,
    /// The device's, over the presentation.
    pub(crate) presented: Signature,
    /// Every element as it was digested, and the digest that its issuer signed.
    pub(crate) items: Vec<(Vec<u8>, Vec<u8>)>,
}

/// A message, a signature over it and the point of the key.
#[derive(Clone)]
pub(crate) struct Signature {
    pub(crate) point: Vec<u8>,
    pub(crate) message: Vec<u8>,
    pub(crate) octets: Vec<u8>,
}

/// Phones with a licence each, all under one root. Every licence has a signer
/// of its own.
pub(crate) struct Wallets {
    testbed: MdocTestbed,
    root: Authority,
    selection: Selection,
}

impl Wallets {
    pub(crate) fn new(selection: Selection) -> Self {
        let testbed = MdocTestbed::from_seed(1, NOW);
        let root = testbed.licence_authority();
        let certificate = root.root().validity(NOW - TEN_YEARS, NOW + TEN_YEARS);
        let root = root.with_certificate(certificate.sign(root.key()));
        Self {
            testbed,
            root,
            selection,
        }
    }

    /// The certificate of the root.
    pub(crate) fn root(&self) -> &[u8] {
        self.root.certificate()
    }

    /// What every wallet presents, and the same with a flipped bit in one of
    /// the three signatures.
    pub(crate) fn presentations(&self) -> Cases<Presentation> {
        let sound = |number| self.present(number, Defect::None);
        let flipped = (0..WALLETS).flat_map(|number| {
            [Defect::Certificate, Defect::Issuer, Defect::Device]
                .map(|defect| self.present(number, defect))
        });
        Cases {
            genuine: (0..WALLETS).map(sound).collect(),
            flipped: flipped.collect(),
        }
    }

    /// What every wallet presents, with another date of birth than was signed.
    pub(crate) fn younger(&self) -> impl Iterator<Item = Presentation> {
        (0..WALLETS).map(|number| self.present(number, Defect::Element))
    }

    fn present(&self, number: u32, defect: Defect) -> Presentation {
        let signer = match defect {
            Defect::Certificate => {
                let signer = self.signer(number);
                signer.with_certificate(flip(signer.certificate()))
            }
            _ => self.signer(number),
        };
        let holder = self.holder(number, &signer, defect);
        let transcript = Transcript::annex_c(ENCRYPTION_INFO, ORIGIN);
        let selected: Vec<_> = self.selection.elements().collect();
        let presentation = holder.present(&transcript);
        let presentation = presentation.select(LICENCE_NAME_SPACE, &selected);
        let document = presentation.signed_with(|sign1| match defect {
            Defect::Device => sign1.corrupt_signature(),
            _ => sign1,
        });
        let issuer_auth = part(&document, "issuerSigned/issuerAuth");
        let device_auth = part(&document, "deviceSigned/deviceAuth/deviceSignature");
        let payload = octets(&issuer_auth, "2");
        let authenticated = presentation.authentication();
        Presentation {
            root: self.root().to_vec(),
            signer: signer.certificate().to_vec(),
            issued: Signature::of(&issuer_auth, &payload, signer.key()),
            presented: Signature::of(&device_auth, &authenticated, holder.key()),
            items: items(&document, &payload),
            response: mdoc::Response::of(document).encode(),
            transcript: transcript.encode(),
        }
    }

    fn signer(&self, number: u32) -> Credential {
        let label = format!("scoreboard signer {number}");
        let key = self.testbed.key(Algorithm::P256, &label);
        let certificate = self.root.document_signer(&key);
        let certificate = certificate.validity(NOW - TEN_YEARS, NOW + TEN_YEARS);
        let certificate = certificate.sign(self.root.key());
        self.root.credential(key, certificate)
    }

    fn holder(&self, number: u32, signer: &Credential, defect: Defect) -> Holder {
        let label = format!("scoreboard device {number}");
        let key = self.testbed.key(Algorithm::P256, &label);
        let elements = Elements::licence(&portrait(PORTRAIT)).with(
            LICENCE_NAME_SPACE,
            "document_number",
            format!("TEST-{number:07}"),
        );
        let issuance = self.testbed.issuance(LICENCE, &elements);
        let issuance = issuance.device_key(CoseKey::of(&key.public())).digest();
        let mdoc = issuance.sign_with(signer, |sign1| match defect {
            Defect::Issuer => sign1.corrupt_signature(),
            _ => sign1,
        });
        let mdoc = match defect {
            Defect::Element => mdoc.edit(|signed| {
                let birth = format!("nameSpaces/{LICENCE_NAME_SPACE}/2/elementValue");
                signed.set(&birth, Cbor::full_date("2012-12-31"))
            }),
            _ => mdoc,
        };
        Holder::new(mdoc, key)
    }
}

/// What is wrong with a presentation.
#[derive(Clone, Copy)]
enum Defect {
    None,
    Certificate,
    Issuer,
    Device,
    Element,
}

impl Signature {
    /// The one in a COSE_Sign1 (RFC 9052, 4.4).
    fn of(sign1: &Cbor, payload: &[u8], key: &KeyPair) -> Self {
        let message = Cbor::array([
            "Signature1".into(),
            octets(sign1, "0").into(),
            Vec::new().into(),
            payload.into(),
        ]);
        Self {
            point: key.public().point(),
            message: message.encode(),
            octets: octets(sign1, "3"),
        }
    }
}

/// The elements of a document, each with the digest of its number.
fn items(document: &Cbor, payload: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mso = Cbor::decode(payload).unwrap_or(Cbor::NULL);
    let name_space = format!("issuerSigned/nameSpaces/{LICENCE_NAME_SPACE}");
    let digest = |item: &Cbor| {
        let id = part(item, "digestID").as_integer().unwrap_or_default();
        octets(&mso, &format!("valueDigests/{LICENCE_NAME_SPACE}/{id}"))
    };
    let items = part(document, &name_space);
    let items = items.as_array().unwrap_or_default().iter();
    items.map(|item| (item.encode(), digest(item))).collect()
}

/// What is not there is nothing, which no contender accepts.
fn part(item: &Cbor, path: &str) -> Cbor {
    item.get(path).unwrap_or(Cbor::NULL)
}

fn octets(item: &Cbor, path: &str) -> Vec<u8> {
    part(item, path).as_bytes().unwrap_or_default()
}
