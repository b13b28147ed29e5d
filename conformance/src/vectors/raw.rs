//! Bare signatures under a scheme that the relying party chose (RFC 8017, SEC 1).

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what is cut was made here"
)]

use tashika_testbed::{Algorithm, CmsBuilder, Credential, Hash, Scheme, der};

use super::{
    Kind::{Authentication, Signing},
    Procedure::Raw,
    Vector,
    case::Case,
    world::{MESSAGE, World},
    x509::{first_half, magnitude, second_half},
};

const CHECK: &str = "signature.verified";
const CODE: &str = "signature.invalid";
const PKCS1: Scheme = Scheme::Pkcs1(Hash::Sha256);

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    [rsa(world), elliptic(world)].concat()
}

fn case(world: &World, by: &Credential, text: [&str; 3], name: &str, signature: Vec<u8>) -> Case {
    world
        .case(Raw, Signing, text)
        .certificate(by.certificate().to_vec())
        .scheme(name)
        .message(MESSAGE)
        .signature(signature)
}

fn rsa(world: &World) -> Vec<Vector> {
    let holder = world.credential(Signing);
    let sign = |scheme| holder.sign_raw(scheme, MESSAGE);
    let clause = "RFC 8017, 8.2.2";
    let pkcs1 =
        |id, note, signature| case(world, holder, [id, clause, note], "pkcs1-sha256", signature);
    let bad = |id, note, signature| pkcs1(id, note, signature).refused(CHECK, CODE);
    let named =
        |id, note, name, signature| case(world, holder, [id, "RFC 8017, 8", note], name, signature);
    let block = |payload: &[u8]| {
        let key = holder.key().rsa().expect("a card has an RSA key");
        key.private_operation(&key.pkcs1_block(payload))
    };
    let info = der::sequence([
        Hash::Sha256.identifier(),
        der::octets(Hash::Sha256.digest(MESSAGE)),
    ]);
    let login = world.credential(Authentication);
    let message = CmsBuilder::new(MESSAGE).signer(holder, |signer| signer);
    let attributes = message.signed_bytes().expect("there is a signer");
    vec![
        pkcs1("raw/control", "A signature as cards make it.", sign(PKCS1)).accepted(CHECK),
        pkcs1(
            "raw/digest",
            "The digest is given in place of the message.",
            sign(PKCS1),
        )
        .digest(Hash::Sha256.digest(MESSAGE))
        .accepted(CHECK),
        named(
            "raw/sha512",
            "The scheme is PKCS #1 v1.5 with SHA-512.",
            "pkcs1-sha512",
            sign(Scheme::Pkcs1(Hash::Sha512)),
        )
        .accepted(CHECK),
        named(
            "raw/pss",
            "The scheme is PSS with SHA-256.",
            "pss-sha256",
            sign(Scheme::PSS_SHA256),
        )
        .accepted(CHECK),
        pkcs1(
            "raw/login_control",
            "A signature with a key for logging in.",
            login.sign_raw(PKCS1, MESSAGE),
        )
        .kind(Authentication)
        .without_anchors()
        .anchor(
            Authentication,
            world.authority(Authentication).certificate(),
        )
        .certificate(login.certificate().to_vec())
        .accepted(CHECK),
        pkcs1(
            "raw/login_by_another",
            "The signing key made the signature for logging in.",
            sign(PKCS1),
        )
        .kind(Authentication)
        .without_anchors()
        .anchor(
            Authentication,
            world.authority(Authentication).certificate(),
        )
        .certificate(login.certificate().to_vec())
        .refused(CHECK, CODE),
        pkcs1(
            "raw/signed_attributes",
            "The message is the signed attributes of a CMS message.",
            holder.sign_raw(PKCS1, &attributes),
        )
        .message(&attributes)
        .refused("signature.message", "signature.ambiguous"),
        pkcs1(
            "raw/message_changed",
            "The message is another than was signed.",
            sign(PKCS1),
        )
        .message(b"Contract\r\n")
        .refused(CHECK, CODE),
        pkcs1(
            "raw/digest_of_another",
            "The digest is that of another message.",
            sign(PKCS1),
        )
        .digest(Hash::Sha256.digest(b"Contract\r\n"))
        .refused(CHECK, CODE),
        pkcs1("raw/digest_short", "The digest has 20 octets.", sign(PKCS1))
            .digest(Hash::Sha1.digest(MESSAGE))
            .refused("misuse", "misuse.argument"),
        pkcs1(
            "raw/scheme_unknown",
            "The scheme is PKCS #1 v1.5 with SHA-1.",
            sign(Scheme::Pkcs1(Hash::Sha1)),
        )
        .scheme("pkcs1-sha1")
        .refused("misuse", "misuse.argument"),
        bad("raw/corrupt", "One bit of the signature is flipped.", {
            let mut signature = sign(PKCS1);
            signature[255] ^= 1;
            signature
        }),
        bad("raw/empty", "The signature is empty.", Vec::new()),
        bad(
            "raw/long",
            "A zero octet stands before the signature.",
            [vec![0], sign(PKCS1)].concat(),
        ),
        bad(
            "raw/by_another",
            "The key for logging in made the signature.",
            login.sign_raw(PKCS1, MESSAGE),
        ),
        bad(
            "raw/by_sha1",
            "The signature is made with SHA-1.",
            sign(Scheme::Pkcs1(Hash::Sha1)),
        ),
        bad(
            "raw/by_sha512",
            "The signature is made with SHA-512.",
            sign(Scheme::Pkcs1(Hash::Sha512)),
        ),
        bad(
            "raw/by_pss",
            "The signature is made with PSS.",
            sign(Scheme::PSS_SHA256),
        ),
        bad(
            "raw/without_null",
            "The DigestInfo lacks its NULL.",
            sign(Scheme::Pkcs1WithoutNull(Hash::Sha256)),
        ),
        bad(
            "raw/bare_digest",
            "The block holds the digest without DigestInfo.",
            sign(Scheme::Pkcs1BareDigest(Hash::Sha256)),
        ),
        bad(
            "raw/garbage_after_digest",
            "Octets follow the DigestInfo in the block.",
            block(&[&info[..], &[0; 8]].concat()),
        ),
        bad(
            "raw/digest_info_padded",
            "The DigestInfo's length has a leading zero octet.",
            {
                let content = [
                    Hash::Sha256.identifier(),
                    der::octets(Hash::Sha256.digest(MESSAGE)),
                ];
                block(&der::tlv_with(
                    der::tag::SEQUENCE,
                    der::Length::Padded(2),
                    content.concat(),
                ))
            },
        ),
        named(
            "raw/pss_by_pkcs1",
            "The scheme is PSS, the signature PKCS #1 v1.5.",
            "pss-sha256",
            sign(PKCS1),
        )
        .refused(CHECK, CODE),
        named(
            "raw/pss_short_salt",
            "The salt of PSS has 20 octets.",
            "pss-sha256",
            sign(Scheme::Pss(Hash::Sha256, &[0x5A; 20])),
        )
        .refused(CHECK, CODE),
        named(
            "raw/scheme_of_another_key",
            "The scheme is ECDSA, the key RSA.",
            "ecdsa-sha256",
            sign(PKCS1),
        )
        .refused_by("signature.scheme"),
    ]
}

