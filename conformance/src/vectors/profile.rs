//! What a certificate must be to be one of a card (JPKI profile).

use tashika_testbed::{CertificateBuilder, Extension, oid, policy};

use super::{
    Kind::{self, Authentication, Signing},
    Procedure::Certificate,
    Vector,
    case::Case,
    world::World,
};

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    [
        constraints(world),
        key_usage(world),
        extended_key_usage(world),
        policies(world),
    ]
    .concat()
}

fn leaf(world: &World, kind: Kind, text: [&str; 3], extension: &Extension) -> Case {
    let change = |c: CertificateBuilder| c.extension(extension.clone());
    let certificate = world.issue(kind, change);
    world.case(Certificate, kind, text).certificate(certificate)
}

fn without(world: &World, kind: Kind, text: [&str; 3], oid: &[u64]) -> Case {
    let certificate = world.issue(kind, |c| c.without(oid));
    world.case(Certificate, kind, text).certificate(certificate)
}

fn constraints(world: &World) -> Vec<Vector> {
    let check = "x509.basic_constraints";
    let case =
        |id, note, extension| leaf(world, Signing, [id, "RFC 5280, 4.2.1.9", note], &extension);
    vec![
        case(
            "profile/ca",
            "The basic constraints make it a CA certificate.",
            Extension::basic_constraints(true, None),
        )
        .refused(check, "x509.ca"),
        case(
            "profile/ca_of_no_path",
            "The basic constraints make it a CA certificate, with a path length of zero.",
            Extension::basic_constraints(true, Some(0)),
        )
        .refused(check, "x509.ca"),
        case(
            "profile/not_ca",
            "The basic constraints are there and make it no CA certificate.",
            Extension::basic_constraints(false, None),
        )
        .accepted(check),
    ]
}

fn key_usage(world: &World) -> Vec<Vector> {
    let check = "x509.key_usage";
    let clause = "RFC 5280, 4.2.1.3; JPKI profile, keyUsage";
    let signing = |id, note, bits: &[u8]| {
        leaf(
            world,
            Signing,
            [id, clause, note],
            &Extension::key_usage(bits),
        )
        .refused_by(check)
    };
    let authentication = |id, note, bits: &[u8]| {
        let extension = Extension::key_usage(bits);
        leaf(world, Authentication, [id, clause, note], &extension).refused_by(check)
    };
    let note = "The key usage is missing.";
    vec![
        without(
            world,
            Signing,
            ["profile/key_usage_absent", clause, note],
            oid::KEY_USAGE,
        )
        .refused_by(check),
        signing(
            "profile/no_non_repudiation",
            "The key is not for non-repudiation.",
            &[0],
        ),
        signing(
            "profile/no_digital_signature",
            "The key is not for digital signatures.",
            &[1],
        ),
        signing(
            "profile/key_encipherment",
            "The key is for encipherment too.",
            &[0, 1, 2],
        ),
        signing(
            "profile/key_cert_sign",
            "The key is for signing certificates too.",
            &[0, 1, 5],
        ),
        signing(
            "profile/crl_sign",
            "The key is for signing lists too.",
            &[0, 1, 6],
        ),
        signing(
            "profile/decipher_only",
            "The key is for deciphering only, too.",
            &[0, 1, 8],
        ),
        authentication(
            "profile/login_non_repudiation",
            "A key for logging in is for non-repudiation too.",
            &[0, 1],
        ),
        without(
            world,
            Authentication,
            ["profile/login_key_usage_absent", clause, note],
            oid::KEY_USAGE,
        )
        .refused_by(check),
    ]
}

fn extended_key_usage(world: &World) -> Vec<Vector> {
    let check = "x509.extended_key_usage";
    let clause = "RFC 5280, 4.2.1.12; JPKI profile, extKeyUsage";
    let case = |id, note, purposes: &[&[u64]]| {
        let extension = Extension::extended_key_usage(purposes);
        leaf(world, Authentication, [id, clause, note], &extension)
    };
    let note = "A key for signing is said to be for authenticating clients.";
    let control = "A certificate for logging in, as cards carry it.";
    vec![
        case("profile/login_control", control, &[oid::CLIENT_AUTH]).accepted(check),
        leaf(
            world,
            Signing,
            ["profile/signing_purpose", clause, note],
            &Extension::extended_key_usage(&[oid::CLIENT_AUTH]),
        )
        .refused_by(check),
        without(
            world,
            Authentication,
            [
                "profile/login_purpose_absent",
                clause,
                "The extended key usage is missing.",
            ],
            oid::EXTENDED_KEY_USAGE,
        )
        .refused_by(check),
        case(
            "profile/login_any_purpose",
            "The extended key usage is any.",
            &[oid::ANY_EXTENDED_KEY_USAGE],
        )
        .refused_by(check),
        case(
            "profile/login_server",
            "The extended key usage is that of servers.",
            &[oid::SERVER_AUTH],
        )
        .refused_by(check),
        case(
            "profile/login_two_purposes",
            "The extended key usage has a second purpose.",
            &[oid::CLIENT_AUTH, oid::SERVER_AUTH],
        )
        .refused_by(check),
        case(
            "profile/login_no_purpose",
            "The extended key usage has no purpose.",
            &[],
        )
        .refused_by(check),
    ]
}

fn policies(world: &World) -> Vec<Vector> {
    /// The production card's, 署名用.
    const PRODUCTION: &[u64] = &[1, 2, 392, 200149, 8, 5, 1, 1, 20];
    let check = "jpki.policy";
    let clause = "RFC 5280, 4.2.1.4; JPKI profile, certificatePolicies";
    let case = |id, note, policies: &[&[u64]]| {
        let policies: Vec<_> = policies.iter().map(|arcs| policy(arcs, None)).collect();
        let extension = Extension::certificate_policies(&policies);
        leaf(world, Signing, [id, clause, note], &extension)
    };
    let own = oid::JPKI_SIGNING_TEST_POLICY;
    vec![
        without(
            world,
            Signing,
            [
                "profile/policy_absent",
                clause,
                "The certificate policies are missing.",
            ],
            oid::CERTIFICATE_POLICIES,
        )
        .refused_by(check),
        case(
            "profile/policy_any",
            "The certificate policy is anyPolicy.",
            &[oid::ANY_POLICY],
        )
        .refused_by(check),
        case(
            "profile/policy_of_login",
            "The certificate policy is that of certificates for logging in.",
            &[oid::JPKI_AUTHENTICATION_TEST_POLICY],
        )
        .refused_by(check),
        case(
            "profile/policy_of_production",
            "The certificate policy is that of the real service, the anchor that of a test.",
            &[PRODUCTION],
        )
        .refused_by(check),
        case(
            "profile/policy_longer",
            "The certificate policy is one below the allowed one.",
            &[&[own, &[1]].concat()],
        )
        .refused_by(check),
        case(
            "profile/policy_twice",
            "The certificate policy stands twice.",
            &[own, own],
        )
        .refused(check, "x509.duplicate_policy"),
        case(
            "profile/policy_beside_another",
            "There is a second certificate policy, which nobody knows.",
            &[oid::UNKNOWN, own],
        )
        .accepted(check),
        case(
            "profile/policy_without_qualifier",
            "The certificate policy has no qualifier.",
            &[own],
        )
        .accepted(check),
    ]
}
