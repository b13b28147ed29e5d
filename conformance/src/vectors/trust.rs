//! Anchors, and which store they may stand in.

use tashika_testbed::{
    Authority, CertificateBuilder, Extension, GeneralName, Generation, KeyPair, Profile, Testbed,
    calendar::years_after, der, oid,
};

use super::{
    Environment,
    Kind::{Authentication, Signing},
    Procedure::Anchor,
    Vector,
    case::Case,
    world::{DAY, NOW, World},
};

const CHECK: &str = "trust.anchor";

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    [fitness(world), environments(world)].concat()
}

fn anchor(world: &World, text: [&str; 3], certificate: &[u8]) -> Case {
    world
        .case(Anchor, Signing, text)
        .without_anchors()
        .anchor(Signing, certificate)
}

fn fitness(world: &World) -> Vec<Vector> {
    type Change<'c> = &'c dyn Fn(CertificateBuilder) -> CertificateBuilder;
    let authority = world.authority(Signing);
    let root = |id, clause, note, change: Change<'_>| {
        let certificate = change(authority.root()).sign(authority.key());
        anchor(world, [id, clause, note], &certificate)
    };
    let unfit = |id, clause, note, change| root(id, clause, note, change).refused_by(CHECK);
    let ca = "RFC 5280, 4.2.1.9 and 6.1.4 (k)";
    let usage = "RFC 5280, 4.2.1.3 and 6.1.4 (n)";
    let constraints = "RFC 5280, 4.2.1.10";
    let tree = der::sequence([GeneralName::directory(authority.name()).to_der()]);
    let permitted = der::sequence([der::explicit(0, tree)]);
    let with_key = |bits| {
        let key = KeyPair::from(world.rsa_key(bits, 65_537));
        let validity = (NOW - DAY, NOW + DAY);
        let profile = Profile::default();
        Authority::new(Signing.into(), &profile, key, &[9], validity)
    };
    let signing = "trust/control";
    vec![
        root(
            signing,
            "RFC 5280, 6.1.1 (d)",
            "A root as the service publishes it.",
            &|c| c,
        )
        .accepted(CHECK),
        root(
            "trust/twice",
            "RFC 5280, 6.1.1 (d)",
            "The same root is given twice.",
            &|c| c,
        )
        .anchor(Signing, authority.certificate())
        .accepted(CHECK),
        root(
            "trust/both",
            "RFC 5280, 6.1.1 (d)",
            "There is a root for each purpose.",
            &|c| c,
        )
        .anchor(
            Authentication,
            world.authority(Authentication).certificate(),
        )
        .accepted(CHECK),
        anchor(
            world,
            [
                "trust/expired_root",
                "RFC 5280, 6.1.1 (d)",
                "The root has expired: older signatures need it.",
            ],
            world.generation(Signing, Generation::First).certificate(),
        )
        .accepted("trust.validity"),
        root(
            "trust/no_crl_sign",
            usage,
            "The root's key may not sign lists.",
            &|c| c.extension(Extension::key_usage(&[5])),
        )
        .accepted(CHECK),
        root(
            "trust/no_subject_key",
            "RFC 5280, 4.2.1.2",
            "The root does not name its key.",
            &|c| c.without(oid::SUBJECT_KEY_IDENTIFIER),
        )
        .accepted(CHECK),
        unfit("trust/not_ca", ca, "The root is no CA certificate.", &|c| {
            c.extension(Extension::basic_constraints(false, None))
        }),
        unfit(
            "trust/no_basic_constraints",
            ca,
            "The root has no basic constraints.",
            &|c| c.without(oid::BASIC_CONSTRAINTS),
        ),
        unfit(
            "trust/no_key_usage",
            usage,
            "The root has no key usage.",
            &|c| c.without(oid::KEY_USAGE),
        ),
        unfit(
            "trust/no_key_cert_sign",
            usage,
            "The root's key may not sign certificates.",
            &|c| c.extension(Extension::key_usage(&[6])),
        ),
        unfit(
            "trust/unknown_critical",
            "RFC 5280, 4.2",
            "The root has an unknown critical extension.",
            &|c| c.extension(Extension::unknown().critical()),
        ),
        unfit(
            "trust/name_constraints",
            constraints,
            "The root has name constraints, not critical.",
            &|c| c.extension(Extension::new(oid::NAME_CONSTRAINTS, permitted.clone())),
        ),
        unfit(
            "trust/policy_constraints",
            "RFC 5280, 4.2.1.11",
            "The root has policy constraints, not critical.",
            &|c| {
                let value = der::sequence([der::implicit(0, [0])]);
                c.extension(Extension::new(&[2, 5, 29, 36], value))
            },
        ),
        unfit(
            "trust/trailing",
            "RFC 5280, 4.1",
            "An octet follows the root.",
            &|c| c.trailing_outside(&[0]),
        ),
        unfit(
            "trust/version_1",
            "RFC 5280, 4.1.2.1",
            "The version is absent, so 1.",
            &|c| c.version(None),
        ),
        unfit(
            "trust/key_of_odd_bits",
            "X.690, 8.6.2",
            "The root's key does not end on an octet.",
            &|c| {
                let algorithm = der::algorithm_null(oid::RSA_ENCRYPTION);
                let key = der::bits_with_unused(1, &authority.key().public_bits());
                c.spki(der::sequence([algorithm, key]))
            },
        ),
        anchor(
            world,
            [
                "trust/key_1024",
                "Key sizes of the allow-list",
                "The root's modulus has 1024 bits.",
            ],
            with_key(1024).certificate(),
        )
        .refused_by(CHECK),
        anchor(
            world,
            [
                "trust/leaf",
                ca,
                "The anchor is a cardholder's certificate.",
            ],
            world.credential(Signing).certificate(),
        )
        .refused_by(CHECK),
    ]
}

