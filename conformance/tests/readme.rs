//! The table of the README, check → module → vector, is what the code says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what cannot be read fails the test"
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tashika::{CheckId, Code};

/// Where each check is made.
const MODULES: &[(&str, &[CheckId])] = &[
    (
        "sdk/src/certificate.rs",
        &[
            CheckId::Budget,
            CheckId::CertificateEncoding,
            CheckId::Version,
            CheckId::AlgorithmIdentifier,
        ],
    ),
    ("sdk/src/certificate/serial.rs", &[CheckId::SerialNumber]),
    ("sdk/src/certificate/extensions.rs", &[CheckId::Extensions]),
    ("sdk/src/cms/ber.rs", &[CheckId::CmsEncoding]),
    (
        "sdk/src/cms/envelope.rs",
        &[
            CheckId::CmsContentType,
            CheckId::CmsSigner,
            CheckId::CmsSignerCertificate,
        ],
    ),
    ("sdk/src/cms/signed_data.rs", &[CheckId::CmsContent]),
    (
        "sdk/src/cms/signer.rs",
        &[CheckId::CmsAlgorithm, CheckId::CmsAlgorithmProtection],
    ),
    (
        "sdk/src/cms/attributes.rs",
        &[
            CheckId::CmsSignedAttributes,
            CheckId::CmsSignedContentType,
            CheckId::CmsMessageDigest,
        ],
    ),
    (
        "sdk/src/cms/signing_certificate.rs",
        &[CheckId::CmsSigningCertificate],
    ),
    (
        "sdk/src/x509/one_hop.rs",
        &[
            CheckId::Issuer,
            CheckId::AuthorityKey,
            CheckId::CertificateAlgorithm,
            CheckId::CertificateSignature,
            CheckId::CriticalExtensions,
            CheckId::BasicConstraints,
        ],
    ),
    (
        "sdk/src/x509/issued.rs",
        &[CheckId::AnchorValidity, CheckId::Validity],
    ),
    (
        "sdk/src/x509/profile.rs",
        &[
            CheckId::KeyUsage,
            CheckId::ExtendedKeyUsage,
            CheckId::Policy,
        ],
    ),
    (
        "sdk/src/algorithm/key.rs",
        &[
            CheckId::SubjectKey,
            CheckId::SignatureScheme,
            CheckId::Signature,
        ],
    ),
    ("sdk/src/algorithm/digest.rs", &[CheckId::Usage]),
    (
        "sdk/src/jpki/desk.rs",
        &[CheckId::CertificatePresent, CheckId::SignedMessage],
    ),
    ("sdk/src/jpki/header.rs", &[CheckId::Transaction]),
    ("sdk/src/jpki/holder.rs", &[CheckId::Holder]),
    ("sdk/src/mdoc/envelope/apple.rs", &[CheckId::MdocEnvelope]),
    ("sdk/src/mdoc/session.rs", &[CheckId::MdocSession]),
    (
        "sdk/src/mdoc/response.rs",
        &[
            CheckId::MdocEncoding,
            CheckId::MdocVersion,
            CheckId::MdocResponseStatus,
            CheckId::MdocForbidden,
        ],
    ),
    (
        "sdk/src/mdoc/verifier.rs",
        &[CheckId::MdocDocuments, CheckId::MdocElements],
    ),
    (
        "sdk/src/mdoc/issuer.rs",
        &[
            CheckId::MdocIssuerAuth,
            CheckId::MdocIssuerSignature,
            CheckId::MdocDigests,
        ],
    ),
    (
        "sdk/src/mdoc/certificate_profile.rs",
        &[CheckId::MdocCertificateProfile],
    ),
    (
        "sdk/src/mdoc/mso.rs",
        &[CheckId::MdocMso, CheckId::MdocValidity],
    ),
    (
        "sdk/src/mdoc/device.rs",
        &[
            CheckId::MdocDeviceKey,
            CheckId::MdocDeviceSigned,
            CheckId::MdocDeviceAuth,
        ],
    ),
    ("sdk/src/mdoc/age.rs", &[CheckId::MdocElementValues]),
    (
        "sdk/src/mdoc/status/verifier.rs",
        &[CheckId::MdocStatusToken],
    ),
    (
        "sdk/src/mdoc/status/record.rs",
        &[CheckId::MdocRecordStatus],
    ),
    (
        "sdk/src/auth_app/callback.rs",
        &[
            CheckId::AuthAppCallback,
            CheckId::AuthAppState,
            CheckId::AuthAppResponseIssuer,
        ],
    ),
    ("sdk/src/auth_app/pending.rs", &[CheckId::AuthAppBrowser]),
    (
        "sdk/src/auth_app/refusal.rs",
        &[CheckId::AuthAppAuthorized, CheckId::AuthAppClient],
    ),
    ("sdk/src/auth_app/exchange.rs", &[CheckId::AuthAppAnswered]),
    (
        "sdk/src/auth_app/authorized.rs",
        &[CheckId::AuthAppTokenResponse],
    ),
    (
        "sdk/src/auth_app/token.rs",
        &[
            CheckId::AuthAppTokenForm,
            CheckId::AuthAppAlgorithm,
            CheckId::AuthAppSignature,
        ],
    ),
    ("sdk/src/auth_app/keys.rs", &[CheckId::AuthAppKey]),
    (
        "sdk/src/auth_app/id_token.rs",
        &[
            CheckId::AuthAppIssuer,
            CheckId::AuthAppAudience,
            CheckId::AuthAppTime,
            CheckId::AuthAppNonce,
            CheckId::AuthAppAccessToken,
        ],
    ),
    ("sdk/src/auth_app/acr.rs", &[CheckId::AuthAppAcr]),
    ("sdk/src/auth_app/claims.rs", &[CheckId::AuthAppClaims]),
    (
        "sdk/src/auth_app/signing/operator.rs",
        &[CheckId::AuthAppSigning],
    ),
    (
        "sdk/src/revocation/list.rs",
        &[
            CheckId::CrlEncoding,
            CheckId::CrlProfile,
            CheckId::CrlExtensions,
            CheckId::CrlIssuer,
            CheckId::CrlSignature,
        ],
    ),
    (
        "sdk/src/revocation/ocsp/response.rs",
        &[
            CheckId::OcspEncoding,
            CheckId::OcspStatus,
            CheckId::OcspProfile,
            CheckId::OcspExtensions,
        ],
    ),
    (
        "sdk/src/revocation/ocsp/verifier.rs",
        &[CheckId::OcspCertificate, CheckId::OcspAnswer],
    ),
    (
        "sdk/src/revocation/ocsp/responder.rs",
        &[CheckId::OcspResponder, CheckId::OcspSignature],
    ),
    ("sdk/src/revocation/ocsp/policy.rs", &[CheckId::OcspNonce]),
    ("sdk/src/revocation/set.rs", &[CheckId::CrlNumber]),
    ("sdk/src/revocation/scope.rs", &[CheckId::Scope]),
    (
        "sdk/src/revocation/policy.rs",
        &[CheckId::Clock, CheckId::Freshness],
    ),
    (
        "sdk/src/revocation/unconfirmed.rs",
        &[CheckId::RevocationQuery],
    ),
    ("sdk/src/revocation/endpoint.rs", &[CheckId::Answered]),
    ("sdk/src/revocation/reason.rs", &[CheckId::NotRevoked]),
    ("sdk/src/trust/store.rs", &[CheckId::Anchor]),
    ("middleware/src/body/whole.rs", &[CheckId::HttpRequest]),
    ("middleware/src/audit.rs", &[CheckId::TransactionKept]),
    (
        "middleware/src/session/desk.rs",
        &[CheckId::TransactionSession],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The refused vectors of each check, those of its own area first.
fn vectors() -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let areas = fs::read_dir(root().join("conformance/vectors")).unwrap();
    let folders = areas
        .map(|area| area.unwrap().path())
        .filter(|p| p.is_dir());
    for file in folders.flat_map(|folder| fs::read_dir(folder).unwrap()) {
        let text = fs::read(file.unwrap().path()).unwrap();
        let vector: Value = serde_json::from_slice(&text).unwrap();
        if vector["expected"].is_string() {
            let [id, check] = ["id", "check"].map(|m| vector[m].as_str().unwrap().to_owned());
            found.entry(check).or_default().push(id);
        }
    }
    for (check, ids) in &mut found {
        let area = check.split('.').next().unwrap_or_default();
        ids.sort_by_key(|id| (!id.starts_with(area), id.clone()));
    }
    found
}

fn module(check: CheckId) -> &'static str {
    let found = MODULES.iter().find(|(_, checks)| checks.contains(&check));
    found.unwrap_or_else(|| panic!("{check} has no module")).0
}

