//! What can be read, and what it is about (RFC 6960, 4.2.1).

use tashika_testbed::{
    Criticality, Extension, Hash, KeyPair, OcspBuilder, Scheme, calendar::Time, der, ocsp_status,
    oid,
};

use super::{Change, Desk, NONCE, PRODUCED, THIS_UPDATE};
use crate::vectors::{
    Vector,
    world::{DAY, NOW},
};

pub(super) fn encoding(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "revocation.ocsp_encoding";
    let clause = "RFC 6960, 4.2.1";
    let bad = |id, note, change: Change<'_>| {
        desk.response([id, clause, note], change)
            .refused(check, "input.ocsp")
    };
    let control = || {
        desk.empty()
            .answer(&desk.good())
            .respond(desk.delegate.key())
    };
    let bytes = |id, note, response: Vec<u8>| {
        desk.case([id, clause, note], response)
            .refused(check, "input.ocsp")
    };
    let status = |id, note, number| bytes(id, note, ocsp_status(number));
    let info = der::concat([der::generalized_time(NOW - DAY), der::enumerated(4)]);
    vec![
        desk.response(
            ["ocsp/control", clause, "A delegate says that it is good."],
            &|r| r,
        )
        .accepted(check),
        bytes(
            "ocsp/trailing_outside",
            "An octet follows the response.",
            der::concat([control(), vec![0]]),
        ),
        bad(
            "ocsp/trailing_basic",
            "An octet follows the basic response in its octet string.",
            &|r| r.trailing_outside(&[0]),
        ),
        bad(
            "ocsp/trailing_inside",
            "An element follows the certificates.",
            &|r| r.trailing_inside(&der::null()),
        ),
        bad(
            "ocsp/trailing_signed",
            "An element follows the extensions.",
            &|r| r.trailing_signed(&der::null()),
        ),
        bad(
            "ocsp/length_padded",
            "The length has a leading zero octet.",
            &|r| r.length(der::Length::Padded(4)),
        ),
        bad("ocsp/produced_at_utc", "producedAt is a UTCTime.", &|r| {
            r.produced_at(Time::utc(PRODUCED))
        }),
        bad(
            "ocsp/responder_missing",
            "There is no responder id.",
            &|r| r.responder_raw(Vec::new()),
        ),
        desk.answer(
            [
                "ocsp/this_update_fraction",
                clause,
                "thisUpdate has a fraction of a second.",
            ],
            &|a| a.this_update(Time::raw(der::tag::GENERALIZED_TIME, "20270115074500.5Z")),
        )
        .refused(check, "input.ocsp"),
        desk.answer(
            [
                "ocsp/good_with_content",
                clause,
                "The NULL that says good has content.",
            ],
            &|a| a.status(der::implicit(0, [0])),
        )
        .refused(check, "input.ocsp"),
        desk.answer(
            [
                "ocsp/state_of_no_kind",
                clause,
                "The certificate's state has the tag [3].",
            ],
            &|a| a.status(der::implicit(3, [])),
        )
        .refused(check, "input.ocsp"),
        desk.answer(
            [
                "ocsp/reason_untagged",
                clause,
                "The reason of a revocation lacks its tag.",
            ],
            &|a| a.status(der::explicit(1, &info)),
        )
        .refused(check, "input.ocsp"),
        bad(
            "ocsp/certificate_no_sequence",
            "An octet string stands among the certificates.",
            &|r| r.certificate(&der::octets([0])),
        ),
        bytes(
            "ocsp/successful_alone",
            "The status is successful, and there is no response.",
            ocsp_status(0),
        ),
        status(
            "ocsp/status_unused",
            "The status is 4, which is not used.",
            4,
        ),
        status("ocsp/status_unknown", "The status is 7, which is none.", 7),
        desk.response(
            ["ocsp/too_many_answers", clause, "There are 17 answers."],
            &|r| (0..16).fold(r, |r, _| r.answer(&desk.good())),
        )
        .refused(check, "revocation.ocsp_too_large"),
        desk.response(
            ["ocsp/many_answers", clause, "There are 16 answers."],
            &|r| (0..15).fold(r, |r, _| r.answer(&desk.good())),
        )
        .accepted(check),
        desk.response(
            [
                "ocsp/too_many_certificates",
                clause,
                "There are five certificates.",
            ],
            &|r| (0..4).fold(r, |r, _| r.certificate(desk.authority().certificate())),
        )
        .refused(check, "revocation.ocsp_too_large"),
        desk.response(
            [
                "ocsp/many_certificates",
                clause,
                "There are four certificates, the responder's the last.",
            ],
            &|r| {
                let others = (0..3).fold(r.without_certificates(), |r, _| {
                    r.certificate(desk.authority().certificate())
                });
                others.certificate(desk.delegate.certificate())
            },
        )
        .accepted(check),
    ]
}

