//! Ops `path`, `crl` and `ocsp`, a certificate and its revocation, and op `cms`, a
//! message and its signer's.

use const_oid::ObjectIdentifier;
use tashika::cms;
use tashika::jpki::{AuthenticationVerifier, Kind, ProfileTable, SignedDocument, SigningVerifier};
use tashika::revocation::Unconfirmed;
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::x509::{OneHop, PolicyRule};

use crate::judge::answer::{Finding, Refusal};
use crate::judge::lax;
use crate::judge::revocation::Evidence;
use crate::judge::row::{Profile, Row};

/// anyPolicy (RFC 5280, 4.2.1.4).
const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// Op `path`: the anchor issued the target under the profile, and a list of
/// the line says that it is not revoked.
pub(super) fn path(row: &Row) -> Result<Finding, Refusal> {
    certificate(row, policies(row)?)
}

/// Op `crl`: like `path`, whatever the target's policies are.
pub(super) fn crl(row: &Row) -> Result<Finding, Refusal> {
    certificate(row, PolicyRule::DangerAny)
}

/// Op `ocsp`: like `crl`, but OCSP responses say that the target is not
/// revoked. Without a target they are about whatever they are about.
pub(super) fn ocsp(row: &Row) -> Result<Finding, Refusal> {
    if row.has_target() {
        certificate(row, PolicyRule::DangerAny)
    } else {
        evidence(row)?.responses(row.time()?)
    }
}

fn certificate(row: &Row, policies: PolicyRule) -> Result<Finding, Refusal> {
    let (evidence, target, now) = (evidence(row)?, row.target()?, row.time()?);
    let finding = match row.profile()? {
        Profile::Jpki => {
            let issued = one_hop(&evidence, policies).check(target, now)?;
            evidence.confirm(Unconfirmed::of(&issued)?, now)
        }
        Profile::JpkiSigning => {
            let pending = signing(&evidence)?.check_certificate(target, now)?;
            evidence.confirm(pending, now)
        }
        Profile::JpkiAuthentication => {
            let pending = authentication(&evidence)?.check_certificate(target, now)?;
            evidence.confirm(pending, now)
        }
    };
    Ok(finding)
}

/// Op `cms`: the target is a message whose signer passes `path`. A line without
/// `crls` does not ask whether the signer is revoked; an empty list of them does.
pub(super) fn cms(row: &Row) -> Result<Finding, Refusal> {
    let (evidence, target, now) = (evidence(row)?, row.target()?, row.time()?);
    match row.profile()? {
        Profile::Jpki => {
            let one_hop = one_hop(&evidence, PolicyRule::DangerAny);
            let issued = cms::check_signer(target, row.content(), &one_hop, now)?;
            Ok(evidence.confirm_if_asked(Unconfirmed::of(&issued)?, now))
        }
        Profile::JpkiSigning => {
            let document = match row.content() {
                Some(content) => SignedDocument::cms_detached(target.clone(), content.clone()),
                None => SignedDocument::cms(target.clone()),
            };
            let pending = signing(&evidence)?.check(&document, now)?;
            Ok(evidence.confirm_if_asked(pending, now))
        }
        // 利用者証明用 certificates sign no documents.
        Profile::JpkiAuthentication => Err(Refusal::Unsupported),
    }
}

fn evidence(row: &Row) -> Result<Evidence<'_>, Refusal> {
    let flags = row.flags();
    let algorithms = lax::algorithms(&flags)?;
    let mut anchors = TrustStore::builder(Environment::Test).danger_algorithms(algorithms.clone());
    for der in row.anchors() {
        anchors = anchors.anchor(purpose(row.profile()?, der), der)?;
    }
    Ok(Evidence {
        row,
        trust: anchors.build()?,
        algorithms,
        scope: lax::scope(&flags),
        policy: lax::policy(&flags)?,
        responders: lax::responders(&flags)?,
    })
}

/// What an anchor is for: what its name says, or else what the profile needs.
fn purpose(profile: Profile, der: &[u8]) -> Purpose {
    let needed = match profile {
        Profile::Jpki => return Purpose::JpkiSigning,
        Profile::JpkiSigning => Kind::Signing,
        Profile::JpkiAuthentication => Kind::Authentication,
    };
    Kind::of_ca(der).unwrap_or(needed).purpose()
}

/// The one-hop rules alone, for any leaf that is no CA.
fn one_hop(evidence: &Evidence<'_>, policies: PolicyRule) -> OneHop {
    OneHop::new(
        evidence.trust.clone(),
        Purpose::JpkiSigning,
        lax::leaf(&evidence.row.flags(), policies),
        evidence.algorithms.clone(),
    )
}

fn signing(evidence: &Evidence<'_>) -> Result<SigningVerifier, Refusal> {
    let (trust, algorithms) = (evidence.trust.clone(), evidence.algorithms.clone());
    Ok(SigningVerifier::new(
        trust,
        ProfileTable::standard(),
        algorithms,
    )?)
}

fn authentication(evidence: &Evidence<'_>) -> Result<AuthenticationVerifier, Refusal> {
    let (trust, algorithms) = (evidence.trust.clone(), evidence.algorithms.clone());
    Ok(AuthenticationVerifier::new(
        trust,
        ProfileTable::standard(),
        algorithms,
    )?)
}

/// The allow-list of the line. anyPolicy satisfies no allow-list and stands in
/// none.
fn policies(row: &Row) -> Result<PolicyRule, Refusal> {
    if row.flags().any_policy == Some(true) {
        return Ok(PolicyRule::DangerAny);
    }
    let allowed = row.policies().iter().map(|text| {
        let policy = ObjectIdentifier::new(text).map_err(|_| Refusal::argument())?;
        if policy == ANY_POLICY {
            return Err(Refusal::argument());
        }
        Ok(policy)
    });
    Ok(PolicyRule::AnyOf(allowed.collect::<Result<_, _>>()?))
}
