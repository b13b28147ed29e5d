//! What stands in a record, member by member.

use bytes::Bytes;
use serde_json::{Value, json};
use tashika::algorithm::AlgorithmTable;
use tashika::audit::{Evidence, Flow, MethodTable, Record, Role, Terms};
use tashika::jpki::{
    Challenge, ChallengeResponse, LookupKey, SignedDocument, VerifiedAuthentication,
    VerifiedSignature,
};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::trust::Fingerprint;
use tashika::{Code, Duration, Error, Time};
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::{Algorithm, Hash, Kind, Register, Scheme};

use crate::bench::terms;

const TRANSACTION: TransactionId = TransactionId::from_entropy([7; 16]);
const TEXT: &[u8] = b"a contract";

fn desk() -> Desk {
    Desk::new(7, Algorithm::RSA_2048).unwrap()
}

fn document(desk: &Desk) -> SignedDocument {
    let card = desk.card();
    let signature = card.sign_raw(Scheme::Pkcs1(Hash::Sha256), TEXT);
    let certificate = Bytes::copy_from_slice(card.signing().certificate());
    SignedDocument::raw(certificate, signature.into(), Bytes::from_static(TEXT))
}

fn signature(desk: &Desk) -> VerifiedSignature {
    desk.verify(&document(desk), AlgorithmTable::standard())
        .unwrap()
}

fn authentication(desk: &Desk) -> VerifiedAuthentication {
    let audience = Audience {
        relying_party: RelyingParty::from_origin("https://bank.example").unwrap(),
        purpose: Purpose::named("login").unwrap(),
    };
    let binding = Binding {
        audience: audience.clone(),
        transaction: TRANSACTION,
        expires: NOW.plus(Duration::minutes(5)),
    };
    let challenge = Challenge::from_entropy(binding, [3; 32]);
    let response = ChallengeResponse {
        certificate: Bytes::copy_from_slice(desk.card().authentication().certificate()),
        signature: desk.card().answer(&challenge.to_bytes()).into(),
    };
    let verifier = desk.authentication().unwrap();
    let checked = verifier.check(challenge, &audience, &response, NOW);
    let list = desk.list(Kind::Authentication, &Register::new());
    desk.confirm(checked.unwrap(), Kind::Authentication, &list)
        .1
        .unwrap()
}

pub(crate) fn written(record: Record) -> (String, Value) {
    let entry = terms().write(record).unwrap();
    let json = entry.json().to_owned();
    let value = serde_json::from_str(&json).unwrap();
    (json, value)
}

/// The members of the outermost object, in the order in which they stand.
fn order(json: &str, value: &Value) -> Vec<String> {
    let members = value.as_object().unwrap().keys();
    let mut members: Vec<_> = members.cloned().collect();
    members.sort_by_key(|member| json.find(&format!("\"{member}\":")).unwrap());
    members
}

