//! OCSP responses: what they are, who may sign them, what they say (RFC 6960).

mod reading;
mod responder;
mod saying;

use tashika_testbed::{
    Algorithm, Authority, Credential, Generation, Kind as Of, OcspAnswer, OcspBuilder,
};

use super::{
    Kind::{self, Signing},
    Procedure, Vector,
    case::Case,
    world::{NOW, World},
};

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    let desk = Desk::new(world);
    [
        reading::encoding(&desk),
        reading::profile(&desk),
        reading::extensions(&desk),
        reading::certificate(&desk),
        responder::named(&desk),
        responder::delegate(&desk),
        responder::status(&desk),
        responder::signature(&desk),
        saying::answers(&desk),
        saying::nonces(&desk),
        saying::times(&desk),
        saying::revoked(&desk),
        saying::login(&desk),
    ]
    .concat()
}

/// The nonce of the request, unless the case has another.
const NONCE: [u8; 32] = *b"thirty-two octets of a nonce ...";

/// When the responder signed: a minute ago, what it knew a quarter of an hour ago.
const PRODUCED: i64 = NOW - 60;
const THIS_UPDATE: i64 = NOW - 900;

type Change<'c> = &'c dyn Fn(OcspBuilder) -> OcspBuilder;
type Answer<'c> = &'c dyn Fn(OcspAnswer) -> OcspAnswer;

/// A responder with an RSA key to which the CA of signing certificates delegated.
struct Desk<'w> {
    world: &'w World,
    delegate: Credential,
}

impl<'w> Desk<'w> {
    fn new(world: &'w World) -> Self {
        let key = world.rsa.key(Algorithm::RSA_2048, "ocsp responder");
        let delegate = world.authority(Signing).delegate_to(key, NOW);
        Self { world, delegate }
    }

    fn authority(&self) -> &'w Authority {
        self.world.authority(Signing)
    }

    fn second_generation(&self) -> &'w Authority {
        self.world.generation(Signing, Generation::Second)
    }

    /// Good, about the signing certificate of the card.
    fn good(&self) -> OcspAnswer {
        let serial = self.world.credential(Signing).serial();
        OcspAnswer::good(self.authority(), serial, THIS_UPDATE)
    }

    /// A response of the delegate that repeats the nonce, without answers.
    fn empty(&self) -> OcspBuilder {
        OcspBuilder::delegated(self.authority(), &self.delegate, PRODUCED).nonce(&NONCE)
    }

    /// A response of the CA itself that repeats the nonce.
    fn direct(&self) -> OcspBuilder {
        OcspBuilder::direct(self.authority(), PRODUCED)
            .nonce(&NONCE)
            .answer(&self.good())
    }

    /// A case about the card with this response.
    fn case(&self, text: [&str; 3], response: Vec<u8>) -> Case {
        let certificate = self.world.credential(Signing).certificate().to_vec();
        let case = self.world.case(Procedure::Ocsp, Signing, text);
        case.certificate(certificate).ocsp(response, &NONCE)
    }

    /// The delegate's response, changed before it is signed.
    fn response(&self, text: [&str; 3], change: Change<'_>) -> Case {
        let response = change(self.empty().answer(&self.good()));
        self.case(text, response.respond(self.delegate.key()))
    }

    /// The delegate's response with one answer, which is changed.
    fn answer(&self, text: [&str; 3], change: Answer<'_>) -> Case {
        self.answers(text, &[change(self.good())])
    }

    fn answers(&self, text: [&str; 3], answers: &[OcspAnswer]) -> Case {
        let response = answers.iter().fold(self.empty(), |r, a| r.answer(a));
        self.case(text, response.respond(self.delegate.key()))
    }

    /// The response of another delegate than the usual one.
    fn delegated(&self, text: [&str; 3], delegate: &Credential) -> Case {
        let response = OcspBuilder::delegated(self.authority(), delegate, PRODUCED);
        let response = response.nonce(&NONCE).answer(&self.good());
        self.case(text, response.respond(delegate.key()))
    }

    /// The same for an authentication certificate.
    fn login(&self, text: [&str; 3], change: Answer<'_>) -> Case {
        let kind = Kind::Authentication;
        let authority = self
            .world
            .rsa
            .authority(Of::Authentication, Generation::Third);
        let key = self.delegate.key().clone();
        let delegate = authority.delegate_to(key, NOW);
        let credential = self.world.credential(kind);
        let good = OcspAnswer::good(authority, credential.serial(), THIS_UPDATE);
        let response = OcspBuilder::delegated(authority, &delegate, PRODUCED)
            .nonce(&NONCE)
            .answer(&change(good));
        let case = self.world.case(Procedure::Ocsp, kind, text);
        case.certificate(credential.certificate().to_vec())
            .ocsp(response.respond(delegate.key()), &NONCE)
    }
}
