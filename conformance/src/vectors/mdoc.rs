//! Presentations of documents in phones (ISO/IEC 18013-5 and 18013-7).

mod age;
mod certificate;
mod comparison;
mod device;
mod digest;
mod encoding;
mod envelope;
mod issuer;
mod mac;
mod mso;
mod request;
mod response;
mod revocation;
mod root;
mod session;
mod status;
mod transcript;
mod validity;

use tashika_testbed::mdoc::{
    Authority, Cbor, Digested, Elements, Holder, Issuance, Mdoc, MdocTestbed,
    Presentation as Presenting, Response, Sign1, Transcript as Made,
    elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE, LICENCE, LICENCE_NAME_SPACE},
};
use tashika_testbed::{CertificateBuilder, Credential, Hash};

use super::{
    Kind, Procedure, Vector,
    case::{Case, anchor},
    presentation::{
        Issuers, Need, Presentation, Profile, RequestedDocument, RequestedElement, Transcript,
    },
    world::{NOW, World},
};

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    let desk = Desk::new(world);
    [
        response::vectors(&desk),
        encoding::vectors(&desk),
        comparison::vectors(&desk),
        issuer::vectors(&desk),
        certificate::vectors(&desk),
        root::vectors(&desk),
        mso::vectors(&desk),
        validity::vectors(&desk),
        digest::vectors(&desk),
        device::vectors(&desk),
        mac::vectors(&desk),
        transcript::vectors(&desk),
        revocation::vectors(&desk),
        request::vectors(&desk),
        age::vectors(&desk),
        status::vectors(&desk),
        envelope::vectors(&desk),
        session::vectors(&desk),
    ]
    .concat()
}

const NAME: &str = "full_name_unicode";
const ADULT: &str = "age_over_20";

const ORIGIN: &str = "https://rp.test.example";
const INFO: &str = "gmVkY2FwaaFlbm9uY2VQAAECAwQFBgcICQoLDA0ODw";

/// Presents documents and asks about them: a My Number Card, of which the name
/// and the statement about the age of 20 were asked for in a browser.
struct Desk<'w> {
    testbed: &'w MdocTestbed,
    card: Mdoc,
}

impl<'w> Desk<'w> {
    fn new(world: &'w World) -> Self {
        let testbed = &world.mdoc;
        let card = issuance(testbed).sign(testbed.japan_signer());
        Self { testbed, card }
    }

    /// The transcript of the session that every document is presented in where
    /// it does not matter.
    fn session() -> Transcript {
        Transcript::AnnexC {
            encryption_info: INFO.to_owned(),
            origin: ORIGIN.to_owned(),
        }
    }

    /// A question about this response of a card.
    fn case(&self, text: [&str; 3], response: Vec<u8>) -> Case {
        let presentation = Presentation {
            issuers: vec![self.japan()],
            requested: vec![card()],
            transcript: Some(Self::session()),
            reader_key: None,
            response: Some(response.into()),
            envelope: None,
            session: None,
            confirmed_at: None,
            status: None,
            age_evidence: None,
        };
        Case::new(Procedure::Mdoc, Kind::Mdoc, NOW, text).presentation(presentation)
    }

    fn japan(&self) -> Issuers {
        issuers(JAPAN, Profile::JpMnc, self.testbed.japan_authority())
    }

    fn licences(&self) -> Issuers {
        issuers(LICENCE, Profile::Strict, self.testbed.licence_authority())
    }

    /// The card before it is digested, without its portrait.
    fn issuance(&self) -> Issuance {
        issuance(self.testbed)
    }

    /// A licence with a few elements before it is digested.
    fn licence(&self) -> Issuance {
        let elements = Elements::new()
            .with(LICENCE_NAME_SPACE, "family_name", "MUSTER")
            .with(LICENCE_NAME_SPACE, "age_over_21", true);
        self.testbed.issuance(LICENCE, &elements)
    }

    /// The card as it was signed.
    fn card(&self) -> Mdoc {
        self.card.clone()
    }

