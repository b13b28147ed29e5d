//! Answers to challenges, and signed requests read back.
//!
//! Both are lines of ASCII, written here by hand and not by the verifier.

use super::{
    Kind::{Authentication, Signing},
    Procedure::{Challenge, Request},
    Vector,
    case::Case,
    world::World,
};

const CHECK: &str = "transaction.binding";
const ORIGIN: &str = "https://bank.example";
const PURPOSE: &str = "open-account";
const ID: &str = "000102030405060708090a0b0c0d0e0f";

/// Times around the evaluation time.
const A_SECOND_AGO: &str = "2027-01-15T07:59:59Z";
const THIS_SECOND: &str = "2027-01-15T08:00:00Z";
const IN_A_MINUTE: &str = "2027-01-15T08:01:00Z";

const NONCE: &str = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

/// The lines of a challenge or a request.
struct Lines {
    prefix: &'static str,
    origin: &'static str,
    purpose: &'static str,
    transaction: String,
    expires: &'static str,
    rest: String,
}

impl Lines {
    fn challenge() -> Self {
        Self {
            prefix: "tashika-authentication-challenge/1",
            origin: ORIGIN,
            purpose: PURPOSE,
            transaction: ID.to_owned(),
            expires: IN_A_MINUTE,
            rest: format!("nonce: {NONCE}\n"),
        }
    }

    fn request() -> Self {
        Self {
            prefix: "tashika-signing-request/1",
            rest: "\ncontract\r\n".to_owned(),
            ..Self::challenge()
        }
    }

    fn bytes(&self) -> Vec<u8> {
        format!(
            "{}\nrelying-party: {}\npurpose: {}\ntransaction: {}\nexpires: {}\n{}",
            self.prefix, self.origin, self.purpose, self.transaction, self.expires, self.rest,
        )
        .into_bytes()
    }
}

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    [challenges(world), requests(world)].concat()
}

fn challenges(world: &World) -> Vec<Vector> {
    let clause = "Tashika, login challenges";
    let case = |id, note, change: &dyn Fn(&mut Lines)| {
        let mut lines = Lines::challenge();
        change(&mut lines);
        answer(world, [id, clause, note], &lines.bytes())
    };
    let form = |id, note, change| case(id, note, change).refused(CHECK, "transaction.form");
    let other = |l: &mut Lines| l.rest = format!("nonce: {}\n", NONCE.replace("20", "21"));
    let card = world.card();
    let signer = card.signing();
    vec![
        case(
            "transaction/challenge",
            "An answer to a challenge.",
            &|_| {},
        )
        .accepted(CHECK),
        case(
            "transaction/challenge_last_second",
            "The challenge expires with this second.",
            &|l| {
                l.expires = THIS_SECOND;
            },
        )
        .accepted(CHECK),
        case(
            "transaction/challenge_expired",
            "The challenge expired a second ago.",
            &|l| {
                l.expires = A_SECOND_AGO;
            },
        )
        .refused(CHECK, "transaction.expired"),
        case(
            "transaction/challenge_of_another",
            "The challenge is another relying party's.",
            &|l| {
                l.origin = "https://bank.example.net";
            },
        )
        .refused(CHECK, "transaction.foreign"),
        case(
            "transaction/challenge_for_another",
            "The challenge is for another purpose.",
            &|l| {
                l.purpose = "login";
            },
        )
        .refused(CHECK, "transaction.foreign"),
        form(
            "transaction/challenge_prefix",
            "The challenge begins as a signing request does.",
            &|l| {
                l.prefix = "tashika-signing-request/1";
            },
        ),
        form(
            "transaction/challenge_trailing",
            "A line follows the nonce.",
            &|l| l.rest.push('\n'),
        ),
        form(
            "transaction/challenge_short_nonce",
            "The nonce has 31 octets.",
            &|l| {
                l.rest = format!("nonce: {}\n", &NONCE[2..]);
            },
        ),
        form(
            "transaction/challenge_upper_case",
            "The nonce is in capital letters.",
            &|l| {
                l.rest = format!("nonce: {}\n", NONCE.to_uppercase());
            },
        ),
        form(
            "transaction/challenge_offset",
            "The expiry is given with an offset.",
            &|l| {
                l.expires = "2027-01-15T08:01:00+00:00";
            },
        ),
        form(
            "transaction/challenge_short_id",
            "The transaction has 15 octets.",
            &|l| {
                l.transaction.truncate(30);
            },
        ),
        form(
            "transaction/challenge_path",
            "The relying party is a URL with a path.",
            &|l| {
                l.origin = "https://bank.example/";
            },
        ),
        case(
            "transaction/challenge_mixed_up",
            "The answer is to a challenge of another nonce.",
            &other,
        )
        .signature(card.answer(&Lines::challenge().bytes()))
        .refused("signature.verified", "signature.invalid"),
        case(
            "transaction/challenge_signed",
            "A signing certificate answers.",
            &|_| {},
        )
        .anchor(Signing, world.authority(Signing).certificate())
        .certificate(signer.certificate().to_vec())
        .signature(signer.sign_raw(signer.key().default_scheme(), &Lines::challenge().bytes()))
        .refused("x509.issuer", "trust.purpose"),
    ]
}

fn answer(world: &World, text: [&str; 3], challenge: &[u8]) -> Case {
    world
        .case(Challenge, Authentication, text)
        .certificate(world.credential(Authentication).certificate().to_vec())
        .scheme("pkcs1-sha256")
        .message(challenge)
        .signature(world.card().answer(challenge))
        .audience(ORIGIN, PURPOSE)
}

fn requests(world: &World) -> Vec<Vector> {
    let clause = "Tashika, signing requests";
    let signed = |id, note, content: &[u8]| {
        let holder = world.credential(Signing);
        world
            .case(Request, Signing, [id, clause, note])
            .certificate(holder.certificate().to_vec())
            .scheme("pkcs1-sha256")
            .message(content)
            .signature(holder.sign_raw(holder.key().default_scheme(), content))
            .audience(ORIGIN, PURPOSE)
    };
    let case = |id, note, change: &dyn Fn(&mut Lines)| {
        let mut lines = Lines::request();
        change(&mut lines);
        signed(id, note, &lines.bytes())
    };
    let form = "transaction.form";
    vec![
        case("transaction/request", "A signed request.", &|_| {}).accepted(CHECK),
        case(
            "transaction/request_empty",
            "The document that was to be signed is empty.",
            &|l| {
                l.rest = "\n".to_owned();
            },
        )
        .accepted(CHECK),
        case(
            "transaction/request_expired",
            "The request expired a second ago.",
            &|l| {
                l.expires = A_SECOND_AGO;
            },
        )
        .refused(CHECK, "transaction.expired"),
        case(
            "transaction/request_of_another",
            "The request is another relying party's.",
            &|l| {
                l.origin = "https://bank.example:8443";
            },
        )
        .refused(CHECK, "transaction.foreign"),
        case(
            "transaction/request_for_another",
            "The request is for another purpose.",
            &|l| {
                l.purpose = "close-account";
            },
        )
        .refused(CHECK, "transaction.foreign"),
        case(
            "transaction/request_no_empty_line",
            "No empty line stands before the document.",
            &|l| {
                l.rest = "contract\r\n".to_owned();
            },
        )
        .refused(CHECK, form),
        case(
            "transaction/request_is_challenge",
            "A challenge was signed as a document.",
            &|l| {
                *l = Lines::challenge();
            },
        )
        .refused(CHECK, form),
        signed(
            "transaction/request_is_none",
            "What was signed is no request.",
            b"contract\r\n",
        )
        .refused(CHECK, form),
    ]
}
