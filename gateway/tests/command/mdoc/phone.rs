//! A desk with what the command needs of documents in phones, and a phone that
//! answers.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tashika_testbed::mdoc::elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE, LICENCE};
use tashika_testbed::mdoc::{
    Cbor, CoseKey, Holder, MdocTestbed, Presentation, Response, Transcript,
};
use tashika_testbed::{Algorithm, Credential, KeyPair};

use crate::desk::{AT, Answer, Desk, NOW, pem};

pub(super) const ORIGIN: &str = "https://rp.test.example";
pub(super) const NONCE: &str = "Zm9ydHktdHdvIG5vbmNlcw";
pub(super) const NAME: &str = "org.iso.23220.1.jp/full_name_unicode";
pub(super) const AGE: &str = "org.iso.23220.1/age_over_20";

pub(super) struct Phone {
    pub(super) desk: Desk,
    pub(super) testbed: MdocTestbed,
}

impl Phone {
    /// Roots over cards and licences in phones in `trust/`, today's list of the
    /// card's root in `signers/`, the card's answer as `response.cbor` and its
    /// transcript as `transcript.cbor`.
    pub(super) fn new() -> Self {
        let testbed = MdocTestbed::from_seed(7, NOW);
        let phone = Self {
            desk: Desk::new(),
            testbed,
        };
        let root = phone.testbed.japan_authority().certificate();
        phone.write(&format!("trust/mdoc-issuer/{JAPAN}/root.cer"), root);
        let root = phone.testbed.licence_authority().certificate();
        phone.write(&format!("trust/mdoc-issuer/{LICENCE}/root.cer"), root);
        let root = phone.testbed.status_authority().certificate();
        phone.write("trust/mdoc-status/root.cer", root);
        phone.write_list("signers/today.crl", &[]);
        let transcript = phone.transcript(ORIGIN);
        phone.write("transcript.cbor", transcript.encode());
        phone.write_response("response.cbor", &phone.testbed.japan(), &transcript);
        phone
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        self.desk.write(name, content);
    }

    /// Writes the list of the card's root.
    pub(super) fn write_list(&self, name: &str, revoked: &[&Credential]) {
        let root = self.testbed.japan_authority();
        let list = self.testbed.list(root, revoked).sign(root.key());
        self.write(name, list);
    }

    /// Writes what `holder` shows of itself: name and age.
    pub(super) fn write_response(&self, name: &str, holder: &Holder, transcript: &Transcript) {
        self.write(name, response(&present(holder, transcript)));
    }

    /// The key of the session, which the answer is encrypted to.
    pub(super) fn key(&self) -> KeyPair {
        self.testbed.key(Algorithm::P256, "reader's session")
    }

    /// Writes the key of the session for its owner alone.
    pub(super) fn write_key(&self, name: &str, content: impl AsRef<[u8]>) {
        self.write(name, content);
        let path = self.desk.path(name);
        std::fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    }

    /// The key as PEM.
    pub(super) fn write_pem(&self, name: &str) {
        self.write_key(name, pem("PRIVATE KEY", &self.key().pkcs8()));
    }

    /// `EncryptionInfo` of annex C for the key of the session.
    pub(super) fn encryption_info(&self) -> String {
        let members = Cbor::map([
            ("nonce", Cbor::from(&[7; 16][..])),
            ("recipientPublicKey", CoseKey::of(&self.key().public())),
        ]);
        let info = Cbor::array(["dcapi".into(), members]);
        URL_SAFE_NO_PAD.encode(info.encode())
    }

    pub(super) fn transcript(&self, origin: &str) -> Transcript {
        Transcript::annex_c(&self.encryption_info(), origin)
    }

    /// `tashika verify mdoc …` with anchors and time.
    pub(super) fn verify(&self, arguments: &[&str]) -> Answer {
        self.desk.run(&verify(arguments))
    }

    /// The same for the answer in `response.cbor`, with its transcript and lists.
    pub(super) fn verify_response(&self, arguments: &[&str]) -> Answer {
        let stored = [
            "--response",
            "@response.cbor",
            "--transcript",
            "@transcript.cbor",
        ];
        self.verify(&[&stored[..], &["--crl", "@signers"], arguments].concat())
    }
}

pub(super) fn verify<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let common = ["--trust", "@trust", "--environment", "test", "--at", AT];
    [&["verify", "mdoc"], arguments, &common].concat()
}

/// Name and age.
pub(super) fn present<'h>(holder: &'h Holder, transcript: &Transcript) -> Presentation<'h> {
    holder
        .present(transcript)
        .select(JAPAN_NAME_SPACE, &["full_name_unicode"])
        .select(COMMON_NAME_SPACE, &["age_over_20"])
}

pub(super) fn response(presentation: &Presentation<'_>) -> Vec<u8> {
    Response::of(presentation.signed()).encode()
}
