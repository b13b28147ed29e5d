//! The device's MAC, which proves something to whoever keeps the reader's key
//! (ISO/IEC 18013-5, 9.1.3.5).

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use tashika_testbed::{
    Algorithm, Hash, KeyPair,
    mdoc::{
        Attached, Cbor, CoseKey, Holder, Mac0, Presentation as Presenting, Response,
        elements::{COMMON_NAME_SPACE, JAPAN_NAME_SPACE},
    },
};

use super::{ADULT, Case, Desk, NAME, Transcript, Vector};

const CHECK: &str = "mdoc.device_auth";
const CLAUSE: &str = "ISO/IEC 18013-5, 9.1.3.5";

type Present<'c> = &'c dyn Fn(Presenting<'_>) -> Cbor;

/// A session in proximity with a reader's key.
struct Session {
    reader: KeyPair,
    transcript: Transcript,
}

impl Session {
    fn new(reader: KeyPair) -> Self {
        let transcript = Transcript::Qr {
            engagement: super::transcript::engagement().into(),
            reader_key: super::transcript::reader_key(&reader).into(),
        };
        Self { reader, transcript }
    }

    fn case(&self, desk: &Desk<'_>, text: [&str; 3], present: Present<'_>) -> Case {
        let transcript = self.transcript.made();
        let document = desk.present_in(&transcript, desk.card(), present);
        self.ask(desk.case(text, Response::of(document).encode()))
    }

    fn ask(&self, case: Case) -> Case {
        case.asked(|asked| {
            asked.transcript = Some(self.transcript.clone());
            asked.reader_key = self.reader.scalar().map(Into::into);
        })
    }
}

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    let session = Session::new(desk.testbed.key(Algorithm::P256, "mdoc session"));
    [
        accepted(desk, &session),
        unexpected(desk, &session),
        refused(desk, &session),
        derivation(desk, &session),
    ]
    .concat()
}

fn accepted(desk: &Desk<'_>, session: &Session) -> Vec<Vector> {
    let reader = session.reader.public();
    let on_p384 = Session::new(desk.testbed.key(Algorithm::P384, "mdoc session on P-384"));
    let device = desk.testbed.key(Algorithm::P384, "mdoc device on P-384");
    let issuance = desk.issuance().device_key(CoseKey::of(&device.public()));
    let holder = Holder::new(issuance.sign(desk.testbed.japan_signer()), device);
    let document = holder
        .present(&on_p384.transcript.made())
        .select(JAPAN_NAME_SPACE, &[NAME])
        .select(COMMON_NAME_SPACE, &[ADULT])
        .authenticated(&on_p384.reader.public());
    let text = [
        "mdoc_device/mac_p384",
        CLAUSE,
        "The device makes a MAC, with keys on P-384.",
    ];
    vec![
        session
            .case(
                desk,
                ["mdoc_device/mac", CLAUSE, "The device makes a MAC."],
                &|p| p.authenticated(&reader),
            )
            .accepted(CHECK),
        on_p384
            .ask(desk.case(text, Response::of(document).encode()))
            .accepted(CHECK),
        session
            .case(
                desk,
                [
                    "mdoc_device/signature_in_session",
                    CLAUSE,
                    "The device signs where it might make a MAC.",
                ],
                &|p| p.signed(),
            )
            .accepted(CHECK),
    ]
}

/// Where whoever has the other key could have made it.
fn unexpected(desk: &Desk<'_>, session: &Session) -> Vec<Vector> {
    let code = "mdoc.device_mac_unexpected";
    let reader = session.reader.public();
    let mac = |id, note| session.case(desk, [id, CLAUSE, note], &|p| p.authenticated(&reader));
    let remote = |id, note, transcript: Transcript| {
        let session = Session {
            reader: session.reader.clone(),
            transcript,
        };
        session
            .case(desk, [id, CLAUSE, note], &|p| p.authenticated(&reader))
            .refused(CHECK, code)
    };
    vec![
        mac(
            "mdoc_device/mac_without_key",
            "The device makes a MAC, and the verifier has no key.",
        )
        .asked(|asked| asked.reader_key = None)
        .refused(CHECK, code),
        remote(
            "mdoc_device/mac_in_browser",
            "The device makes a MAC in a browser, for a key that the verifier has.",
            Desk::session(),
        ),
        remote(
            "mdoc_device/mac_in_dc_api",
            "The device makes a MAC for OpenID4VP, for a key that the verifier has.",
            Transcript::Openid4vpDcApi {
                origin: super::ORIGIN.to_owned(),
                nonce: "n-0S6_WzA2Mj".to_owned(),
                thumbprint: None,
            },
        ),
        remote(
            "mdoc_device/mac_in_app",
            "The device makes a MAC in an app, for a key that the verifier has.",
            Transcript::Apple {
                nonce: vec![1; 16].into(),
                merchant_id: "merchant.example".to_owned(),
                team_id: "TEAM000000".to_owned(),
                public_key_hash: vec![2; 32].into(),
            },
        ),
    ]
}