pub(crate) fn what_a_signature_leaves() {
    let desk = desk();
    let proof = signature(&desk);
    let evidence = Evidence::from_entropy(&document(&desk), &[5; 32]);
    let record = Record::of_signature(&proof, TRANSACTION, NOW).with_evidence(evidence);
    let (json, value) = written(record.with_method(&MethodTable::standard()));
    let members = [
        "flow",
        "transaction",
        "at",
        "at_japan",
        "verdict",
        "certificate",
        "method",
        "evidence",
        "sdk",
    ];
    assert_eq!(order(&json, &value), members);
    assert_eq!(value["flow"], "signature");
    assert_eq!(value["transaction"], "07".repeat(16));
    assert_eq!(value["at"], "2027-01-15T08:00:00Z");
    assert_eq!(value["at_japan"], "2027-01-15T17:00:00+09:00");
    assert_eq!(value["verdict"], "accepted");
    assert_eq!(
        value["method"],
        json!({ "letter": "カ", "regime": "until 2027-03-31" })
    );
    assert_eq!(value["sdk"], "0.1.0");
    let labels = value["evidence"].as_array().unwrap().iter();
    let labels: Vec<_> = labels
        .map(|committed| committed["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["signed_data", "signature", "certificate"]);

    let (leaf, certificate) = (proof.leaf(), &value["certificate"]);
    let key = LookupKey::from_octets(&[9; 32]);
    let root = leaf.anchor();
    let validity = leaf.validity();
    let list = desk.read_list(Kind::Signing, &desk.list(Kind::Signing, &Register::new()));
    let list = list.unwrap();
    let hex = |octets: &[u8]| {
        octets
            .iter()
            .map(|o| format!("{o:02x}"))
            .collect::<String>()
    };
    let until = validity.not_after.date_in_japan().unwrap().year();
    assert_eq!(
        *certificate,
        json!({
            "kind": "signing",
            "carrier": "card",
            "policy": "1.2.392.200149.8.5.1.0.20",
            "issuer": Fingerprint::of(root.subject()).to_string(),
            "authority_key_identifier": hex(root.key_identifier()),
            "keyed": leaf.identity().lookup(&key).to_string(),
            "key": hex(&key.check_value()),
            "valid_from": validity.not_before.to_string(),
            "valid_until": until.to_string(),
            "algorithm": "pkcs1-sha256",
            "revocation": {
                "status": "good",
                "method": "crl",
                "number": list.number().unwrap().to_string(),
                "as_of": list.this_update().to_string(),
                "next_update": list.next_update().unwrap().to_string(),
                "freshness": "fresh",
                "flagged": false,
            },
            "trust": leaf.trust_version().to_string(),
        })
    );
    // Evidence can be erased: no digest without a salt outlives it.
    let digest = hex(&Hash::Sha256.digest(TEXT));
    assert!(!json.contains(&digest), "{json}");
    let (_, bare) = written(Record::of_signature(&proof, TRANSACTION, NOW));
    assert_eq!(bare["certificate"]["signed"], digest);
}

pub(crate) fn what_a_login_leaves() {
    let desk = desk();
    let proof = authentication(&desk);
    let record = Record::of_authentication(&proof, TRANSACTION, NOW);
    // A login identifies nobody in the sense of that law.
    let (_, value) = written(record.with_method(&MethodTable::standard()));
    assert_eq!(value["flow"], "authentication");
    assert_eq!(value["certificate"]["kind"], "authentication");
    assert_eq!(value["certificate"]["signed"], proof.digest().to_string());
    let challenge = Challenge::from_entropy(proof.binding().clone(), [3; 32]);
    assert_eq!(proof.digest(), Fingerprint::of(&challenge.to_bytes()));
    assert_eq!(
        (&value["method"], &value["evidence"]),
        (&Value::Null, &Value::Null)
    );

    let record = Record::of_authentication(&proof, TRANSACTION, NOW);
    let logged: Value = serde_json::from_str(&terms().write_for_logs(&record).unwrap()).unwrap();
    let certificate = logged["certificate"].as_object().unwrap();
    for told in ["keyed", "key", "valid_from", "valid_until", "signed"] {
        assert!(!certificate.contains_key(told), "{told}");
    }
    assert_eq!(certificate["kind"], "authentication");
}

pub(crate) fn what_a_refusal_leaves() {
    let refused = |flow, code, at| {
        let record = Record::refused(flow, Error::new(code), Some(TRANSACTION), at);
        written(record).1
    };
    let revoked = refused(Flow::Signature, Code::RevokedAffiliationChanged, NOW);
    assert_eq!(revoked["verdict"], "rejected");
    assert_eq!(revoked["code"], "revoked.affiliation_changed");
    assert_eq!(revoked["check"], "revocation.not_revoked");
    assert_eq!(revoked["reason"], "affiliationChanged");
    let meaning = |value: &Value| value["meaning"]["en"].as_str().map(str::to_owned);
    assert!(meaning(&revoked).unwrap().contains("recorded item"));
    let login = refused(Flow::Authentication, Code::RevokedAffiliationChanged, NOW);
    assert!(meaning(&login).unwrap().contains("never proof"));
    // A signer of documents is no person whose circumstances a reason tells of,
    // and of a session the kind of certificate is not known.
    for flow in [Flow::Presentation, Flow::Session] {
        let other = refused(flow, Code::RevokedAffiliationChanged, NOW);
        let told = (&other["reason"], meaning(&other));
        assert_eq!(told, (&json!("affiliationChanged"), None));
    }

    let stale = refused(Flow::Signature, Code::RevocationStale, NOW);
    assert_eq!(
        (&stale["verdict"], &stale["reason"]),
        (&json!("undetermined"), &Value::Null)
    );
    let late = refused(
        Flow::Login,
        Code::TransactionExpired,
        Time::from_unix(i64::MAX),
    );
    assert_eq!(late["at"], format!("@{}", i64::MAX));
    let age = refused(Flow::Age, Code::MdocExpired, NOW);
    let members = age.as_object().unwrap().keys().collect::<Vec<_>>();
    assert_eq!(members, ["check", "code", "day", "flow", "sdk", "verdict"]);
    assert_eq!(age["day"], "2027-01-15");
}

pub(crate) fn letters_follow_the_day() {
    let desk = desk();
    let proof = signature(&desk);
    let method = |at: &str| {
        let record = Record::of_signature(&proof, TRANSACTION, at.parse().unwrap());
        written(record.with_method(&MethodTable::standard())).1["method"].clone()
    };
    let (before, after) = (
        json!({ "letter": "カ", "regime": "until 2027-03-31" }),
        json!({ "letter": "ヌ", "regime": "from 2027-04-01" }),
    );
    assert_eq!(method("2027-03-31T14:59:59Z"), before);
    assert_eq!(method("2027-03-31T15:00:00Z"), after);
    let refused = Record::refused(Flow::Signature, Code::X509Expired.into(), None, NOW);
    let refused = written(refused.with_method(&MethodTable::standard())).1;
    assert_eq!(refused["method"], Value::Null);

    // The same record under another key has another name in it.
    let other = Terms::new(LookupKey::from_octets(&[8; 32]), Role::Verifier);
    let record = || Record::of_signature(&proof, TRANSACTION, NOW);
    let keyed = |terms: &Terms| {
        let entry = terms.write(record()).unwrap();
        let value: Value = serde_json::from_str(entry.json()).unwrap();
        value["certificate"]["keyed"].clone()
    };
    assert_ne!(keyed(&other), keyed(&terms()));
}
