//! Session transcripts: a presentation made for another place, request or key
//! does not verify (ISO/IEC 18013-5, 9.1.5.1; 18013-7; OpenID4VP, B.2.6).

use tashika_testbed::{
    Algorithm, KeyPair,
    mdoc::{Cbor, CoseKey, Response, Transcript as Made},
};

use super::{Case, Desk, INFO, ORIGIN, Transcript, Vector};
use crate::vectors::Octets;

const CHECK: &str = "mdoc.device_auth";
const CODE: &str = "mdoc.device_signature";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        qr(desk),
        nfc(desk),
        redirect(desk),
        dc_api(desk),
        annex_b(desk),
        annex_c(desk),
        apple(desk),
        stored(desk),
    ]
    .concat()
}

/// What the wallet made, judged with what the verifier knows.
fn presented(desk: &Desk<'_>, text: [&str; 3], made: &Made, known: &Transcript) -> Case {
    let document = desk.present_in(made, desk.card(), |p| p.signed());
    desk.case(text, Response::of(document).encode())
        .asked(|asked| asked.transcript = Some(known.clone()))
}

/// A flow: one in which both sides know the same, and others.
struct Known<'d> {
    desk: &'d Desk<'d>,
    clause: &'static str,
    known: Transcript,
}

impl Known<'_> {
    fn sound(&self, id: &str, note: &str) -> Vector {
        self.with(id, note, &self.known.made()).accepted(CHECK)
    }

    fn with(&self, id: &str, note: &str, made: &Made) -> Case {
        presented(self.desk, [id, self.clause, note], made, &self.known)
    }

    /// The wallet made its transcript with something else.
    fn wrong(&self, id: &str, note: &str, made: &Transcript) -> Vector {
        self.odd(id, note, &made.made())
    }

    fn odd(&self, id: &str, note: &str, made: &Made) -> Vector {
        self.with(id, note, made).refused(CHECK, CODE)
    }
}

/// DeviceEngagement of a wallet, as it stands in a QR code.
pub(super) fn engagement() -> Vec<u8> {
    engagement_of(1)
}

fn engagement_of(device: u64) -> Vec<u8> {
    let key = KeyPair::generate(
        Algorithm::P256,
        &mut tashika_testbed::Rng::from_seed(device),
    );
    let security = Cbor::array([1.into(), Cbor::tag24(CoseKey::of(&key.public()))]);
    Cbor::map([(0, Cbor::from("1.0")), (1, security)]).encode()
}

/// EReaderKeyBytes.
pub(super) fn reader_key(key: &KeyPair) -> Vec<u8> {
    Cbor::tag24(CoseKey::of(&key.public())).encode()
}

fn qr(desk: &Desk<'_>) -> Vec<Vector> {
    let key = |label| reader_key(&desk.testbed.key(Algorithm::P256, label));
    let of = |engagement: Vec<u8>, reader_key: Vec<u8>| Transcript::Qr {
        engagement: engagement.into(),
        reader_key: reader_key.into(),
    };
    let ours = key("mdoc session");
    let flow = Known {
        desk,
        clause: "ISO/IEC 18013-5, 9.1.5.1",
        known: of(engagement(), ours.clone()),
    };
    let wrapped = Cbor::tag24_of(&engagement());
    let raw = |octets: &[u8]| Cbor::Raw(octets.to_vec());
    vec![
        flow.sound("mdoc_device/qr", "In proximity, engaged by a QR code."),
        flow.wrong(
            "mdoc_device/qr_other_engagement",
            "The wallet engaged otherwise.",
            &of(engagement_of(2), ours.clone()),
        ),
        flow.wrong(
            "mdoc_device/qr_other_key",
            "The wallet had another reader's key.",
            &of(engagement(), key("mdoc session of another")),
        ),
        flow.odd(
            "mdoc_device/qr_engagement_bare",
            "The engagement stands without its tag.",
            &Made::qr(&raw(&engagement()), &raw(&ours)),
        ),
        flow.odd(
            "mdoc_device/qr_key_bare",
            "The reader's key stands without its tag.",
            &{
                let key = Cbor::decode(&ours).and_then(|key| key.as_bytes());
                Made::qr(&wrapped, &raw(key.as_deref().unwrap_or_default()))
            },
        ),
        flow.odd(
            "mdoc_device/qr_tagged",
            "The transcript has a tag of its own.",
            &{
                let inner = Made::qr(&wrapped, &raw(&ours));
                Made::new(Cbor::tag24(inner.item().clone()))
            },
        ),
        flow.odd(
            "mdoc_device/qr_as_nfc",
            "The wallet was engaged by NFC.",
            &Made::nfc(&wrapped, &raw(&ours), b"select", None),
        ),
    ]
}

