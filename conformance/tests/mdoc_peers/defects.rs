//! Responses with one defect each, and who notices it.

use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};

use crate::bench::{Bench, Outcome, trial};
use crate::peer::Name::{self, Auth0, Isomdl, Ours, Owf, PyMdoc};
use crate::scene::{self, DAY, Document, Keys, Scene, Signer};

pub(crate) struct Defect {
    name: &'static str,
    kind: Kind,
    /// Who can be told to make it.
    makers: &'static [Name],
    /// By which code the sdk refuses it.
    code: &'static str,
    noticed_by: Noticed,
}

enum Kind {
    /// The issuer's or the phone's, in what they are told to make.
    Order(Signer, Change),
    /// Octets replaced by others where they first stand, which then is what was
    /// asked for.
    Octets(&'static [u8], &'static [u8], Change),
    /// Something follows the response.
    Trailing,
    /// What the verifier expects is not what was presented.
    Question(Change),
}

use Kind::{Octets, Order, Question, Trailing};

type Change = fn(&Scene, &mut Value);
type Noticed = &'static [(Name, &'static str)];

const AS_IT_IS: Change = |_, _| {};
const OTHER_LICENCE: &str = "org.iso.18013.5.1.mXL";

const NOT_VALID: Noticed = &[
    (Auth0, "The MSO must be valid at the time"),
    (Owf, "The MSO must be valid at the time"),
];

#[rustfmt::skip]
pub(crate) const DEFECTS: &[Defect] = &[
    defect("changed_birth_date", "mdoc.digest", &Name::ALL,
        Octets(b"1971-09-01", b"2001-09-01", AS_IT_IS), &[
            (Auth0, "The calculated digest"), (Owf, "The calculated digest"), (PyMdoc, "Hash mismatch"),
        ]),
    // Where it stands first it names the items that are disclosed.
    defect("namespace_without_digests", "mdoc.digest_unknown", &Name::ALL,
        Octets(b"\x71org.iso.18013.5.1\x8e", b"\x71org.iso.18013.5.2\x8e", |_, question| {
            let asked = question["requested"]["org.iso.18013.5.1"].take();
            question["requested"] = json!({"org.iso.18013.5.2": asked});
        }), &[
            (Auth0, "must include digests for namespace"), (Owf, "must include digests for namespace"),
        ]),
    defect("expired", "mdoc.expired", &Name::ALL, Order(Signer::Sound, |scene, order| {
        order["validity"]["valid_until"] = json!(scene.now - 5 * DAY);
    }), NOT_VALID),
    defect("not_yet_valid", "mdoc.not_yet_valid", &Name::ALL, Order(Signer::Sound, |scene, order| {
        order["validity"]["valid_from"] = json!(scene.now + 5 * DAY);
    }), NOT_VALID),
    defect("signed_before_the_certificate", "mdoc.signed_outside", &Name::ALL,
        Order(Signer::Sound, |scene, order| {
            order["validity"]["signed"] = json!(scene.now - 200 * DAY);
        }), &[(Auth0, "The MSO signed date"), (Owf, "The MSO signed date")]),
    defect("presented_as_another_doctype", "mdoc.doc_type", &[Ours, Auth0, PyMdoc],
        Order(Signer::Sound, |_, order| order["presented_doctype"] = json!(OTHER_LICENCE)),
        // @owf/mdoc compares the request with the MSO alone.
        &[(Auth0, "The issuerAuth docType"), (Owf, "did not match the Device Request")]),
    defect("another_doctype_than_expected", "mdoc.document_unrequested", &Name::ALL,
        Question(|_, question| question["doctype"] = json!(OTHER_LICENCE)),
        &[(Owf, "did not match the Device Request")]),
    defect("signed_with_another_key", "mdoc.issuer_signature", &Name::ALL,
        Order(Signer::OtherKey, AS_IT_IS), &[
            (Auth0, "Issuer signature must be valid"), (Owf, "Issuer auth signature is invalid"),
            (PyMdoc, "refused without a reason"), (Isomdl, "issuer authentication failed"),
        ]),
    defect("another_anchor", "x509.authority_key", &Name::ALL, Question(|scene, question| {
        question["anchors"] = json!([scene.other_root()]);
    }), &[
        (Auth0, "No valid certificate paths"), (Owf, "No anchor issued"),
        (PyMdoc, "not signed by any trusted root"), (Isomdl, "no valid trust anchor"),
    ]),
    defect("signer_expired", "x509.expired", &Name::ALL, Order(Signer::Expired, AS_IT_IS), &[
        (Auth0, "not yet valid or expired"), (Owf, "not valid now"),
        (PyMdoc, "DS certificate expired"), (Isomdl, "expired"),
    ]),
    defect("signer_without_purpose", "x509.extended_key_usage", &Name::ALL,
        Order(Signer::Purposeless, AS_IT_IS), &[(Isomdl, "ExtendedKeyUsage")]),
    defect("another_transcript", "mdoc.device_signature", &Name::ALL, Question(|_, question| {
        question["transcript"] = json!(scene::transcript("another"));
    }), &[
        (Auth0, "Device signature must be valid"), (Owf, "Device signature must be valid"),
        (Isomdl, "failed verifying device signature"),
    ]),
    defect("not_signed_by_the_device", "input.mdoc", &[Ours, PyMdoc],
        Order(Signer::Sound, |_, order| order["device_auth"] = json!("none")), &[
            (Auth0, "not signed by the device"), (Owf, "decoding DeviceSigned"), (Isomdl, "deviceSigned"),
        ]),
    defect("status_of_an_error", "mdoc.response_status", &Name::ALL,
        Octets(b"fstatus\x00", b"fstatus\x0a", AS_IT_IS), &[]),
    defect("trailing_octet", "input.cbor_trailing", &Name::ALL, Trailing,
        &[(Auth0, "end of buffer"), (Owf, "end of buffer")]),
];