fn environments(world: &World) -> Vec<Vector> {
    let production = Testbed::from_seed(1, NOW).profile(Profile {
        organization: "JPKI".to_owned(),
        ..Profile::default()
    });
    let real = production
        .authority(Signing.into(), Generation::Third)
        .certificate();
    let test = world.authority(Signing).certificate();
    let case = |id, note, certificate| {
        anchor(
            world,
            [id, "JPKI: two hierarchies, six published roots", note],
            certificate,
        )
    };
    let strange = Authority::new(
        Signing.into(),
        &Profile {
            organization: "EXAMPLE".to_owned(),
            ..Profile::default()
        },
        world.authority(Signing).key().clone(),
        &[7],
        (NOW - DAY, years_after(NOW, 5)),
    );
    vec![
        case(
            "trust/pinned",
            "A root of the real service that is pinned.",
            real,
        )
        .environment(Environment::Production)
        .pin(Signing, real)
        .accepted(CHECK),
        case(
            "trust/unpinned",
            "A root of the real service that nobody pinned.",
            real,
        )
        .environment(Environment::Production)
        .refused(CHECK, "trust.unpinned"),
        case(
            "trust/pinned_for_login",
            "A root that is pinned for another purpose.",
            real,
        )
        .environment(Environment::Production)
        .pin(Authentication, real)
        .refused(CHECK, "trust.anchor_purpose"),
        case(
            "trust/test_in_production",
            "A pinned root of a test hierarchy, among real ones.",
            test,
        )
        .environment(Environment::Production)
        .pin(Signing, test)
        .refused(CHECK, "trust.environment"),
        case(
            "trust/production_in_test",
            "A root of the real service, among test ones.",
            real,
        )
        .refused(CHECK, "trust.environment"),
        case(
            "trust/pinned_in_test",
            "A root that is pinned for production, among test ones.",
            strange.certificate(),
        )
        .pin(Signing, strange.certificate())
        .refused(CHECK, "trust.environment"),
        case(
            "trust/of_neither",
            "A root of neither hierarchy, among test ones.",
            strange.certificate(),
        )
        .accepted(CHECK),
        world
            .case(
                Anchor,
                Signing,
                ["trust/empty", "RFC 5280, 6.1.1 (d)", "There is no anchor."],
            )
            .without_anchors()
            .refused(CHECK, "trust.empty"),
    ]
}
