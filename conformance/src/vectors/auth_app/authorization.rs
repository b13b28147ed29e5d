//! The callback, and the errors that it may bring.

use super::draft::{ISSUER, called_back, state};
use super::{Desk, Row, Vector};
use crate::vectors::login::{Refusal, Registration, Since};

const FORM: &str = "RFC 6749, 4.1.2";
const ERRORS: &str = "RFC 6749, 4.1.2.1";

pub(super) fn vectors(desk: &Desk) -> Vec<Vector> {
    let authorized = "auth_app.authorized";
    let meanings = MEANINGS.iter().flat_map(|(code, row)| {
        desk.all_refused(authorized, code, "Tashika, table of refusals", &[*row])
    });
    [
        desk.all_refused("auth_app.callback", "input.callback", FORM, FORMS),
        desk.all_refused(
            "auth_app.callback",
            "auth_app.callback_conflict",
            ERRORS,
            CONFLICT,
        ),
        desk.all_accepted("auth_app.callback", FORM, CALLED_BACK),
        desk.all_refused(
            "auth_app.state",
            "auth_app.state",
            "RFC 6749, 10.12",
            STATES,
        ),
        desk.all_refused(
            "auth_app.browser",
            "auth_app.browser",
            "RFC 9700, 4.7",
            BROWSERS,
        ),
        desk.all_refused(
            "auth_app.response_issuer",
            "auth_app.response_issuer",
            "RFC 9207, 2.4",
            ISSUERS,
        ),
        desk.all_refused(
            "auth_app.response_issuer",
            "auth_app.response_issuer_missing",
            "RFC 9207, 2.4",
            NO_ISSUER,
        ),
        desk.all_accepted("auth_app.response_issuer", "RFC 9207, 2.4", NAMED),
        desk.all_refused(
            "transaction.binding",
            "transaction.foreign",
            "RFC 9700, 4.4.2",
            FOREIGN,
        ),
        desk.all_refused(
            "transaction.binding",
            "transaction.expired",
            "Tashika, transactions",
            EXPIRED,
        ),
        desk.all_accepted("transaction.binding", "Tashika, transactions", IN_TIME),
        desk.all_refused(authorized, "auth_app.cancelled", ERRORS, CANCELLED),
        desk.all_refused(authorized, "auth_app.refused", ERRORS, REFUSED),
        desk.all_refused("auth_app.answered", "auth_app.unavailable", ERRORS, DOWN),
        desk.all_refused("auth_app.client", "auth_app.client_refused", ERRORS, CLIENT),
        meanings.collect(),
    ]
    .concat()
}

const FORMS: &[Row] = &[
    ("callback_empty", "The callback has no parameters.", |d| {
        d.callback.clear();
    }),
    (
        "callback_without_code",
        "The callback has neither a code nor an error.",
        |d| d.callback = called_back("session_state=5e55"),
    ),
    ("callback_code_empty", "The code is empty.", |d| {
        d.callback = called_back("code=");
    }),
    ("callback_code_twice", "The code stands twice.", |d| {
        d.callback = called_back("code=c0de&code=c0de");
    }),
    ("callback_state_twice", "The state stands twice.", |d| {
        d.callback = called_back(&called_back("code=c0de"));
    }),
    (
        "callback_state_twice_escaped",
        "The state stands twice, once with its name escaped.",
        |d| d.callback = called_back("code=c0de&%73tate=x"),
    ),
    (
        "callback_unknown_twice",
        "A parameter that nobody knows stands twice.",
        |d| d.callback = called_back("code=c0de&x=1&x=1"),
    ),
    ("callback_iss_twice", "The issuer stands twice.", |d| {
        d.callback = called_back(&format!("code=c0de&iss={ISSUER}&iss={ISSUER}"));
    }),
    (
        "callback_control",
        "The code has a control character in it.",
        |d| d.callback = called_back("code=c0de%0a"),
    ),
    (
        "callback_not_ascii",
        "The code has a letter in it that is none of ASCII.",
        |d| d.callback = called_back("code=%E6%97%A5"),
    ),
    (
        "callback_of_8193",
        "The callback is an octet longer than it may be.",
        |d| fill_callback(&mut d.callback, 8193),
    ),
    (
        "callback_of_17",
        "The callback has a parameter more than it may have.",
        |d| add_parameters(&mut d.callback, 17),
    ),
];