fn elliptic(world: &World) -> Vec<Vector> {
    let authority = world.authority(Signing);
    let holder = |algorithm| {
        let key = world.rsa.key(algorithm, "elliptic holder");
        authority.issue(world.card().person(), key, &world.terms(Signing))
    };
    let (p256, p384) = (holder(Algorithm::P256), holder(Algorithm::P384));
    let scheme = Scheme::Ecdsa(Hash::Sha384);
    let fixed = Scheme::EcdsaFixed(Hash::Sha384);
    let good = p384.sign_raw(scheme, MESSAGE);
    let (r, s) = (first_half(&good), second_half(&good));
    let named = |id, note, name, signature| {
        case(
            world,
            &p384,
            [id, "SEC 1, 4.1.4 and C.5", note],
            name,
            signature,
        )
    };
    let der_form = |id, note, signature| named(id, note, "ecdsa-sha384", signature);
    let bad = |id, note, signature| der_form(id, note, signature).refused(CHECK, CODE);
    let pair = |r: &[u8], s: &[u8]| der::sequence([r, s]);
    let zero = der::small(0);
    vec![
        der_form(
            "raw/p384",
            "A signature on P-384, as a SEQUENCE.",
            good.clone(),
        )
        .accepted(CHECK),
        named(
            "raw/p384_fixed",
            "A signature on P-384, as r‖s.",
            "ecdsa-sha384-fixed",
            p384.sign_raw(fixed, MESSAGE),
        )
        .accepted(CHECK),
        case(
            world,
            &p256,
            [
                "raw/p256",
                "SEC 1, 4.1.4",
                "A signature on P-256, as a SEQUENCE.",
            ],
            "ecdsa-sha256",
            p256.sign_raw(Scheme::Ecdsa(Hash::Sha256), MESSAGE),
        )
        .accepted(CHECK),
        bad("raw/ecdsa_r_zero", "r is zero.", pair(&zero, &s)),
        bad("raw/ecdsa_s_zero", "s is zero.", pair(&r, &zero)),
        bad(
            "raw/ecdsa_r_padded",
            "r has a leading zero octet too many.",
            pair(&der::integer_raw(&[&[0, 0], magnitude(&r)].concat()), &s),
        ),
        bad(
            "raw/ecdsa_s_negative",
            "s is negative.",
            pair(&r, &der::integer_raw(&[0xFF])),
        ),
        bad(
            "raw/ecdsa_trailing_inside",
            "An element follows s.",
            der::sequence([&r[..], &s, &zero]),
        ),
        bad(
            "raw/ecdsa_trailing_outside",
            "An octet follows the signature.",
            [good.clone(), vec![0]].concat(),
        ),
        bad(
            "raw/ecdsa_length_padded",
            "The length has a leading zero octet.",
            {
                let content = [&r[..], &s].concat();
                der::tlv_with(der::tag::SEQUENCE, der::Length::Padded(2), content)
            },
        ),
        bad(
            "raw/ecdsa_sha256",
            "The signature on P-384 is made with SHA-256.",
            p384.sign_raw(Scheme::Ecdsa(Hash::Sha256), MESSAGE),
        ),
        bad(
            "raw/ecdsa_form",
            "r‖s stands in place of the SEQUENCE.",
            p384.sign_raw(fixed, MESSAGE),
        ),
        named(
            "raw/ecdsa_fixed_form",
            "The SEQUENCE stands in place of r‖s.",
            "ecdsa-sha384-fixed",
            good.clone(),
        )
        .refused(CHECK, CODE),
        named(
            "raw/ecdsa_fixed_zero",
            "r and s are zero, as r‖s.",
            "ecdsa-sha384-fixed",
            vec![0; 96],
        )
        .refused(CHECK, CODE),
        named(
            "raw/ecdsa_other_curve",
            "The scheme is on P-256, the key on P-384.",
            "ecdsa-sha256",
            p384.sign_raw(Scheme::Ecdsa(Hash::Sha256), MESSAGE),
        )
        .refused_by("signature.scheme"),
    ]
}
