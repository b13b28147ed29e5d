//! What is not published about the signing API, as data.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Map, Value};

use crate::ascii::is_word;
use crate::auth_app::signing::names::Names;
use crate::code::Code;
use crate::error::Error;

/// By which names and in which forms the signing API speaks.
///
/// That there is one, where it is and what it is asked is known; the names of
/// its members are not published. Whoever has the contract's reference sets them
/// here. With a wrong name of what has to be there every answer is refused. The
/// status of a result, and the transaction that it names, are looked at if they
/// are there; no proof rests on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningProfile {
    names: Names<SigningMember>,
    encoding: OctetEncoding,
    states: BTreeMap<String, SigningState>,
    not_yet: Vec<StatusCode>,
    result_path: String,
    token_scope: Option<String>,
}

/// A member of what the signing API is sent, or answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SigningMember {
    /// What is to be signed: `data`.
    Data,
    /// The transaction: `sign_transaction_id`.
    Transaction,
    /// The encrypted result: `result`.
    Jwe,
    /// The signature, where the result is not encrypted: `signature`.
    Signature,
    /// The certificate beside it, in DER: `certificate`.
    Certificate,
    /// How far it is, and what is known of the certificate: `status`.
    Status,
}

/// How octets are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OctetEncoding {
    /// Base64 with padding (RFC 4648, 4).
    Base64,
    /// Base64url without padding (RFC 4648, 5).
    Base64Url,
}

/// What a word in [`SigningMember::Status`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SigningState {
    /// Nothing is signed yet.
    NotYet,
    /// It is signed, and nothing speaks against the certificate as far as the
    /// service looked. That is no proof: it is verified here all the same.
    Signed,
    /// The time for signing is over.
    Expired,
    /// The certificate is not valid.
    CertificateNotValid,
}

impl SigningProfile {
    /// Names as [`SigningMember`] says, base64, `pending`, `valid`, `expired`
    /// and `invalid` as the words of the status, 202 for what is not signed yet,
    /// results below `/result`, and no scope of the client's token.
    #[must_use]
    pub fn standard() -> Self {
        let states = [
            ("pending", SigningState::NotYet),
            ("valid", SigningState::Signed),
            ("expired", SigningState::Expired),
            ("invalid", SigningState::CertificateNotValid),
        ];
        Self {
            names: Names::new(&[
                (SigningMember::Data, "data"),
                (SigningMember::Transaction, "sign_transaction_id"),
                (SigningMember::Jwe, "result"),
                (SigningMember::Signature, "signature"),
                (SigningMember::Certificate, "certificate"),
                (SigningMember::Status, "status"),
            ]),
            encoding: OctetEncoding::Base64,
            states: states.map(|(word, state)| (word.to_owned(), state)).into(),
            not_yet: vec![StatusCode::ACCEPTED],
            result_path: "result".to_owned(),
            token_scope: None,
        }
    }

    /// The same with another name of a member.
    ///
    /// # Errors
    /// `misuse.argument` unless it has 1 to 64 printable characters of ASCII and
    /// is no other member's.
    pub fn with_name(mut self, member: SigningMember, name: &str) -> Result<Self, Error> {
        self.names.set(member, name)?;
        Ok(self)
    }