fn nfc(desk: &Desk<'_>) -> Vec<Vector> {
    let key = |label| reader_key(&desk.testbed.key(Algorithm::P256, label));
    let of = |engagement: Vec<u8>, key: Vec<u8>, select: &[u8], request: Option<&[u8]>| {
        Transcript::Nfc {
            engagement: engagement.into(),
            reader_key: key.into(),
            select: select.to_vec().into(),
            request: request.map(|request| request.to_vec().into()),
        }
    };
    let ours = key("mdoc session");
    let (select, request) = (&b"\x91\x02\x0aHs\x12"[..], &b"\x91\x02\x0aHr\x12"[..]);
    let clause = "ISO/IEC 18013-5, 8.2.2.1 and 9.1.5.1";
    let known = of(engagement(), ours.clone(), select, None);
    let flow = Known {
        desk,
        clause,
        known,
    };
    let known = of(engagement(), ours.clone(), select, Some(request));
    let negotiated = Known {
        desk,
        clause,
        known,
    };
    vec![
        flow.sound(
            "mdoc_device/nfc",
            "In proximity, engaged by NFC, without negotiation.",
        ),
        negotiated.sound(
            "mdoc_device/nfc_negotiated",
            "In proximity, engaged by NFC, with negotiation.",
        ),
        flow.wrong(
            "mdoc_device/nfc_other_engagement",
            "The wallet engaged otherwise.",
            &of(engagement_of(2), ours.clone(), select, None),
        ),
        flow.wrong(
            "mdoc_device/nfc_other_key",
            "The wallet had another reader's key.",
            &of(engagement(), key("mdoc session of another"), select, None),
        ),
        flow.wrong(
            "mdoc_device/nfc_other_select",
            "The Handover Select message is another.",
            &of(engagement(), ours.clone(), request, None),
        ),
        flow.wrong(
            "mdoc_device/nfc_request_added",
            "The wallet knows of a Handover Request message.",
            &of(engagement(), ours.clone(), select, Some(request)),
        ),
        negotiated.wrong(
            "mdoc_device/nfc_request_absent",
            "The wallet knows of no Handover Request message.",
            &of(engagement(), ours.clone(), select, None),
        ),
        negotiated.wrong(
            "mdoc_device/nfc_swapped",
            "The messages of the handover are exchanged.",
            &of(engagement(), ours, request, Some(select)),
        ),
    ]
}

const NONCE: &str = "n-0S6_WzA2Mj";
const OTHER_NONCE: &str = "n-0S6_WzA2Mk";
const OTHER_ORIGIN: &str = "https://elsewhere.test.example";
const URI: &str = "https://rp.test.example/response";

fn thumbprint(first: u8) -> Option<Octets> {
    Some(vec![first; 32].into())
}