fn table() -> String {
    let vectors = vectors();
    let mut table =
        String::from("| check | module | refused vectors, the first of them |\n|---|---|---|\n");
    for check in CheckId::ALL {
        let module = module(*check);
        let source = fs::read_to_string(root().join(module)).unwrap();
        let refuses =
            |code: &&Code| code.check() == *check && source.contains(&format!("Code::{code:?}"));
        assert!(
            Code::ALL.iter().any(|code| refuses(&code)),
            "{module} does not refuse by {check}"
        );
        let of_check = vectors.get(check.as_str()).map_or(&[][..], Vec::as_slice);
        let first = match (of_check.first(), *check) {
            (Some(id), _) => format!(", [`{id}`](conformance/vectors/{id}.json)"),
            // What a network does is not in a file: servers fail in these tests.
            (None, CheckId::Answered) => ", [tests](conformance/tests/checker)".to_owned(),
            // A signature takes two servers, one of which has to decrypt.
            (None, CheckId::AuthAppSigning) => ", [tests](conformance/tests/auth_app)".to_owned(),
            // What is in front of a service needs one.
            (None, CheckId::HttpRequest | CheckId::TransactionSession) => {
                ", [tests](conformance/tests/layers)".to_owned()
            }
            (None, CheckId::TransactionKept) => ", [tests](conformance/tests/stores)".to_owned(),
            (None, _) => String::new(),
        };
        let name = module.trim_start_matches("sdk/src/");
        let count = of_check.len();
        writeln!(
            table,
            "| `{check}` | [`{name}`]({module}) | {count}{first} |"
        )
        .unwrap();
    }
    table
}

#[test]
fn the_table_of_checks_is_true() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let expected = table();
    assert!(
        readme.contains(&expected),
        "the README's table must be:\n\n{expected}"
    );
}

#[test]
fn every_code_is_explained_by_its_check() {
    for code in Code::ALL {
        assert!(!module(code.check()).is_empty());
    }
}