fn refused(desk: &Desk<'_>, session: &Session) -> Vec<Vector> {
    let reader = session.reader.public();
    let mac = |id, note, change: &dyn Fn(Mac0) -> Mac0| {
        session.case(desk, [id, CLAUSE, note], &|p| {
            p.proved(Cbor::map([("deviceMac", p.mac(&reader, change))]))
        })
    };
    let other = desk
        .testbed
        .key(Algorithm::P256, "mdoc session of another")
        .public();
    let edited = |id, note, change: &dyn Fn(&mut Cbor)| {
        session
            .case(desk, [id, CLAUSE, note], &|p| {
                let mut document = p.authenticated(&reader);
                change(document.at("deviceSigned/deviceAuth/deviceMac"));
                document
            })
            .refused(CHECK, "mdoc.device_auth")
    };
    let wrong = "mdoc.device_mac";
    let algorithm = "mdoc.device_algorithm";
    let p384 = desk.testbed.key(Algorithm::P384, "mdoc session on P-384");
    let off_curve = desk
        .issuance()
        .digest()
        .mso(|mso| mso.set("deviceKeyInfo/deviceKey/-2", vec![7; 32]));
    let off_curve = off_curve.sign(desk.testbed.japan_signer());
    let off_curve = desk.present_in(&session.transcript.made(), off_curve, |p| {
        p.authenticated(&reader)
    });
    vec![
        mac(
            "mdoc_device/mac_corrupt",
            "A bit of the MAC is flipped.",
            &|m| {
                m.change_tag(|mut tag| {
                    tag.iter_mut().take(1).for_each(|octet| *octet ^= 1);
                    tag
                })
            },
        )
        .refused(CHECK, wrong),
        mac(
            "mdoc_device/mac_cut",
            "The MAC is cut to sixteen octets.",
            &|m| {
                m.change_tag(|mut tag| {
                    tag.truncate(16);
                    tag
                })
            },
        )
        .refused(CHECK, wrong),
        mac("mdoc_device/mac_empty", "The MAC is empty.", &|m| {
            m.change_tag(|_| Vec::new())
        })
        .refused(CHECK, wrong),
        mac(
            "mdoc_device/mac_64",
            "The algorithm is that of a short MAC.",
            &|m| m.algorithm(4),
        )
        .refused(CHECK, algorithm),
        mac(
            "mdoc_device/mac_sha384",
            "The algorithm is that of SHA-384.",
            &|m| m.algorithm(6),
        )
        .refused(CHECK, algorithm),
        mac(
            "mdoc_device/mac_es256",
            "The algorithm is that of a signature.",
            &|m| m.algorithm(-7),
        )
        .refused(CHECK, algorithm),
        mac(
            "mdoc_device/mac_payload",
            "The payload is there, and empty.",
            &|m| m.attached(Attached::Other(Vec::new().into())),
        )
        .refused(CHECK, "mdoc.device_payload"),
        session
            .case(
                desk,
                [
                    "mdoc_device/mac_for_another",
                    CLAUSE,
                    "The MAC is for another reader's key.",
                ],
                &|p| p.authenticated(&other),
            )
            .refused(CHECK, wrong),
        edited(
            "mdoc_device/mac_three_parts",
            "The message has no MAC.",
            &|m| {
                m.remove("3");
            },
        ),
        edited(
            "mdoc_device/mac_critical",
            "A header is said to be critical.",
            &|m| {
                m.set("1/2", Cbor::array([Cbor::from(4)]));
            },
        ),
        edited(
            "mdoc_device/mac_tagged_otherwise",
            "The MAC has the tag of a signature.",
            &|m| {
                *m = Cbor::Tag(18, Box::new(m.clone()));
            },
        ),
        session
            .case(
                desk,
                [
                    "mdoc_device/mac_other_curve",
                    CLAUSE,
                    "The reader's key is on another curve than the device's.",
                ],
                &|p| p.authenticated(&reader),
            )
            .asked(|asked| asked.reader_key = p384.scalar().map(Into::into))
            .refused("mdoc.device_key", "mdoc.device_key"),
        session
            .ask(desk.case(
                [
                    "mdoc_device/mac_key_off_curve",
                    CLAUSE,
                    "The device's key is on no curve.",
                ],
                Response::of(off_curve).encode(),
            ))
            .refused("mdoc.device_key", "mdoc.device_key"),
    ]
}

/// Keys that were derived otherwise than both sides agreed.
fn derivation(desk: &Desk<'_>, session: &Session) -> Vec<Vector> {
    let agreed = desk.testbed.device_key().agree(&session.reader.public());
    let transcript = session.transcript.made();
    let case = |id, note, salt: &[u8], info: &str| {
        let key = derive(&agreed, salt, info);
        session.case(desk, [id, CLAUSE, note], &|p| {
            let mac = Mac0::new(p.authentication()).attached(Attached::Detached);
            p.proved(Cbor::map([("deviceMac", mac.tag(&key))]))
        })
    };
    let salt = Hash::Sha256.digest(&transcript.tagged());
    let bare = Hash::Sha256.digest(&transcript.encode());
    vec![
        case(
            "mdoc_device/mac_derived",
            "The key is derived by hand.",
            &salt,
            "EMacKey",
        )
        .accepted(CHECK),
        case(
            "mdoc_device/mac_salt_untagged",
            "The salt is made of the transcript without its tag.",
            &bare,
            "EMacKey",
        )
        .refused(CHECK, "mdoc.device_mac"),
        case(
            "mdoc_device/mac_salt_empty",
            "The salt is empty.",
            &[],
            "EMacKey",
        )
        .refused(CHECK, "mdoc.device_mac"),
        case(
            "mdoc_device/mac_info",
            "The key is one of the session's.",
            &salt,
            "SKDevice",
        )
        .refused(CHECK, "mdoc.device_mac"),
    ]
}

/// Thirty-two octets.
struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        32
    }
}

#[expect(clippy::expect_used, reason = "32 octets are few enough for HKDF")]
fn derive(agreed: &[u8], salt: &[u8], info: &str) -> [u8; 32] {
    let extracted = Salt::new(HKDF_SHA256, salt).extract(agreed);
    let mut key = [0; 32];
    let info = [info.as_bytes()];
    let expanded = extracted.expand(&info, Length);
    let filled = expanded.and_then(|okm| okm.fill(&mut key));
    filled.expect("32 octets");
    key
}
