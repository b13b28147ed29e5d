//! Who may sign (RFC 6960, 4.2.2.2).

use tashika_testbed::{
    Algorithm, CertificateBuilder, Credential, Extension, GeneralName, Generation, Hash, KeyPair,
    Kind as Of, Municipality, OcspAnswer, OcspBuilder, Reason, Scheme, calendar::Time, der, oid,
};

use super::{Change, Desk, NONCE, PRODUCED, Signing, THIS_UPDATE};
use crate::vectors::{
    Kind, Procedure, Vector,
    case::Case,
    world::{DAY, HOUR, NOW},
};

const CLAUSE: &str = "RFC 6960, 4.2.2.2";
const CHECK: &str = "revocation.ocsp_responder";

type Certify<'c> = &'c dyn Fn(CertificateBuilder) -> CertificateBuilder;

impl Desk<'_> {
    /// The usual delegate's key, certified otherwise.
    fn certified(&self, change: Certify<'_>) -> Credential {
        let key = self.delegate.key();
        let certificate = change(self.authority().delegate(key, NOW)).sign(self.authority().key());
        self.delegate.with_certificate(certificate)
    }

    fn certified_case(&self, id: &str, note: &str, change: Certify<'_>) -> Case {
        self.delegated([id, CLAUSE, note], &self.certified(change))
    }

    fn signed_by(&self, id: &str, note: &str, response: &OcspBuilder, key: &KeyPair) -> Case {
        self.case([id, CLAUSE, note], response.respond(key))
    }
}

pub(super) fn named(desk: &Desk<'_>) -> Vec<Vector> {
    let ca = desk.authority();
    let response = |id, note, change: Change<'_>| desk.response([id, CLAUSE, note], change);
    let direct = |id, note, response: &OcspBuilder| desk.signed_by(id, note, response, ca.key());
    let stranger = desk.world.rsa.key(Algorithm::RSA_2048, "stranger");
    let name = ca.name().common_name("OCSP Responder");
    vec![
        direct("ocsp/direct", "The CA itself answers.", &desk.direct()).accepted(CHECK),
        direct(
            "ocsp/direct_by_name",
            "The CA itself answers, and is named by its name.",
            &desk.direct().by_name(ca.name()),
        )
        .accepted(CHECK),
        response("ocsp/by_name", "The delegate is named by its name.", &|r| {
            r.by_name(name.clone())
        })
        .accepted(CHECK),
        response(
            "ocsp/by_name_of_another",
            "The name is that of nobody whose certificate is there.",
            &|r| r.by_name(ca.name().common_name("Another")),
        )
        .refused_by(CHECK),
        response(
            "ocsp/by_key_of_another",
            "The key is that of nobody who is there.",
            &|r| r.by_key(&stranger),
        )
        .refused_by(CHECK),
        response("ocsp/by_key_cut", "The hash of the key is cut.", &|r| {
            let mut hash = Hash::Sha1.digest(&desk.delegate.key().public_bits());
            hash.pop();
            r.responder_raw(der::explicit(2, der::octets(hash)))
        })
        .refused_by(CHECK),
        response(
            "ocsp/certificate_missing",
            "The delegate's certificate is not there.",
            &|r| r.without_certificates(),
        )
        .refused_by(CHECK),
        response(
            "ocsp/certificates_beside",
            "The CA's certificate and one that cannot be read stand beside the delegate's.",
            &|r| {
                r.without_certificates()
                    .certificate(&der::sequence([der::null()]))
                    .certificate(ca.certificate())
                    .certificate(desk.delegate.certificate())
            },
        )
        .accepted(CHECK),
        direct(
            "ocsp/direct_before_the_anchor",
            "The CA signed before it was valid.",
            &desk
                .direct()
                .produced_at(Time::generalized(ca.validity().0 - 1)),
        )
        .refused(CHECK, "revocation.ocsp_delegate_validity"),
    ]
}