const CALLED_BACK: &[Row] = &[
    (
        "callback_unknown",
        "The callback has a parameter that nobody knows, and no session.",
        |d| d.callback = called_back("code=c0de&%E6%97%A5=%00&y"),
    ),
    (
        "callback_escaped",
        "Code and state are escaped where they need not be.",
        |d| d.callback = format!("%73tate={}&code=%63+0de", state(0, 0x20)),
    ),
    (
        "callback_of_8192",
        "The callback is as long as it may be.",
        |d| fill_callback(&mut d.callback, 8192),
    ),
    (
        "callback_of_16",
        "The callback has as many parameters as it may have.",
        |d| add_parameters(&mut d.callback, 16),
    ),
];

fn fill_callback(callback: &mut String, length: usize) {
    let rest = length.saturating_sub(callback.len());
    callback.push_str("&x=");
    callback.push_str(&"a".repeat(rest.saturating_sub(3)));
}

fn add_parameters(callback: &mut String, count: usize) {
    for number in callback.split('&').count()..count {
        callback.push_str(&format!("&x{number}="));
    }
}

const CONFLICT: &[Row] = &[(
    "callback_code_and_error",
    "The callback has a code and an error.",
    |d| d.callback = called_back("code=c0de&error=access_denied"),
)];

const STATES: &[Row] = &[
    ("state_missing", "The callback has no state.", |d| {
        d.callback = "code=c0de".to_owned();
    }),
    (
        "state_of_another",
        "The state is another transaction's.",
        |d| d.callback = format!("code=c0de&state={}", state(1, 0x20)),
    ),
    (
        "state_guessed",
        "The state names the transaction, and not its secret.",
        |d| d.callback = format!("code=c0de&state={}", state(0, 0x21)),
    ),
    ("state_cut", "A letter of the state is missing.", |d| {
        d.callback = format!("code=c0de&state={}", &state(0, 0x20)[..42]);
    }),
    ("state_longer", "The state is a letter too long.", |d| {
        d.callback = format!("code=c0de&state={}A", state(0, 0x20));
    }),
    (
        "state_of_a_cancelled_one",
        "Somebody else's callback says that the person stopped.",
        |d| d.callback = format!("error=access_denied&state={}", state(1, 0x20)),
    ),
];

const BROWSERS: &[Row] = &[
    ("cookie_missing", "The browser has no cookie.", |d| {
        d.cookie = None;
    }),
    ("cookie_empty", "The cookie is empty.", |d| {
        d.cookie = Some(String::new());
    }),
    (
        "cookie_of_another",
        "The cookie is another browser's.",
        |d| {
            d.cookie = d.cookie.as_ref().map(|cookie| cookie.replace('g', "h"));
        },
    ),
    (
        "cookie_of_a_cancelled_one",
        "In another browser the callback says that the person stopped.",
        |d| {
            d.callback = called_back("error=access_denied");
            d.cookie = None;
        },
    ),
];

const ISSUERS: &[Row] = &[
    (
        "response_of_another",
        "The callback names another provider.",
        |d| d.callback = called_back("code=c0de&iss=https://attacker.example"),
    ),
    (
        "response_issuer_slash",
        "The callback names the provider with a slash behind.",
        |d| d.callback = called_back(&format!("code=c0de&iss={ISSUER}/")),
    ),
    (
        "error_of_another",
        "The callback brings an error of another provider.",
        |d| d.callback = called_back("error=access_denied&iss=https://attacker.example"),
    ),
];

const NO_ISSUER: &[Row] = &[(
    "response_issuer_missing",
    "The provider always names itself in callbacks, and this one does not.",
    |d| d.registration.callbacks_name_it = true,
)];

const NAMED: &[Row] = &[
    (
        "response_issuer",
        "The callback names the provider, as it always does.",
        |d| {
            d.registration.callbacks_name_it = true;
            d.callback = called_back(&format!("code=c0de&iss={ISSUER}"));
        },
    ),
    (
        "response_issuer_unasked",
        "The callback names the provider, of which that was not known.",
        |d| d.callback = called_back(&format!("code=c0de&iss={ISSUER}")),
    ),
];

fn other(change: fn(&mut Registration), since: Since) -> impl Fn(&mut super::Draft) {
    move |d| {
        let mut other = d.registration.clone();
        change(&mut other);
        d.goes_on_with = Some((since, other));
    }
}

