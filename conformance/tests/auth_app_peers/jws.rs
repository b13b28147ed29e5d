//! Signed tokens and key sets before npm's jose and before the sdk. What is not
//! listed here both accept, or both refuse; jose refuses nothing that we accept.

use libtest_mimic::Failed;
use serde_json::{Value, json};
use tashika::Code;
use tashika::auth_app::{KeySet, SignedToken, TokenKind};

use crate::program::Program;
use crate::tokens::{self, Case};

/// We refuse these, and it accepts them.
struct Difference {
    cases: &'static [&'static str],
    reason: &'static str,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        cases: &["jku", "jwk", "x5c", "x5u", "zip", "b64", "b64_false"],
        reason: "It passes over what it does not use, as RFC 7515, 4 has it. Who sends \
                 one of these wants something done that is not done here.",
    },
    Difference {
        cases: &["header_member_twice", "payload_member_twice"],
        reason: "Of two members it takes the last; RFC 7515, 4 lets a reader do so, \
                 or refuse.",
    },
    Difference {
        cases: &[
            "padded",
            "newline_after",
            "newline_within",
            "bits_that_are_not_used",
            "coordinate_padded",
        ],
        reason: "Its base64url is the platform's, which forgives all that. RFC 7515, 2 \
                 knows neither padding nor blanks, and RFC 4648, 3.5 lets a reader \
                 refuse loose bits: so a token has one text.",
    },
    Difference {
        cases: &["coordinate_after_zero", "modulus_after_zero"],
        reason: "RFC 7518, 6.2.1.2 and 6.3.1.1: a coordinate has the length of its \
                 field, and an integer no zero before it.",
    },
    Difference {
        cases: &["many_keys"],
        reason: "It has no budgets.",
    },
];

fn ours(case: &Case) -> Result<Value, Code> {
    let keys = KeySet::read(case.keys.to_string().as_bytes());
    let token = SignedToken::read(&case.token, TokenKind::DangerAny, &[case.algorithm]);
    let payload = keys.and_then(|keys| token?.danger_verify(&keys));
    payload.map(Value::Object).map_err(|error| error.code())
}

pub(crate) fn judge(jose: &Program, case: &Case) -> Result<(), Failed> {
    let ours = ours(case);
    assert_eq!(ours.clone().map(drop), case.ours);
    let theirs = jose.judge(&json!({
        "op": "verify",
        "token": case.token,
        "jwks": case.keys,
        "algorithms": [case.algorithm.as_str()],
    }))?;
    let differs = |listed: &Difference| listed.cases.contains(&case.what);
    let as_listed = match (DIFFERENCES.iter().any(differs), &ours, &theirs) {
        (false, Ok(ours), Ok(theirs)) => *ours == theirs["payload"],
        (false, Err(_), Err(_)) | (true, Err(_), Ok(_)) => true,
        _ => false,
    };
    if as_listed {
        return Ok(());
    }
    let (ours, theirs) = (ours.map(drop), theirs.map(drop));
    Err(format!("ours: {ours:?}, jose's: {theirs:?}").into())
}

/// Every case that is listed is one, and stands there once.
pub(crate) fn none_is_stale() -> Result<(), Failed> {
    let cases = tokens::all();
    let mut seen = Vec::new();
    for listed in DIFFERENCES {
        assert!(!listed.reason.is_empty());
        for what in listed.cases {
            if !cases.iter().any(|case| case.what == *what) || seen.contains(what) {
                return Err(format!("about nothing, or twice: {what}").into());
            }
            seen.push(*what);
        }
    }
    Ok(())
}