pub(super) fn delegate(desk: &Desk<'_>) -> Vec<Vector> {
    let usage = "revocation.ocsp_delegate_usage";
    let validity = "revocation.ocsp_delegate_validity";
    let unsound = "revocation.ocsp_delegate";
    let of = |id, note, change: Certify<'_>| desk.certified_case(id, note, change);
    let purposes = |purposes: &[&[u64]]| Extension::extended_key_usage(purposes);
    let neighbour = desk.world.rsa.card(1);
    [
        issuers(desk, unsound),
        vec![
            of(
                "ocsp/delegate_no_purpose",
                "The delegate has no extended key usage.",
                &|c| c.without(oid::EXTENDED_KEY_USAGE),
            )
            .refused(CHECK, usage),
            of(
                "ocsp/delegate_any_purpose",
                "The delegate may do anything.",
                &|c| c.extension(purposes(&[oid::ANY_EXTENDED_KEY_USAGE])),
            )
            .refused(CHECK, usage),
            of(
                "ocsp/delegate_two_purposes",
                "The delegate may log in too.",
                &|c| c.extension(purposes(&[oid::OCSP_SIGNING, oid::CLIENT_AUTH])),
            )
            .refused(CHECK, usage),
            of("ocsp/delegate_ca", "The delegate is a CA.", &|c| {
                c.extension(Extension::basic_constraints(true, None))
            })
            .refused(CHECK, usage),
            of(
                "ocsp/delegate_signs_lists",
                "The delegate may sign lists.",
                &|c| c.extension(Extension::key_usage(&[0, 6])),
            )
            .refused(CHECK, usage),
            of(
                "ocsp/delegate_encrypts",
                "The delegate's key may only encrypt.",
                &|c| c.extension(Extension::key_usage(&[2])),
            )
            .refused(CHECK, usage),
            of(
                "ocsp/delegate_any_usage",
                "The delegate has no key usage.",
                &|c| c.without(oid::KEY_USAGE),
            )
            .accepted(CHECK),
            of(
                "ocsp/delegate_non_repudiation",
                "The delegate's key is for non-repudiation.",
                &|c| c.extension(Extension::key_usage(&[1])),
            )
            .accepted(CHECK),
            desk.delegated(
                [
                    "ocsp/delegate_card",
                    CLAUSE,
                    "Another person's card answers.",
                ],
                neighbour.signing(),
            )
            .refused(CHECK, usage),
            of("ocsp/delegate_expired", "The delegate has expired.", &|c| {
                c.not_after(NOW - 1)
            })
            .refused(CHECK, validity),
            of(
                "ocsp/delegate_last_second",
                "The delegate expires now.",
                &|c| c.not_after(NOW),
            )
            .accepted(CHECK),
            of(
                "ocsp/delegate_not_yet_valid",
                "The delegate is not valid yet.",
                &|c| c.validity(NOW + 1, NOW + DAY),
            )
            .refused(CHECK, validity),
            of(
                "ocsp/delegate_signed_before",
                "The delegate signed before it was valid.",
                &|c| c.not_before(PRODUCED + 1),
            )
            .refused(CHECK, validity),
            of(
                "ocsp/delegate_critical",
                "The delegate has an unknown critical extension.",
                &|c| c.extension(Extension::unknown().critical()),
            )
            .refused(CHECK, unsound),
        ],
    ]
    .concat()
}

/// Delegates of somebody else than the certificate's issuer.
fn issuers(desk: &Desk<'_>, unsound: &str) -> Vec<Vector> {
    let key = || desk.delegate.key().clone();
    let second = desk.second_generation();
    let login = desk
        .world
        .rsa
        .authority(Of::Authentication, Generation::Third);
    let of = |id, note, delegate: &Credential| desk.delegated([id, CLAUSE, note], delegate);
    let older = second.delegate_to(key(), NOW);
    let forged = desk.authority().delegate(&key(), NOW).sign(&key());
    let forged = desk.delegate.with_certificate(forged);
    vec![
        of(
            "ocsp/delegate_of_another_key",
            "An unknown generation delegated.",
            &older,
        )
        .refused(CHECK, unsound),
        of(
            "ocsp/delegate_of_another_generation",
            "Another generation delegated, which is an anchor too.",
            &older,
        )
        .anchor(Signing, second.certificate())
        .refused(CHECK, unsound),
        of(
            "ocsp/delegate_of_another_kind",
            "The CA of authentication certificates delegated, which is an anchor for these.",
            &login.delegate_to(key(), NOW),
        )
        .anchor(Kind::Authentication, login.certificate())
        .refused(CHECK, unsound),
        of(
            "ocsp/delegate_of_itself",
            "The delegate signed its certificate in the CA's name.",
            &forged,
        )
        .refused(CHECK, unsound),
        elliptic(desk).accepted(CHECK),
        desk.certified_case(
            "ocsp/delegate_no_authority_key",
            "The delegate's certificate does not say which key signed it.",
            &|c| c.without(oid::AUTHORITY_KEY_IDENTIFIER),
        )
        .accepted(CHECK),
    ]
}