    /// What the device with this document begins to present.
    fn present(&self, mdoc: Mdoc, present: impl FnOnce(Presenting<'_>) -> Cbor) -> Cbor {
        self.present_in(&Self::session().made(), mdoc, present)
    }

    fn present_in(
        &self,
        session: &Made,
        mdoc: Mdoc,
        present: impl FnOnce(Presenting<'_>) -> Cbor,
    ) -> Cbor {
        let holder = Holder::new(mdoc, self.testbed.device_key());
        let presenting = holder.present(session);
        present(
            presenting
                .select(JAPAN_NAME_SPACE, &[NAME])
                .select(COMMON_NAME_SPACE, &[ADULT])
                .select(LICENCE_NAME_SPACE, &["family_name"]),
        )
    }

    /// The document of the card, presented and signed.
    fn document(&self, mdoc: Mdoc) -> Cbor {
        self.present(mdoc, |presenting| presenting.signed())
    }

    /// A response with this document in it.
    fn with(&self, text: [&str; 3], mdoc: Mdoc) -> Case {
        self.case(text, Response::of(self.document(mdoc)).encode())
    }

    /// Nothing is wrong but what is changed before the digests are made.
    fn issued(&self, text: [&str; 3], change: impl FnOnce(Issuance) -> Issuance) -> Case {
        let issuance = change(self.issuance());
        self.with(text, issuance.sign(self.testbed.japan_signer()))
    }

    /// Nothing is wrong but what is changed in the item of the name, of which
    /// the issuer makes its digest as it then is.
    fn item(&self, text: [&str; 3], change: impl FnOnce(&mut Cbor)) -> Case {
        let place = format!("nameSpaces/{JAPAN_NAME_SPACE}/0");
        let item = self.card.issuer_signed().get(&place);
        let mut item = item.unwrap_or(Cbor::NULL);
        let id = item.get("digestID").and_then(|id| id.as_integer());
        let digest = format!("valueDigests/{JAPAN_NAME_SPACE}/{}", id.unwrap_or(-1));
        change(&mut item);
        let octets = Hash::Sha256.digest(&item.encode());
        let digested = self.issuance().digest().mso(|mso| mso.set(&digest, octets));
        let mdoc = digested.sign(self.testbed.japan_signer());
        let mut response = Response::of(self.document(mdoc)).build();
        *response.at(&format!("documents/0/issuerSigned/{place}")) = item;
        self.case(text, response.encode())
    }

    /// Nothing is wrong but what is changed between digests and signature.
    fn digested(&self, text: [&str; 3], change: impl FnOnce(Digested) -> Digested) -> Case {
        let digested = change(self.issuance().digest());
        self.with(text, digested.sign(self.testbed.japan_signer()))
    }

    /// Nothing is wrong but what is changed in the mobile security object.
    fn mso(&self, text: [&str; 3], change: impl FnOnce(&mut Cbor)) -> Case {
        self.digested(text, |digested| {
            digested.mso(|mso| {
                change(mso);
                mso
            })
        })
    }

    /// Nothing is wrong but how the issuer signs.
    fn signed(&self, text: [&str; 3], change: impl FnOnce(Sign1) -> Sign1) -> Case {
        let digested = self.issuance().digest();
        self.with(
            text,
            digested.sign_with(self.testbed.japan_signer(), change),
        )
    }

    /// Nothing is wrong but what is changed in what the issuer has signed.
    fn forged(&self, text: [&str; 3], change: impl FnOnce(&mut Cbor)) -> Case {
        let forged = self.card().edit(|signed| {
            change(signed);
            signed
        });
        self.with(text, forged)
    }

    /// Nothing is wrong but the certificate of the document's signer.
    fn certified(
        &self,
        text: [&str; 3],
        change: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
    ) -> Case {
        let signer = self.signer(change);
        self.with(text, self.issuance().sign(&signer))
    }

    /// The signer of cards with another certificate, issued by the same root.
    fn signer(&self, change: impl FnOnce(CertificateBuilder) -> CertificateBuilder) -> Credential {
        let (root, signer) = (self.testbed.japan_authority(), self.testbed.japan_signer());
        let certificate = change(root.document_signer(signer.key()));
        signer.with_certificate(certificate.sign(root.key()))
    }

    /// Nothing is wrong but what the device presents, or how.
    fn presented(&self, text: [&str; 3], present: impl FnOnce(Presenting<'_>) -> Cbor) -> Case {
        let document = self.present(self.card(), present);
        self.case(text, Response::of(document).encode())
    }

    /// Nothing is wrong but what is changed in a response that is made.
    fn edited(&self, text: [&str; 3], change: impl FnOnce(&mut Cbor)) -> Case {
        let mut response = Response::of(self.document(self.card())).build();
        change(&mut response);
        self.case(text, response.encode())
    }

    /// A question about a licence.
    fn licensed(&self, text: [&str; 3], mdoc: Mdoc) -> Case {
        self.with(text, mdoc).asked(|presentation| {
            presentation.issuers = vec![self.licences()];
            presentation.requested = vec![licence()];
        })
    }

    /// Nothing is wrong but the certificate of a licence's signer.
    fn licence_certified(
        &self,
        text: [&str; 3],
        change: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
    ) -> Case {
        let root = self.testbed.licence_authority();
        let signer = self.testbed.licence_signer();
        let certificate = change(root.document_signer(signer.key()));
        let signer = signer.with_certificate(certificate.sign(root.key()));
        self.licensed(text, self.licence().sign(&signer))
    }
}

fn issuance(testbed: &MdocTestbed) -> Issuance {
    let elements = testbed.japan_elements();
    let elements = elements.without(JAPAN_NAME_SPACE, "portrait");
    testbed.issuance(JAPAN, &elements)
}

fn issuers(doc_type: &str, profile: Profile, root: &Authority) -> Issuers {
    Issuers {
        doc_type: doc_type.to_owned(),
        profile,
        anchors: vec![anchor(Kind::Mdoc, root.certificate())],
    }
}

fn requested(doc_type: &str, elements: &[(&str, &str)]) -> RequestedDocument {
    let element = |(namespace, identifier): &(&str, &str)| RequestedElement {
        namespace: (*namespace).to_owned(),
        identifier: (*identifier).to_owned(),
        need: Need::Mandatory,
        age_evidence: None,
    };
    RequestedDocument {
        doc_type: doc_type.to_owned(),
        need: Need::Mandatory,
        elements: elements.iter().map(element).collect(),
    }
}

/// What is asked for of a card.
fn card() -> RequestedDocument {
    requested(
        JAPAN,
        &[(JAPAN_NAME_SPACE, NAME), (COMMON_NAME_SPACE, ADULT)],
    )
}

/// What is asked for of a licence.
fn licence() -> RequestedDocument {
    requested(LICENCE, &[(LICENCE_NAME_SPACE, "family_name")])
}

impl Transcript {
    /// The same as the wallet computes it.
    fn made(&self) -> Made {
        let bytes = |octets: &super::Octets| Cbor::Raw(octets.0.clone());
        match self {
            Self::Qr {
                engagement,
                reader_key,
            } => Made::qr(&Cbor::tag24_of(&engagement.0), &bytes(reader_key)),
            Self::Nfc {
                engagement,
                reader_key,
                select,
                request,
            } => Made::nfc(
                &Cbor::tag24_of(&engagement.0),
                &bytes(reader_key),
                &select.0,
                request.as_ref().map(AsRef::as_ref),
            ),
            Self::Openid4vpRedirect {
                client_id,
                nonce,
                thumbprint,
                response_uri,
            } => {
                let thumbprint = thumbprint.as_ref().map(AsRef::as_ref);
                Made::openid4vp_redirect(client_id, nonce, thumbprint, response_uri)
            }
            Self::Openid4vpDcApi {
                origin,
                nonce,
                thumbprint,
            } => Made::openid4vp_dc_api(origin, nonce, thumbprint.as_ref().map(AsRef::as_ref)),
            Self::AnnexB {
                client_id,
                response_uri,
                nonce,
                mdoc_nonce,
            } => Made::annex_b(client_id, response_uri, nonce, mdoc_nonce),
            Self::AnnexC {
                encryption_info,
                origin,
            } => Made::annex_c(encryption_info, origin),
            Self::Apple {
                nonce,
                merchant_id,
                team_id,
                public_key_hash,
            } => Made::apple(&nonce.0, merchant_id, team_id, &public_key_hash.0),
            Self::Stored { octets } => Made::new(bytes(octets)),
        }
    }
}
