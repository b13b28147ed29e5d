//! Signed tokens in compact form (RFC 7515, 7.1).

use std::fmt;

use serde_json::{Map, Value};

use crate::auth_app::{JwsAlgorithm, KeySet};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::jose;
use crate::limits;

/// A token of which the header was read, and nothing else: untrusted.
pub struct SignedToken {
    /// Header and payload as they were signed.
    signed: String,
    /// Where the payload begins.
    payload: usize,
    signature: Vec<u8>,
    algorithm: JwsAlgorithm,
    kid: Option<String>,
    trace: Trace,
}

/// What a token has to be, beside signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An ID token: `typ` is `JWT` or absent.
    IdToken,
    /// Any. What it is used for is not checked.
    DangerAny,
}

/// Header parameters that bring a key along, or change how the token is read
/// (RFC 7515, 4.1; RFC 7797; RFC 7516, 4.1.3).
const FOREIGN: [&str; 7] = ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"];

impl SignedToken {
    /// Reads a token of at most [`limits::JWT`] octets, and of its header what
    /// is needed to find the key.
    ///
    /// # Errors
    /// `input.too_large`, `input.id_token`, `auth_app.header` if the header has
    /// a parameter that brings a key along or must be understood,
    /// `auth_app.token_kind`, `auth_app.algorithm` if it is none of
    /// `algorithms`.
    pub fn read(
        compact: &str,
        kind: TokenKind,
        algorithms: &[JwsAlgorithm],
    ) -> Result<Self, Error> {
        let mut trace = Trace::default();
        let budget = if compact.len() <= limits::JWT {
            Ok(())
        } else {
            Err(Code::InputTooLarge)
        };
        trace.check(CheckId::Budget, budget)?;
        let parts = Parts::split(compact).ok_or(Code::InputIdToken);
        let parts = trace.check(CheckId::AuthAppTokenForm, parts)?;
        trace.check(CheckId::AuthAppTokenForm, parts.check_header(kind))?;
        let algorithm = parts.algorithm(algorithms);
        let algorithm = trace.check(CheckId::AuthAppAlgorithm, algorithm)?;
        let kid = trace.check(CheckId::AuthAppTokenForm, parts.kid())?;
        Ok(Self {
            signed: parts.signed.to_owned(),
            payload: parts.payload,
            signature: parts.signature,
            algorithm,
            kid,
            trace,
        })
    }

    /// The name of the key with which it says to be signed.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithm with which it says to be signed, which is an allowed one.
    #[must_use]
    pub fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// The payload, as far as it was signed with one of `keys`: not for whom,
    /// by whom or when.
    ///
    /// # Errors
    /// `auth_app.key_unknown`, `auth_app.key_ambiguous`, `auth_app.key_use`,
    /// `auth_app.signature`, `input.id_token` if the payload is no object of
    /// JSON in which every member stands once.
    pub fn danger_verify(&self, keys: &KeySet) -> Result<Map<String, Value>, Error> {
        let mut trace = Trace::default();
        self.verify(keys, &mut trace)
    }

    pub(super) fn verify(
        &self,
        keys: &KeySet,
        trace: &mut Trace,
    ) -> Result<Map<String, Value>, Error> {
        trace.merge(self.trace);
        let key = keys.find(self.key_id(), self.algorithm);
        let key = trace.check(CheckId::AuthAppKey, key)?;
        let verified = key.verify(
            self.algorithm.scheme(),
            self.signed.as_bytes(),
            &self.signature,
        );
        let verified = verified.map_err(|_| Code::AuthAppSignature);
        trace.check(CheckId::AuthAppSignature, verified)?;
        let payload = self.signed.get(self.payload..).and_then(jose::decode);
        let members = payload.and_then(|json| jose::object(&json));
        trace.check(CheckId::AuthAppTokenForm, members.ok_or(Code::InputIdToken))
    }
}

struct Parts<'t> {
    signed: &'t str,
    payload: usize,
    header: Map<String, Value>,
    signature: Vec<u8>,
}

impl<'t> Parts<'t> {
    fn split(compact: &'t str) -> Option<Self> {
        let (signed, signature) = compact.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        if payload.contains('.') {
            return None;
        }
        Some(Self {
            signed,
            payload: header.len() + 1,
            header: jose::object(&jose::decode(header)?)?,
            signature: jose::decode(signature)?,
        })
    }

    fn check_header(&self, kind: TokenKind) -> Result<(), Code> {
        if FOREIGN.iter().any(|name| self.header.contains_key(*name)) {
            return Err(Code::AuthAppHeader);
        }
        let is_id_token = match self.header.get("typ") {
            None => true,
            Some(Value::String(typ)) => typ.eq_ignore_ascii_case("JWT"),
            Some(_) => return Err(Code::InputIdToken),
        };
        match kind {
            TokenKind::IdToken if !is_id_token => Err(Code::AuthAppTokenKind),
            TokenKind::IdToken | TokenKind::DangerAny => Ok(()),
        }
    }

    fn algorithm(&self, allowed: &[JwsAlgorithm]) -> Result<JwsAlgorithm, Code> {
        let name = self.header.get("alg").and_then(Value::as_str);
        let algorithm = name.and_then(JwsAlgorithm::named);
        let algorithm = algorithm.filter(|algorithm| allowed.contains(algorithm));
        algorithm.ok_or(Code::AuthAppAlgorithm)
    }

    fn kid(&self) -> Result<Option<String>, Code> {
        match self.header.get("kid") {
            None => Ok(None),
            Some(Value::String(kid)) => Ok(Some(kid.clone())),
            Some(_) => Err(Code::InputIdToken),
        }
    }
}

impl fmt::Debug for SignedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedToken({})", self.algorithm.as_str())
    }
}