const fn defect(
    name: &'static str,
    code: &'static str,
    makers: &'static [Name],
    kind: Kind,
    noticed_by: Noticed,
) -> Defect {
    Defect {
        name,
        kind,
        makers,
        code,
        noticed_by,
    }
}

impl Defect {
    /// The sdk judges whatever anybody makes; the others what the testbed makes
    /// and what pyMDOC-CBOR makes, both of which everybody reads.
    pub(crate) fn trials(&'static self, bench: &Arc<Bench>) -> Vec<Trial> {
        let makers = self.makers.iter();
        makers
            .flat_map(|maker| Name::ALL.map(|judge| (*maker, judge)))
            .filter(|(maker, judge)| *judge == Ours || matches!(maker, Ours | PyMdoc))
            .map(|(maker, judge)| {
                let name = format!("{}::{}::{}", self.name, maker.label(), judge.label());
                trial(bench, name, &[maker, judge], move |bench| {
                    self.run(bench, maker, judge)
                })
            })
            .collect()
    }

    fn run(&self, bench: &Bench, maker: Name, judge: Name) -> Result<(), Failed> {
        let scene = bench.scene(Document::Licence, Keys::P256)?;
        let mut order = scene.order(Signer::Sound);
        if let Order(signer, change) = self.kind {
            order = scene.order(signer);
            change(scene, &mut order);
        }
        let mut response = bench.make(maker, &order)?.map_err(Failed::from)?;
        match self.kind {
            Octets(from, to, _) => replace_first(&mut response, from, to)?,
            Trailing => response.push(0),
            Order(..) | Question(_) => {}
        }
        let mut question = scene.question(&order, &response);
        if let Question(change) | Octets(_, _, change) = self.kind {
            change(scene, &mut question);
        }
        if let Some(presented) = order["presented_doctype"].as_str() {
            question["doctype"] = json!(presented);
        }
        let outcome = bench.judge(judge, &question, &order)?;
        self.compare(judge, &outcome)
    }

    fn compare(&self, judge: Name, outcome: &Outcome) -> Result<(), Failed> {
        let mut noticed = self.noticed_by.iter();
        let noticed = noticed.find(|(peer, _)| *peer == judge);
        match (outcome, noticed) {
            (Outcome::Refused(code), _) if judge == Ours && code == self.code => Ok(()),
            (Outcome::Refused(reason), Some((_, expected))) if reason.contains(expected) => Ok(()),
            (Outcome::Accepted, None) if judge != Ours => Ok(()),
            (Outcome::Accepted, _) => Err("accepted".into()),
            (Outcome::Refused(reason) | Outcome::NotMade(reason), _) => Err(reason.into()),
        }
    }
}

fn replace_first(octets: &mut Vec<u8>, from: &[u8], to: &[u8]) -> Result<(), Failed> {
    let at = octets.windows(from.len()).position(|w| w == from);
    let at = at.ok_or("what was to be replaced is not there")?;
    octets.splice(at..at + from.len(), to.iter().copied());
    Ok(())
}
