//! What a browser brings back.

use std::collections::HashSet;
use std::fmt;

use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::ascii::is_printable;
use crate::auth_app::state::State;
use crate::auth_app::{Provider, ResponseIssuer};
use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::transaction::TransactionId;

/// The query with which a provider sends a browser back (RFC 6749, 4.1.2):
/// untrusted, whoever may have written it.
///
/// A description of an error is not kept. Anybody can write one, and nothing is
/// to be shown to a person that anybody can write.
pub struct Callback {
    state: Option<Zeroizing<String>>,
    answer: Answer,
    issuer: Option<String>,
}

/// What it says.
enum Answer {
    Code(Zeroizing<String>),
    /// The name of an error (RFC 6749, 4.1.2.1).
    Error(String),
}

impl Callback {
    /// Reads a query, without the question mark.
    ///
    /// # Errors
    /// `input.callback` if it is longer than [`limits::CALLBACK`], has more
    /// parameters than [`limits::CALLBACK_PARAMETERS`], one of them twice, one
    /// with characters that it cannot have, or neither a code nor an error;
    /// `auth_app.callback_conflict` if it has both.
    pub fn from_query(query: &str) -> Result<Self, Error> {
        let malformed = Error::new(Code::InputCallback);
        if query.len() > limits::CALLBACK {
            return Err(malformed);
        }
        let (mut state, mut code, mut error, mut issuer) = (None, None, None, None);
        let mut seen = HashSet::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match name.as_ref() {
                "state" => Some(&mut state),
                "code" => Some(&mut code),
                "error" => Some(&mut error),
                "iss" => Some(&mut issuer),
                _ => None,
            };
            if let Some(place) = place {
                if value.is_empty() || !is_printable(&value) {
                    return Err(malformed);
                }
                *place = Some(value.into_owned());
            }
            if !seen.insert(name) || seen.len() > limits::CALLBACK_PARAMETERS {
                return Err(malformed);
            }
        }
        let answer = match (code, error) {
            (Some(code), None) => Answer::Code(Zeroizing::new(code)),
            (None, Some(error)) => Answer::Error(error),
            (Some(_), Some(_)) => return Err(Code::AuthAppCallbackConflict.into()),
            (None, None) => return Err(malformed),
        };
        Ok(Self {
            state: state.map(Zeroizing::new),
            answer,
            issuer,
        })
    }

    /// The transaction that it claims to answer, by which a store finds what
    /// waits for it.
    ///
    /// # Errors
    /// `auth_app.state` if it has no state of ours.
    pub fn transaction(&self) -> Result<TransactionId, Error> {
        let state = self.state.as_deref().ok_or(Code::AuthAppState)?;
        Ok(State::transaction_of(state).ok_or(Code::AuthAppState)?)
    }

    pub(super) fn check_state(&self, expected: &State) -> Result<(), Code> {
        match &self.state {
            Some(state) if expected.is(state) => Ok(()),
            Some(_) | None => Err(Code::AuthAppState),
        }
    }

    /// RFC 9207, 2.4.
    pub(super) fn check_issuer(&self, provider: &Provider) -> Result<(), Code> {
        match (&self.issuer, provider.response_issuer()) {
            (Some(issuer), _) if issuer == provider.issuer() => Ok(()),
            (Some(_), _) => Err(Code::AuthAppResponseIssuer),
            (None, ResponseIssuer::Always) => Err(Code::AuthAppResponseIssuerMissing),
            (None, ResponseIssuer::IfPresent) => Ok(()),
        }
    }

    /// The code, or the name of the error.
    pub(super) fn into_code(self) -> Result<Zeroizing<String>, String> {
        match self.answer {
            Answer::Code(code) => Ok(code),
            Answer::Error(error) => Err(error),
        }
    }
}

// A code is worth a login, and a state names one.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(query: &str) -> Code {
        Callback::from_query(query).unwrap_err().code()
    }

    #[test]
    fn a_code_or_an_error_is_read_and_the_rest_is_passed_over() {
        let callback = Callback::from_query("code=a%2Bb+c&state=s&session_state=x%00&y").unwrap();
        assert_eq!(format!("{callback:?}"), "Callback(…)");
        assert_eq!(
            callback.transaction().unwrap_err().code(),
            Code::AuthAppState
        );
        assert_eq!(callback.into_code().unwrap().as_str(), "a+b c");
        let query = "error=access_denied&error_description=%3Cscript%3E%E6%97%A5&state=s";
        let callback = Callback::from_query(query).unwrap();
        assert_eq!(callback.into_code().unwrap_err(), "access_denied");
    }

    #[test]
    fn nothing_stands_twice_or_is_of_another_form() {
        for bad in [
            "",
            "state=s",
            "code=&state=s",
            "code=a&code=a",
            "code=a&state=s&state=s",
            "code=a&x=1&x=1",
            "code=a&%73tate=s&state=s",
            "code=%00",
            "code=%ff",
            "code=a&iss=%E6%97%A5",
            "error=%7f",
        ] {
            assert_eq!(refused(bad), Code::InputCallback, "{bad}");
        }
        assert_eq!(refused("code=a&error=b"), Code::AuthAppCallbackConflict);
    }

    #[test]
    fn callbacks_have_budgets() {
        let long = format!("code={}", "a".repeat(limits::CALLBACK - 5));
        assert!(Callback::from_query(&long).is_ok());
        assert_eq!(refused(&(long + "a")), Code::InputCallback);
        let many = |count| {
            let query: Vec<_> = (1..count).map(|n| format!("p{n}=")).collect();
            format!("code=a&{}", query.join("&"))
        };
        assert!(Callback::from_query(&many(limits::CALLBACK_PARAMETERS)).is_ok());
        assert_eq!(
            refused(&many(limits::CALLBACK_PARAMETERS + 1)),
            Code::InputCallback
        );
    }
}
