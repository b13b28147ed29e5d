//! Responses with one defect each, and which peers notice it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::peer::Name::{self, Auth0, Isomdl, Owf, PyMdoc};
use crate::peer::Peer;
use crate::scene::{self, DAY, Scene, Signer};

pub(crate) struct Defect {
    pub(crate) name: &'static str,
    kind: Kind,
    noticed_by: Noticed,
}

enum Kind {
    /// The issuer's or the phone's, in what they are told to make.
    Order(Signer, fn(&Scene, &mut Value)),
    /// The last octets replaced by others, where they first stand.
    Octets(&'static [u8], &'static [u8]),
    /// Something follows the response.
    Trailing,
    /// What the verifier expects is not what was presented.
    Question(fn(&Scene, &mut Value)),
}

use Kind::{Octets, Order, Question, Trailing};

type Noticed = &'static [(Name, &'static str)];

const NOT_VALID: Noticed = &[
    (Auth0, "The MSO must be valid at the time"),
    (Owf, "The MSO must be valid at the time"),
];

#[rustfmt::skip]
pub(crate) const DEFECTS: &[Defect] = &[
    defect("changed_birth_date", Octets(b"1971-09-01", b"2001-09-01"), &[
        (Auth0, "The calculated digest"), (Owf, "The calculated digest"), (PyMdoc, "Hash mismatch"),
    ]),
    // Where it stands first it names the items that are disclosed.
    defect("namespace_without_digests", Octets(b"\x71org.iso.18013.5.1\x86", b"\x71org.iso.18013.5.2\x86"), &[
        (Auth0, "must include digests for namespace"), (Owf, "must include digests for namespace"),
    ]),
    defect("expired", Order(Signer::Sound, |scene, order| {
        order["validity"]["valid_until"] = json!(scene.now - 5 * DAY);
    }), NOT_VALID),
    defect("not_yet_valid", Order(Signer::Sound, |scene, order| {
        order["validity"]["valid_from"] = json!(scene.now + 5 * DAY);
    }), NOT_VALID),
    defect("signed_before_the_certificate", Order(Signer::Sound, |scene, order| {
        order["validity"]["signed"] = json!(scene.now - 200 * DAY);
    }), &[(Auth0, "The MSO signed date"), (Owf, "The MSO signed date")]),
    defect("presented_as_another_doctype", Order(Signer::Sound, |_, order| {
        order["presented_doctype"] = json!("org.iso.18013.5.1.mXL");
    }), &[(Auth0, "The issuerAuth docType")]),
    defect("another_doctype_than_expected", Question(|_, question| {
        question["doctype"] = json!("org.iso.23220.1.jp.mnc");
    }), &[]),
    defect("signed_with_another_key", Order(Signer::OtherKey, |_, _| {}), &[
        (Auth0, "Issuer signature must be valid"), (Owf, "Issuer auth signature is invalid"),
        (PyMdoc, "refused without a reason"), (Isomdl, "issuer authentication failed"),
    ]),
    defect("another_anchor", Question(|scene, question| {
        question["anchors"] = json!([scene.other_root()]);
    }), &[
        (Auth0, "No valid certificate paths"), (Owf, "No anchor issued"),
        (PyMdoc, "not signed by any trusted root"), (Isomdl, "no valid trust anchor"),
    ]),
    defect("signer_expired", Order(Signer::Expired, |_, _| {}), &[
        (Auth0, "not yet valid or expired"), (Owf, "not valid now"),
        (PyMdoc, "DS certificate expired"), (Isomdl, "expired"),
    ]),
    defect("signer_without_purpose", Order(Signer::Purposeless, |_, _| {}), &[(Isomdl, "ExtendedKeyUsage")]),
    defect("another_transcript", Question(|_, question| {
        question["transcript"] = json!(scene::transcript(1));
    }), &[
        (Auth0, "Device signature must be valid"), (Owf, "Device signature must be valid"),
        (Isomdl, "failed verifying device signature"),
    ]),
    defect("not_signed_by_the_device", Order(Signer::Sound, |_, order| {
        order["device_auth"] = json!("none");
    }), &[
        (Auth0, "not signed by the device"), (Owf, "decoding DeviceSigned"), (Isomdl, "deviceSigned"),
    ]),
    defect("status_of_an_error", Octets(b"fstatus\x00", b"fstatus\x0a"), &[]),
    defect("trailing_octet", Trailing, &[(Auth0, "end of buffer"), (Owf, "end of buffer")]),
];

const fn defect(name: &'static str, kind: Kind, noticed_by: Noticed) -> Defect {
    Defect {
        name,
        kind,
        noticed_by,
    }
}

impl Defect {
    /// The question about it. All are made by pyMDOC-CBOR, whose documents
    /// everybody reads.
    pub(crate) fn question(&self, scene: &Scene, maker: &Peer) -> Result<Value, Failed> {
        let mut order = scene.order(Signer::Sound);
        if let Order(signer, change) = self.kind {
            order = scene.order(signer);
            change(scene, &mut order);
        }
        let mut response = STANDARD.decode(maker.issue(&order)?)?;
        match self.kind {
            Octets(from, to) => replace_first(&mut response, from, to)?,
            Trailing => response.push(0),
            Order(..) | Question(_) => {}
        }
        let mut question = scene.question(&STANDARD.encode(response));
        if let Question(change) = self.kind {
            change(scene, &mut question);
        }
        Ok(question)
    }

    /// What this peer says about it; nothing if it accepts.
    pub(crate) fn reason(&self, name: Name) -> Option<&'static str> {
        let mut noticed = self.noticed_by.iter();
        noticed
            .find(|(peer, _)| *peer == name)
            .map(|(_, reason)| *reason)
    }
}

fn replace_first(octets: &mut Vec<u8>, from: &[u8], to: &[u8]) -> Result<(), Failed> {
    let at = octets.windows(from.len()).position(|w| w == from);
    let at = at.ok_or("what was to be replaced is not there")?;
    octets.splice(at..at + from.len(), to.iter().copied());
    Ok(())
}