fn redirect(desk: &Desk<'_>) -> Vec<Vector> {
    const CLIENT: &str = "x509_san_dns:rp.test.example";
    let of = |client_id: &str, nonce: &str, thumbprint, response_uri: &str| {
        Transcript::Openid4vpRedirect {
            client_id: client_id.to_owned(),
            nonce: nonce.to_owned(),
            thumbprint,
            response_uri: response_uri.to_owned(),
        }
    };
    let flow = Known {
        desk,
        clause: "OpenID4VP 1.0, B.2.6.1",
        known: of(CLIENT, NONCE, thumbprint(1), URI),
    };
    let clear = Known {
        known: of(CLIENT, NONCE, None, URI),
        ..flow
    };
    let flow = Known {
        known: of(CLIENT, NONCE, thumbprint(1), URI),
        ..clear
    };
    let clear = of(CLIENT, NONCE, None, URI);
    vec![
        flow.sound("mdoc_device/redirect", "By OpenID4VP with redirects."),
        flow.wrong(
            "mdoc_device/redirect_client",
            "The wallet answered another client.",
            &of(
                "x509_san_dns:elsewhere.test.example",
                NONCE,
                thumbprint(1),
                URI,
            ),
        ),
        flow.wrong(
            "mdoc_device/redirect_client_prefix",
            "The client identifier lacks its prefix.",
            &of("rp.test.example", NONCE, thumbprint(1), URI),
        ),
        flow.wrong(
            "mdoc_device/redirect_nonce",
            "The nonce is another.",
            &of(CLIENT, OTHER_NONCE, thumbprint(1), URI),
        ),
        flow.wrong(
            "mdoc_device/redirect_thumbprint",
            "The response is encrypted to another key.",
            &of(CLIENT, NONCE, thumbprint(2), URI),
        ),
        flow.wrong(
            "mdoc_device/redirect_in_clear",
            "The response is encrypted to no key.",
            &clear,
        ),
        flow.wrong(
            "mdoc_device/redirect_uri",
            "The response goes elsewhere.",
            &of(
                CLIENT,
                NONCE,
                thumbprint(1),
                "https://elsewhere.test.example/response",
            ),
        ),
        flow.wrong(
            "mdoc_device/redirect_uri_slash",
            "A slash follows where the response goes.",
            &of(
                CLIENT,
                NONCE,
                thumbprint(1),
                "https://rp.test.example/response/",
            ),
        ),
        flow.odd(
            "mdoc_device/redirect_as_dc_api",
            "The wallet was asked over the Digital Credentials API.",
            &Made::openid4vp_dc_api(ORIGIN, NONCE, Some(&[1; 32])),
        ),
    ]
}

fn dc_api(desk: &Desk<'_>) -> Vec<Vector> {
    let of = |origin: &str, nonce: &str, thumbprint| Transcript::Openid4vpDcApi {
        origin: origin.to_owned(),
        nonce: nonce.to_owned(),
        thumbprint,
    };
    let clause = "OpenID4VP 1.0, B.2.6.2";
    let known = of(ORIGIN, NONCE, thumbprint(1));
    let flow = Known {
        desk,
        clause,
        known,
    };
    let known = of(ORIGIN, NONCE, None);
    let clear = Known {
        desk,
        clause,
        known,
    };
    vec![
        flow.sound(
            "mdoc_device/dc_api",
            "By OpenID4VP over the Digital Credentials API.",
        ),
        clear.sound(
            "mdoc_device/dc_api_in_clear",
            "By OpenID4VP over the Digital Credentials API, not encrypted.",
        ),
        flow.wrong(
            "mdoc_device/dc_api_origin",
            "The wallet answered another page.",
            &of(OTHER_ORIGIN, NONCE, thumbprint(1)),
        ),
        flow.wrong(
            "mdoc_device/dc_api_origin_slash",
            "A slash follows the origin.",
            &of("https://rp.test.example/", NONCE, thumbprint(1)),
        ),
        flow.wrong(
            "mdoc_device/dc_api_origin_prefix",
            "The origin has the prefix of client identifiers.",
            &of("origin:https://rp.test.example", NONCE, thumbprint(1)),
        ),
        flow.wrong(
            "mdoc_device/dc_api_origin_port",
            "The origin has a port.",
            &of("https://rp.test.example:443", NONCE, thumbprint(1)),
        ),
        flow.wrong(
            "mdoc_device/dc_api_nonce",
            "The nonce is another.",
            &of(ORIGIN, OTHER_NONCE, thumbprint(1)),
        ),
        flow.wrong(
            "mdoc_device/dc_api_thumbprint",
            "The response is encrypted to another key.",
            &of(ORIGIN, NONCE, thumbprint(2)),
        ),
        flow.wrong(
            "mdoc_device/dc_api_thumbprint_absent",
            "The response is encrypted to no key.",
            &of(ORIGIN, NONCE, None),
        ),
        clear.wrong(
            "mdoc_device/dc_api_thumbprint_added",
            "The response is encrypted, and was asked for in clear.",
            &of(ORIGIN, NONCE, thumbprint(1)),
        ),
        flow.odd(
            "mdoc_device/dc_api_as_annex_c",
            "The wallet was asked by annex C.",
            &Made::annex_c(INFO, ORIGIN),
        ),
    ]
}