const FOREIGN: &[Row] = &[
    (
        "callback_at_another_client",
        "The callback comes to another client's registration.",
        |d| other(|r| r.client_id = "shop2".to_owned(), Since::Callback)(d),
    ),
    (
        "callback_at_another_provider",
        "The callback comes where another provider's come.",
        |d| {
            let elsewhere: fn(&mut Registration) =
                |r| r.base = "https://attacker.example/api".to_owned();
            other(elsewhere, Since::Callback)(d);
        },
    ),
    (
        "callback_at_another_uri",
        "The callback comes to another redirect URI.",
        |d| other(|r| r.redirect_uri.push('2'), Since::Callback)(d),
    ),
    (
        "token_for_another_client",
        "The ID token is checked for another client than the one that asked.",
        |d| {
            d.claims["aud"] = "shop2".into();
            d.claims["azp"] = "shop2".into();
            other(|r| r.client_id = "shop2".to_owned(), Since::IdToken)(d);
        },
    ),
    (
        "token_of_another_provider",
        "The ID token is checked as another provider's than the one that was asked.",
        |d| {
            d.claims["iss"] = "https://attacker.example/api/realms/main".into();
            let elsewhere: fn(&mut Registration) =
                |r| r.base = "https://attacker.example/api".to_owned();
            other(elsewhere, Since::IdToken)(d);
        },
    ),
];

const EXPIRED: &[Row] = &[(
    "transaction_expired",
    "The transaction expired a second ago.",
    |d| d.expires = d.now - 1,
)];

const IN_TIME: &[Row] = &[(
    "transaction_last_second",
    "The transaction expires with this second.",
    |d| d.expires = d.now,
)];

const CANCELLED: &[Row] = &[
    ("cancelled", "The person stopped.", |d| {
        d.callback = called_back("error=access_denied");
    }),
    (
        "cancelled_with_markup",
        "The person stopped, which the callback describes with markup.",
        |d| {
            d.callback = called_back(
                "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
            );
        },
    ),
];

const REFUSED: &[Row] = &[
    (
        "error_unknown",
        "The error is one of another protocol.",
        |d| {
            d.callback = called_back("error=login_required");
        },
    ),
    ("error_of_markup", "The error is markup.", |d| {
        d.callback = called_back("error=%3Cscript%3E");
    }),
];

const DOWN: &[Row] = &[
    ("error_of_the_server", "The provider failed.", |d| {
        d.callback = called_back("error=server_error");
    }),
    (
        "error_for_a_while",
        "The provider is out of service.",
        |d| {
            d.callback = called_back("error=temporarily_unavailable");
        },
    ),
];

const CLIENT: &[Row] = &[
    (
        "error_request",
        "The request is not one that it takes.",
        |d| {
            d.callback = called_back("error=invalid_request");
        },
    ),
    ("error_client", "The client may not ask so.", |d| {
        d.callback = called_back("error=unauthorized_client");
    }),
    ("error_response_type", "The flow is not one of its.", |d| {
        d.callback = called_back("error=unsupported_response_type");
    }),
    ("error_scope", "The client may not ask for that.", |d| {
        d.callback = called_back("error=invalid_scope");
    }),
];

/// Errors whose meaning the relying party has learnt.
const MEANINGS: &[(&str, Row)] = &[
    (
        "auth_app.expired",
        (
            "meaning_expired",
            "The provider's transaction is over.",
            |d| {
                learnt(d, Refusal::Expired);
            },
        ),
    ),
    (
        "auth_app.certificate",
        (
            "meaning_certificate",
            "The certificate is not valid.",
            |d| {
                learnt(d, Refusal::Certificate);
            },
        ),
    ),
    (
        "auth_app.pin_locked",
        ("meaning_pin_locked", "The PIN is locked.", |d| {
            learnt(d, Refusal::PinLocked);
        }),
    ),
    (
        "auth_app.no_pin",
        ("meaning_no_pin", "The card has no PIN.", |d| {
            learnt(d, Refusal::NoPin);
        }),
    ),
    (
        "auth_app.app_missing",
        ("meaning_app_missing", "The app is not there.", |d| {
            learnt(d, Refusal::AppMissing);
        }),
    ),
];

fn learnt(draft: &mut super::Draft, meaning: Refusal) {
    let refusals = [("learnt".to_owned(), meaning)];
    draft.registration.refusals = refusals.into();
    draft.callback = called_back("error=learnt");
}
