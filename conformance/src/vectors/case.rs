//! A vector under construction.

use super::{
    Age, Algorithms, Audience, Environment, Inputs, Kind, NonceRule, Ocsp, Octets, Procedure,
    Reached, Vector,
    login::{Login, Token},
    presentation::Presentation,
};

/// A vector that lacks its answer.
pub(super) struct Case(Vector);

impl Case {
    pub(super) fn new(
        procedure: Procedure,
        kind: Kind,
        now: i64,
        [id, clause, note]: [&str; 3],
    ) -> Self {
        Self(Vector {
            id: id.to_owned(),
            check: String::new(),
            clause: clause.to_owned(),
            note: note.to_owned(),
            now,
            procedure,
            kind,
            inputs: Inputs::default(),
            expected: None,
        })
    }

    /// There is a proof; `check` is the one that comes close to failing.
    pub(super) fn accepted(mut self, check: &str) -> Vector {
        check.clone_into(&mut self.0.check);
        self.0
    }

    /// `check` fails with `code`.
    pub(super) fn refused(mut self, check: &str, code: &str) -> Vector {
        self.0.expected = Some(code.to_owned());
        self.accepted(check)
    }

    /// The check of the same name as the code fails.
    pub(super) fn refused_by(self, check: &str) -> Vector {
        self.refused(check, check)
    }

    pub(super) fn now(mut self, now: i64) -> Self {
        self.0.now = now;
        self
    }

    pub(super) fn procedure(mut self, procedure: Procedure) -> Self {
        self.0.procedure = procedure;
        self
    }

    pub(super) fn kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(super) fn environment(self, environment: Environment) -> Self {
        self.with(|inputs| inputs.environment = environment)
    }

    pub(super) fn algorithms(self, algorithms: Algorithms) -> Self {
        self.with(|inputs| inputs.algorithms = algorithms)
    }

    pub(super) fn pin(self, purpose: Kind, certificate: &[u8]) -> Self {
        self.with(|inputs| inputs.pins.push(anchor(purpose, certificate)))
    }

    pub(super) fn anchor(self, purpose: Kind, certificate: &[u8]) -> Self {
        self.with(|inputs| inputs.anchors.push(anchor(purpose, certificate)))
    }

    pub(super) fn without_anchors(self) -> Self {
        self.with(|inputs| inputs.anchors.clear())
    }

    pub(super) fn certificate(self, certificate: Vec<u8>) -> Self {
        self.with(|inputs| inputs.certificate = Some(certificate.into()))
    }

    pub(super) fn scheme(self, name: &str) -> Self {
        self.with(|inputs| inputs.scheme = Some(name.to_owned()))
    }

    pub(super) fn signature(self, signature: Vec<u8>) -> Self {
        self.with(|inputs| inputs.signature = Some(signature.into()))
    }

    pub(super) fn message(self, message: &[u8]) -> Self {
        self.with(|inputs| inputs.message = Some(message.to_vec().into()))
    }

    pub(super) fn digest(self, digest: Vec<u8>) -> Self {
        self.with(|inputs| {
            inputs.message = None;
            inputs.digest = Some(digest.into());
        })
    }

    pub(super) fn cms(self, message: Vec<u8>) -> Self {
        self.with(|inputs| inputs.cms = Some(message.into()))
    }

    pub(super) fn content(self, content: &[u8]) -> Self {
        self.with(|inputs| inputs.content = Some(content.to_vec().into()))
    }

    pub(super) fn presentation(self, presentation: Presentation) -> Self {
        self.with(|inputs| inputs.presentation = Some(presentation))
    }

    /// With another request, root or transcript than the presentation's own.
    pub(super) fn asked(self, change: impl FnOnce(&mut Presentation)) -> Self {
        self.with(|inputs| inputs.presentation.as_mut().map_or((), change))
    }

    pub(super) fn audience(self, relying_party: &str, purpose: &str) -> Self {
        let audience = Audience {
            relying_party: relying_party.to_owned(),
            purpose: purpose.to_owned(),
        };
        self.with(|inputs| inputs.audience = Some(audience))
    }

    pub(super) fn login(self, login: Login) -> Self {
        self.with(|inputs| inputs.login = Some(login))
    }

    pub(super) fn token(self, token: Token) -> Self {
        self.with(|inputs| inputs.token = Some(token))
    }

    pub(super) fn lists(self, lists: Vec<Vec<u8>>) -> Self {
        let lists = lists.into_iter().map(Octets).collect();
        self.with(|inputs| inputs.lists = Some(lists))
    }

    /// The response to a request with this nonce.
    pub(super) fn ocsp(self, response: Vec<u8>, nonce: &[u8]) -> Self {
        let ocsp = Ocsp {
            nonce: Some(nonce.to_vec().into()),
            nonce_rule: NonceRule::default(),
            response: response.into(),
        };
        self.with(|inputs| inputs.ocsp = Some(ocsp))
    }

    pub(super) fn nonce_rule(self, rule: NonceRule) -> Self {
        self.with(|inputs| {
            if let Some(ocsp) = &mut inputs.ocsp {
                ocsp.nonce_rule = rule;
            }
        })
    }

    /// The request had no nonce.
    pub(super) fn without_nonce(self) -> Self {
        self.with(|inputs| {
            if let Some(ocsp) = &mut inputs.ocsp {
                ocsp.nonce = None;
            }
        })
    }

    pub(super) fn status_of(self, certificate: Vec<u8>) -> Self {
        self.with(|inputs| inputs.status_of = Some(certificate.into()))
    }

    pub(super) fn age(self, years: u8, reached: Reached) -> Self {
        self.with(|inputs| inputs.age = Some(Age { years, reached }))
    }

    pub(super) fn max_age(self, seconds: i64) -> Self {
        self.with(|inputs| inputs.max_age = Some(seconds))
    }

    fn with(mut self, change: impl FnOnce(&mut Inputs)) -> Self {
        change(&mut self.0.inputs);
        self
    }
}

pub(super) fn anchor(purpose: Kind, certificate: &[u8]) -> super::Anchor {
    super::Anchor {
        purpose,
        certificate: certificate.to_vec().into(),
    }
}
