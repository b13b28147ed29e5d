//! Roots of issuers (IACA; ISO/IEC 18013-5, B.1.2), and what they may vouch for.

use tashika_testbed::{
    CertificateBuilder, Criticality, Extension, GeneralName, Name, der, mdoc::Authority, oid,
};

use super::{Case, Desk, Kind, NOW, Presentation, Vector, anchor};

const CLAUSE: &str = "ISO/IEC 18013-5, B.1.2";

type Change<'c> = &'c dyn Fn(CertificateBuilder) -> CertificateBuilder;

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    let case = |id, note| desk.presented([id, CLAUSE, note], |p| p.signed());
    let under = |id, note, change: Change<'_>| -> Case {
        let root = desk.testbed.japan_authority();
        let certificate = change(root.root()).sign(root.key());
        case(id, note).asked(believe(Kind::Mdoc, &certificate))
    };
    let unfit = |id, note, change: Change<'_>| under(id, note, change).refused_by("trust.anchor");
    let not_critical = |id, note, oid: &'static [u64]| {
        unfit(id, note, &|c| {
            c.extensions(|list| list.set_criticality(oid, Criticality::Absent))
        })
    };
    let of = |id, note, name: Name| {
        let key = desk.testbed.japan_authority().key().clone();
        let root = Authority::new(Name::new(), name, "iaca.test.example", key, NOW);
        case(id, note)
            .asked(believe(Kind::Mdoc, root.certificate()))
            .refused_by("trust.anchor")
    };
    let point = [GeneralName::uri("https://delta.test.example/")];
    let japan = desk.testbed.japan_authority().certificate();
    vec![
        under(
            "mdoc_issuer/root_again",
            "The root has a new certificate for its key.",
            &|c| c.serial(&[0x33]),
        )
        .accepted("trust.validity"),
        unfit("mdoc_issuer/root_no_ca", "The root is no CA.", &|c| {
            c.extension(Extension::basic_constraints(false, None))
        }),
        unfit(
            "mdoc_issuer/root_no_constraints",
            "The root has no basic constraints.",
            &|c| c.without(oid::BASIC_CONSTRAINTS),
        ),
        unfit(
            "mdoc_issuer/root_any_path",
            "The root may stand over other CAs.",
            &|c| c.extension(Extension::basic_constraints(true, None)),
        ),
        unfit(
            "mdoc_issuer/root_path_of_one",
            "The root may stand over one CA in between.",
            &|c| c.extension(Extension::basic_constraints(true, Some(1))),
        ),
        unfit(
            "mdoc_issuer/root_no_cert_sign",
            "The root's key may not sign certificates.",
            &|c| c.extension(Extension::key_usage(&[6])),
        ),
        unfit(
            "mdoc_issuer/root_no_crl_sign",
            "The root's key may not sign lists.",
            &|c| c.extension(Extension::key_usage(&[5])),
        ),
        unfit(
            "mdoc_issuer/root_no_key_usage",
            "The root has no key usage.",
            &|c| c.without(oid::KEY_USAGE),
        ),
        unfit(
            "mdoc_issuer/root_no_subject_key",
            "The root does not name its key.",
            &|c| c.without(oid::SUBJECT_KEY_IDENTIFIER),
        ),
        unfit(
            "mdoc_issuer/root_freshest_crl",
            "The root points to delta lists.",
            &|c| c.extension(Extension::freshest_crl(&point)),
        ),
        not_critical(
            "mdoc_issuer/root_constraints_not_critical",
            "The root's basic constraints are not critical.",
            oid::BASIC_CONSTRAINTS,
        ),
        not_critical(
            "mdoc_issuer/root_usage_not_critical",
            "The root's key usage is not critical.",
            oid::KEY_USAGE,
        ),
        of(
            "mdoc_issuer/root_no_country",
            "The root has no country.",
            Name::new().common_name("TEST mncmdocRootCA"),
        ),
        of(
            "mdoc_issuer/root_of_another_country",
            "The root over cards is not of Japan.",
            Name::new().country("FR").common_name("TEST mncmdocRootCA"),
        ),
        of(
            "mdoc_issuer/root_of_two_countries",
            "The root is of two countries.",
            Name::new()
                .country("JP")
                .country("FR")
                .common_name("TEST mncmdocRootCA"),
        ),
        of(
            "mdoc_issuer/root_country_not_in_name",
            "The country stands in another attribute.",
            Name::new()
                .attribute(oid::LOCALITY, &der::utf8("JP"))
                .common_name("TEST mncmdocRootCA"),
        ),
        under(
            "mdoc_issuer/root_expired",
            "The root expired a second ago.",
            &|c| c.not_after(NOW - 1),
        )
        .refused("trust.validity", "trust.expired"),
        under(
            "mdoc_issuer/root_last_second",
            "It is the root's last second.",
            &|c| c.not_after(NOW),
        )
        .accepted("trust.validity"),
        case(
            "mdoc_issuer/root_for_cards",
            "The root is trusted for certificates on cards alone.",
        )
        .asked(believe(Kind::Signing, japan))
        .refused("trust.anchor", "trust.empty"),
        case(
            "mdoc_issuer/root_of_documents_elsewhere",
            "The root is trusted for certificates on cards, and that of licences for documents.",
        )
        .asked(|asked| {
            let licences = desk.testbed.licence_authority();
            believe(Kind::Signing, japan)(asked);
            for issuers in &mut asked.issuers {
                issuers.profile = super::Profile::DangerAnyLeaf;
                issuers
                    .anchors
                    .push(anchor(Kind::Mdoc, licences.certificate()));
            }
        })
        .refused("x509.issuer", "trust.purpose"),
        case("mdoc_issuer/no_root", "There is no root.")
            .asked(|asked| asked.issuers.iter_mut().for_each(|i| i.anchors.clear()))
            .refused("trust.anchor", "trust.empty"),
        case(
            "mdoc_issuer/two_issuers",
            "Two issuers are configured for one type of document.",
        )
        .asked(|asked| asked.issuers.push(desk.japan()))
        .refused("misuse", "misuse.argument"),
        over_licences(
            desk,
            "mdoc_issuer/licence_root_no_distribution_point",
            "The root over licences has no distribution point.",
            oid::CRL_DISTRIBUTION_POINTS,
        ),
        over_licences(
            desk,
            "mdoc_issuer/licence_root_no_issuer_alt_name",
            "The root over licences names no alternative of its issuer.",
            oid::ISSUER_ALT_NAME,
        ),
    ]
}

/// A licence under a root without an extension. The root over cards may do
/// without it.
fn over_licences(desk: &Desk<'_>, id: &str, note: &str, without: &[u64]) -> Vector {
    let root = desk.testbed.licence_authority();
    let certificate = root.root().without(without).sign(root.key());
    let licence = desk.licence().sign(desk.testbed.licence_signer());
    desk.licensed([id, CLAUSE, note], licence)
        .asked(believe(Kind::Mdoc, &certificate))
        .refused_by("trust.anchor")
}

/// With this root alone.
fn believe(purpose: Kind, root: &[u8]) -> impl Fn(&mut Presentation) + use<> {
    let root = anchor(purpose, root);
    move |asked| {
        for issuers in &mut asked.issuers {
            issuers.anchors = vec![root.clone()];
        }
    }
}