fn annex_b(desk: &Desk<'_>) -> Vec<Vector> {
    const CLIENT: &str = "rp.test.example";
    const WALLET: &str = "1234567890abcdefgh";
    let of =
        |client_id: &str, response_uri: &str, nonce: &str, mdoc_nonce: &str| Transcript::AnnexB {
            client_id: client_id.to_owned(),
            response_uri: response_uri.to_owned(),
            nonce: nonce.to_owned(),
            mdoc_nonce: mdoc_nonce.to_owned(),
        };
    let flow = Known {
        desk,
        clause: "ISO/IEC TS 18013-7:2024, B.4.4",
        known: of(CLIENT, URI, NONCE, WALLET),
    };
    vec![
        flow.sound("mdoc_device/annex_b", "By annex B."),
        flow.wrong(
            "mdoc_device/annex_b_client",
            "The wallet answered another client.",
            &of("elsewhere.test.example", URI, NONCE, WALLET),
        ),
        flow.wrong(
            "mdoc_device/annex_b_uri",
            "The response goes elsewhere.",
            &of(CLIENT, "https://elsewhere.test.example/", NONCE, WALLET),
        ),
        flow.wrong(
            "mdoc_device/annex_b_nonce",
            "The nonce is another.",
            &of(CLIENT, URI, OTHER_NONCE, WALLET),
        ),
        flow.wrong(
            "mdoc_device/annex_b_mdoc_nonce",
            "The wallet's own nonce is another.",
            &of(CLIENT, URI, NONCE, "1234567890abcdefgi"),
        ),
        flow.wrong(
            "mdoc_device/annex_b_nonces_swapped",
            "The nonces are exchanged.",
            &of(CLIENT, URI, WALLET, NONCE),
        ),
        flow.wrong(
            "mdoc_device/annex_b_hashes_swapped",
            "Client and address are exchanged.",
            &of(URI, CLIENT, NONCE, WALLET),
        ),
    ]
}

fn annex_c(desk: &Desk<'_>) -> Vec<Vector> {
    let of = |encryption_info: &str, origin: &str| Transcript::AnnexC {
        encryption_info: encryption_info.to_owned(),
        origin: origin.to_owned(),
    };
    let flow = Known {
        desk,
        clause: "ISO/IEC TS 18013-7, C.5",
        known: of(INFO, ORIGIN),
    };
    let info = || Cbor::from(INFO.as_bytes());
    let handover = |name: &str, info: Cbor| {
        let hash = tashika_testbed::Hash::Sha256.digest(&info.encode());
        let handover = Cbor::array([name.into(), hash.into()]);
        Made::new(Cbor::array([Cbor::NULL, Cbor::NULL, handover]))
    };
    vec![
        flow.sound("mdoc_device/annex_c", "By annex C."),
        flow.wrong(
            "mdoc_device/annex_c_origin",
            "The wallet answered another page.",
            &of(INFO, OTHER_ORIGIN),
        ),
        flow.wrong(
            "mdoc_device/annex_c_origin_slash",
            "A slash follows the origin.",
            &of(INFO, "https://rp.test.example/"),
        ),
        flow.wrong(
            "mdoc_device/annex_c_origin_http",
            "The page is not protected.",
            &of(INFO, "http://rp.test.example"),
        ),
        flow.wrong(
            "mdoc_device/annex_c_info",
            "The encryption info is another.",
            &of("gmVkY2FwaaFlbm9uY2VQAAECAwQFBgcICQoLDA0ODx", ORIGIN),
        ),
        flow.wrong(
            "mdoc_device/annex_c_info_padded",
            "The encryption info is padded.",
            &of(&format!("{INFO}=="), ORIGIN),
        ),
        flow.wrong(
            "mdoc_device/annex_c_swapped",
            "Encryption info and origin are exchanged.",
            &of(ORIGIN, INFO),
        ),
        flow.odd(
            "mdoc_device/annex_c_info_bytes",
            "The encryption info was hashed as a byte string.",
            &handover("dcapi", Cbor::array([info(), ORIGIN.into()])),
        ),
        flow.odd(
            "mdoc_device/annex_c_name",
            "The handover has another name.",
            &handover("DCAPI", Cbor::array([INFO.into(), ORIGIN.into()])),
        ),
        flow.odd(
            "mdoc_device/annex_c_as_dc_api",
            "The wallet was asked by OpenID4VP.",
            &Made::openid4vp_dc_api(ORIGIN, NONCE, None),
        ),
    ]
}