pub(super) fn profile(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "revocation.ocsp_status";
    let clause = "RFC 6960, 2.3";
    let status = |name: &str, note, number| {
        let id = format!("ocsp/{name}");
        let code = format!("revocation.ocsp_{name}");
        desk.case([&id, clause, note], ocsp_status(number))
            .refused(check, &code)
    };
    let profile = "revocation.ocsp_profile";
    vec![
        status(
            "malformed_request",
            "The responder could not read the request.",
            1,
        ),
        status("internal_error", "The responder has an internal error.", 2),
        status("try_later", "The responder asks to try later.", 3),
        status(
            "signature_required",
            "The responder wants a signed request.",
            5,
        ),
        status(
            "unauthorized",
            "The responder does not answer the requestor.",
            6,
        ),
        desk.response(
            [
                "ocsp/type",
                "RFC 6960, 4.2.1",
                "The type of the response is another.",
            ],
            &|r| r.response_type(oid::OCSP_NONCE),
        )
        .refused(profile, "revocation.ocsp_type"),
        desk.response(
            ["ocsp/version_2", "RFC 6960, 4.2.2.3", "The version is 2."],
            &|r| r.version(1),
        )
        .refused(profile, "revocation.ocsp_version"),
        desk.response(
            [
                "ocsp/version_stated",
                "RFC 6960, 4.2.1",
                "Version 1 is written out, which DER leaves to its default.",
            ],
            &|r| r.version(0),
        )
        .accepted(profile),
        desk.response(
            [
                "ocsp/sha1",
                "RFC 6960, 4.3",
                "The response is signed with SHA-1.",
            ],
            &|r| r.scheme(Scheme::Pkcs1(Hash::Sha1)),
        )
        .refused(profile, "revocation.ocsp_algorithm"),
        desk.response(
            [
                "ocsp/sha512",
                "RFC 6960, 4.3",
                "The response is signed with SHA-512.",
            ],
            &|r| r.scheme(Scheme::Pkcs1(Hash::Sha512)),
        )
        .accepted(profile),
    ]
}

pub(super) fn extensions(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "revocation.ocsp_extensions";
    let critical = "revocation.ocsp_critical_extension";
    let code = "revocation.ocsp_extension";
    let clause = "RFC 6960, 4.4";
    let nonce = "RFC 9654, 2.1";
    let nonce_of = |value: Vec<u8>| Extension::new(oid::OCSP_NONCE, value);
    let unknown = Extension::unknown;
    let response = |id, clause, note, change: Change<'_>| desk.response([id, clause, note], change);
    let answer = |id, note, extension: Extension| {
        desk.answer([id, clause, note], &|a| a.extension(extension.clone()))
    };
    vec![
        response(
            "ocsp/unknown_extension",
            clause,
            "There is an unknown extension.",
            &|r| r.extension(unknown()),
        )
        .accepted(check),
        response(
            "ocsp/unknown_critical",
            clause,
            "There is an unknown extension, critical.",
            &|r| r.extension(unknown().critical()),
        )
        .refused(check, critical),
        response(
            "ocsp/extension_twice",
            clause,
            "An extension stands twice.",
            &|r| r.extensions(|l| l.add(unknown()).add(unknown())),
        )
        .refused(check, code),
        response(
            "ocsp/nonce_bare",
            nonce,
            "The nonce is no OCTET STRING.",
            &|r| r.extension(nonce_of(NONCE.to_vec())),
        )
        .refused(check, code),
        response("ocsp/nonce_empty", nonce, "The nonce is empty.", &|r| {
            r.nonce(&[])
        })
        .refused(check, code),
        response(
            "ocsp/nonce_too_long",
            nonce,
            "The nonce has 129 octets.",
            &|r| r.nonce(&[7; 129]),
        )
        .refused(check, code),
        response(
            "ocsp/nonce_critical",
            nonce,
            "The nonce is critical.",
            &|r| r.extension(nonce_of(der::octets(NONCE)).critical()),
        )
        .accepted(check),
        response(
            "ocsp/extension_false_stated",
            "X.690, 11.5",
            "An extension says that it is not critical, which DER forbids.",
            &|r| r.extension(unknown().criticality(Criticality::ExplicitFalse)),
        )
        .refused("revocation.ocsp_encoding", "input.ocsp"),
        answer(
            "ocsp/answer_extension",
            "An answer has an unknown extension.",
            unknown(),
        )
        .accepted(check),
        answer(
            "ocsp/answer_critical",
            "An answer has an unknown extension, critical.",
            unknown().critical(),
        )
        .refused(check, critical),
        answer(
            "ocsp/archive_cutoff",
            "The responder keeps what has expired.",
            Extension::archive_cutoff(NOW - 400 * DAY),
        )
        .accepted(check),
        answer(
            "ocsp/invalidity_date",
            "An answer has an invalidity date that is no time.",
            Extension::new(oid::INVALIDITY_DATE, der::null()),
        )
        .refused(check, code),
        desk.answer(
            [
                "ocsp/answer_extension_twice",
                clause,
                "An extension of an answer stands twice.",
            ],
            &|a| a.extensions(|l| l.add(unknown()).add(unknown())),
        )
        .refused(check, code),
    ]
}