/// CA and delegate on P-256.
fn elliptic(desk: &Desk<'_>) -> Case {
    let text = [
        "ocsp/elliptic",
        "RFC 6960, 4.3",
        "CA and delegate have keys on curves.",
    ];
    let testbed = &desk.world.elliptic;
    let authority = testbed.authority(Of::Signing, Generation::Third);
    let delegate = authority.delegate_to(testbed.key(Algorithm::P384, "ocsp responder"), NOW);
    let card = testbed.card(0);
    let good = OcspAnswer::good(authority, card.signing().serial(), THIS_UPDATE);
    let response = OcspBuilder::delegated(authority, &delegate, PRODUCED)
        .nonce(&NONCE)
        .answer(&good);
    Case::new(Procedure::Ocsp, Signing, NOW, text)
        .anchor(Signing, authority.certificate())
        .certificate(card.signing().certificate().to_vec())
        .ocsp(response.respond(delegate.key()), &NONCE)
}

pub(super) fn status(desk: &Desk<'_>) -> Vec<Vector> {
    let code = "revocation.ocsp_delegate_status";
    let of = |id, note, change: Certify<'_>| desk.certified_case(id, note, change);
    let ca = desk.authority();
    let point = GeneralName::directory(ca.distribution_point(Municipality::KIYOSE));
    let unmarked = |c: CertificateBuilder| {
        c.without(oid::OCSP_NOCHECK)
            .extension(Extension::crl_distribution_points(std::slice::from_ref(
                &point,
            )))
    };
    let list = |revoked: bool| {
        let list = ca.list(Municipality::KIYOSE, 300, NOW - HOUR);
        let serial = desk.delegate.serial();
        let list = match revoked {
            true => list.revoke(serial, NOW - DAY, Reason::KeyCompromise),
            false => list,
        };
        vec![list.sign(ca.key())]
    };
    vec![
        of(
            "ocsp/delegate_unmarked",
            "The delegate does not do without a check.",
            &|c| c.without(oid::OCSP_NOCHECK),
        )
        .refused(CHECK, code),
        of(
            "ocsp/delegate_marked_otherwise",
            "The mark is no NULL.",
            &|c| c.extension(Extension::new(oid::OCSP_NOCHECK, der::boolean(true))),
        )
        .refused(CHECK, code),
        of(
            "ocsp/delegate_good",
            "A list says that the delegate is good.",
            &unmarked,
        )
        .lists(list(false))
        .accepted(CHECK),
        of(
            "ocsp/delegate_revoked",
            "A list says that the delegate is revoked.",
            &unmarked,
        )
        .lists(list(true))
        .refused(CHECK, code),
        of(
            "ocsp/delegate_unlisted",
            "No list covers the delegate.",
            &|c| c.without(oid::OCSP_NOCHECK),
        )
        .lists(list(false))
        .refused(CHECK, code),
    ]
}

pub(super) fn signature(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "revocation.ocsp_signature";
    let clause = "RFC 6960, 3.2 (2)";
    let response =
        |id, note, change: Change<'_>| desk.response([id, clause, note], change).refused_by(check);
    let stranger = desk.world.rsa.key(Algorithm::RSA_2048, "stranger");
    let whole = desk.empty().answer(&desk.good());
    vec![
        response(
            "ocsp/signature_corrupt",
            "A bit of the signature is flipped.",
            &|r| r.corrupt_signature(),
        ),
        response("ocsp/signature_empty", "The signature is empty.", &|r| {
            r.change_signature(|_| Vec::new())
        }),
        response(
            "ocsp/signature_algorithm",
            "The algorithm is another than the one signed with.",
            &|r| r.outer_algorithm(Scheme::Pkcs1(Hash::Sha512).identifier()),
        ),
        response(
            "ocsp/signature_scheme",
            "The algorithm is for another kind of key.",
            &|r| r.outer_algorithm(Scheme::Ecdsa(Hash::Sha256).identifier()),
        ),
        desk.signed_by(
            "ocsp/signed_by_another",
            "Another key signed.",
            &whole,
            &stranger,
        )
        .refused_by(check),
        desk.signed_by(
            "ocsp/signed_by_the_authority",
            "The CA signed what names the delegate.",
            &whole,
            desk.authority().key(),
        )
        .refused_by(check),
        desk.signed_by(
            "ocsp/direct_by_another",
            "The delegate signed what names the CA.",
            &desk.direct(),
            desk.delegate.key(),
        )
        .refused_by(check),
    ]
}