fn apple(desk: &Desk<'_>) -> Vec<Vector> {
    let of = |nonce: u8, merchant_id: &str, team_id: &str, hash: u8| Transcript::Apple {
        nonce: vec![nonce; 16].into(),
        merchant_id: merchant_id.to_owned(),
        team_id: team_id.to_owned(),
        public_key_hash: vec![hash; 32].into(),
    };
    let (merchant, team) = ("merchant.test.example", "TEAM000000");
    let flow = Known {
        desk,
        clause: "Apple, Verify with Wallet API",
        known: of(1, merchant, team, 2),
    };
    vec![
        flow.sound("mdoc_device/apple", "In an app."),
        flow.wrong(
            "mdoc_device/apple_nonce",
            "The nonce is another.",
            &of(3, merchant, team, 2),
        ),
        flow.wrong(
            "mdoc_device/apple_merchant",
            "The merchant is another.",
            &of(1, "merchant.elsewhere", team, 2),
        ),
        flow.wrong(
            "mdoc_device/apple_team",
            "The team is another.",
            &of(1, merchant, "TEAM000001", 2),
        ),
        flow.wrong(
            "mdoc_device/apple_key",
            "The response is encrypted to another key.",
            &of(1, merchant, team, 3),
        ),
        flow.wrong(
            "mdoc_device/apple_swapped",
            "Merchant and team are exchanged.",
            &of(1, team, merchant, 2),
        ),
    ]
}

/// Transcripts that were kept beside their responses.
fn stored(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "ISO/IEC 18013-5, 9.1.5.1";
    let made = Desk::session().made();
    let kept = |id, note, octets: Vec<u8>| {
        let known = Transcript::Stored {
            octets: octets.into(),
        };
        presented(desk, [id, clause, note], &made, &known)
    };
    let setup = "mdoc.session";
    let code = "input.session";
    let null = || Cbor::NULL;
    vec![
        kept(
            "mdoc_device/stored",
            "The transcript was kept.",
            made.encode(),
        )
        .accepted(CHECK),
        kept(
            "mdoc_device/stored_tagged",
            "The transcript was kept with its tag.",
            made.tagged(),
        )
        .accepted(CHECK),
        kept(
            "mdoc_device/stored_of_another",
            "The transcript that was kept is another session's.",
            Made::annex_c(INFO, OTHER_ORIGIN).encode(),
        )
        .refused(CHECK, CODE),
        kept(
            "mdoc_device/stored_cut",
            "The transcript that was kept lacks its last part.",
            Cbor::array([null(), null()]).encode(),
        )
        .refused(setup, code),
        kept(
            "mdoc_device/stored_map",
            "What was kept is a map.",
            Cbor::empty_map().encode(),
        )
        .refused(setup, code),
        kept("mdoc_device/stored_empty", "Nothing was kept.", Vec::new()).refused(setup, code),
    ]
}