    /// The same with another encoding of octets.
    #[must_use]
    pub fn with_encoding(mut self, encoding: OctetEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// The same with another word of the status, or another meaning of one.
    #[must_use]
    pub fn with_state(mut self, word: &str, state: SigningState) -> Self {
        self.states.insert(word.to_owned(), state);
        self
    }

    /// The same with these statuses of HTTP for what is not signed yet.
    ///
    /// # Errors
    /// `misuse.argument` if one is none, or is 200.
    pub fn with_not_yet(mut self, statuses: &[u16]) -> Result<Self, Error> {
        let statuses = statuses.iter().map(|status| {
            let status = StatusCode::from_u16(*status).ok();
            let status = status.filter(|status| *status != StatusCode::OK);
            status.ok_or(Error::new(Code::MisuseArgument))
        });
        self.not_yet = statuses.collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// The same with results in another place below their transaction, such as
    /// `result`.
    ///
    /// # Errors
    /// `misuse.argument` unless it has 1 to 64 letters, digits, `-`, `_` and `/`.
    pub fn with_result_path(mut self, path: &str) -> Result<Self, Error> {
        let permitted = |b: u8| b.is_ascii_alphanumeric() || b"-_/".contains(&b);
        if !(1..=64).contains(&path.len()) || !path.bytes().all(permitted) {
            return Err(Code::MisuseArgument.into());
        }
        path.clone_into(&mut self.result_path);
        Ok(self)
    }

    /// The same with a scope that the client's own token is asked for.
    ///
    /// # Errors
    /// `misuse.argument` unless it has 1 to 64 printable characters of ASCII.
    pub fn with_token_scope(mut self, scope: &str) -> Result<Self, Error> {
        if !is_word(scope) {
            return Err(Code::MisuseArgument.into());
        }
        self.token_scope = Some(scope.to_owned());
        Ok(self)
    }

    pub(super) fn name(&self, member: SigningMember) -> &str {
        self.names.of(member)
    }

    pub(super) fn result_path(&self) -> &str {
        &self.result_path
    }

    pub(super) fn token_scope(&self) -> Option<&str> {
        self.token_scope.as_deref()
    }

    pub(super) fn is_not_yet(&self, status: StatusCode) -> bool {
        self.not_yet.contains(&status)
    }

    pub(super) fn encode(&self, octets: &[u8]) -> String {
        match self.encoding {
            OctetEncoding::Base64 => STANDARD.encode(octets),
            OctetEncoding::Base64Url => URL_SAFE_NO_PAD.encode(octets),
        }
    }

    fn decode(&self, text: &str) -> Option<Vec<u8>> {
        match self.encoding {
            OctetEncoding::Base64 => STANDARD.decode(text).ok(),
            OctetEncoding::Base64Url => URL_SAFE_NO_PAD.decode(text).ok(),
        }
    }

    /// The text of a member; none if there is none of that name.
    pub(super) fn text<'m>(
        &self,
        members: &'m Map<String, Value>,
        member: SigningMember,
    ) -> Result<Option<&'m str>, Code> {
        let value = members.get(self.name(member));
        let text = value.map(|value| value.as_str().ok_or(Code::InputSigningAnswer));
        text.transpose()
    }

    /// The octets of a member; none if there is none of that name.
    pub(super) fn octets(
        &self,
        members: &Map<String, Value>,
        member: SigningMember,
    ) -> Result<Option<Vec<u8>>, Code> {
        let text = self.text(members, member)?;
        let octets = text.map(|text| self.decode(text).ok_or(Code::InputSigningAnswer));
        octets.transpose()
    }

    /// What the status says; none if there is none.
    pub(super) fn state(&self, members: &Map<String, Value>) -> Result<Option<SigningState>, Code> {
        let word = self.text(members, SigningMember::Status)?;
        let state = word.map(|word| self.states.get(word).copied());
        let state = state.map(|known| known.ok_or(Code::InputSigningAnswer));
        state.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T>(outcome: Result<T, Error>) -> Option<Code> {
        outcome.err().map(|error| error.code())
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let profile = SigningProfile::standard;
        let misuse = Some(Code::MisuseArgument);
        let taken = profile().with_name(SigningMember::Jwe, "signature");
        assert_eq!(refused(taken), misuse);
        for bad in [&[200][..], &[99], &[1000]] {
            assert_eq!(refused(profile().with_not_yet(bad)), misuse);
        }
        for bad in ["", "a?b", "a#b", "日", "a.b"] {
            assert_eq!(refused(profile().with_result_path(bad)), misuse, "{bad}");
        }
        for bad in ["", "a b"] {
            assert_eq!(refused(profile().with_token_scope(bad)), misuse, "{bad}");
        }
    }

    #[test]
    fn octets_have_one_encoding() {
        let members = |text: &str| Map::from_iter([("data".to_owned(), Value::from(text))]);
        let base64 = SigningProfile::standard();
        let url = SigningProfile::standard().with_encoding(OctetEncoding::Base64Url);
        let octets = vec![0xfb, 0xff];
        assert_eq!(
            (base64.encode(&octets), url.encode(&octets)),
            ("+/8=".into(), "-_8".into())
        );
        for (text, in_base64, in_url) in [
            ("+/8=", true, false),
            ("-_8", false, true),
            ("*", false, false),
        ] {
            for (profile, sound) in [(&base64, in_base64), (&url, in_url)] {
                let read = profile.octets(&members(text), SigningMember::Data);
                let expected = sound.then(|| Some(octets.clone()));
                assert_eq!(read, expected.ok_or(Code::InputSigningAnswer), "{text}");
            }
        }
    }
}