pub(super) fn certificate(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "revocation.ocsp_certificate";
    let clause = "RFC 6960, 3.2 (1)";
    let sha1 = |key: &KeyPair| Hash::Sha1.digest(&key.public_bits());
    let other = desk.second_generation();
    let elsewhere = desk.authority().name().common_name("Another").to_der();
    let answer = |id, note, change: super::Answer<'_>| desk.answer([id, clause, note], change);
    let response: &dyn Fn(_, _, OcspBuilder) -> _ = &|id, note, response: OcspBuilder| {
        desk.case([id, clause, note], response.respond(desk.delegate.key()))
    };
    let somebody = || desk.good().id(|id| id.serial_raw(&[0x33, 0x44]));
    vec![
        answer(
            "ocsp/of_another",
            "The answer is about another serial number.",
            &|_| somebody(),
        )
        .refused_by(check),
        answer(
            "ocsp/of_another_generation",
            "The answer names the key of another generation.",
            &|a| a.id(|id| id.key_hash(sha1(other.key()))),
        )
        .refused_by(check),
        answer(
            "ocsp/of_another_name",
            "The answer names another CA.",
            &|a| a.id(|id| id.name_hash(Hash::Sha1.digest(&elsewhere))),
        )
        .refused_by(check),
        answer(
            "ocsp/hash_cut",
            "The hash of the issuer's key is cut by an octet.",
            &|a| a.id(|id| id.key_hash(cut(sha1(desk.authority().key())))),
        )
        .refused_by(check),
        answer(
            "ocsp/serial_negated",
            "The serial number has a leading octet of ones.",
            &|a| {
                let serial = desk.world.credential(super::Signing).serial();
                a.id(|id| id.serial_raw(&der::concat([&[0xFE][..], serial])))
            },
        )
        .refused_by(check),
        answer(
            "ocsp/hash_sha512",
            "The issuer is named by SHA-512, which nobody asked for.",
            &|a| a.about(desk.id(Hash::Sha512)),
        )
        .refused_by(check),
        answer(
            "ocsp/hash_parameters",
            "The hash algorithm has parameters.",
            &|a| a.id(|id| id.algorithm(der::sequence([der::oid(oid::SHA1), der::small(1)]))),
        )
        .refused_by(check),
        response("ocsp/no_answer", "There is no answer.", desk.empty()).refused_by(check),
        answer("ocsp/sha256", "The issuer is named by SHA-256.", &|a| {
            a.about(desk.id(Hash::Sha256))
        })
        .accepted(check),
        answer(
            "ocsp/hash_without_null",
            "The hash algorithm has no parameters.",
            &|a| a.id(|id| id.algorithm(Hash::Sha1.identifier_without_null())),
        )
        .accepted(check),
        desk.answers(
            ["ocsp/second", clause, "The certificate is the second one."],
            &[somebody().revoked(THIS_UPDATE), desk.good()],
        )
        .accepted(check),
    ]
}

/// Without its last octet.
fn cut(mut hash: Vec<u8>) -> Vec<u8> {
    hash.pop();
    hash
}

impl Desk<'_> {
    fn id(&self, hash: Hash) -> tashika_testbed::CertificateId {
        let serial = self.world.credential(super::Signing).serial();
        tashika_testbed::CertificateId::new(hash, self.authority(), serial)
    }
}
