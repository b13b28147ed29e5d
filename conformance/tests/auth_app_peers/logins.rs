//! Our logins at oidc-provider: that they succeed, and how each of its refusals
//! and each thing gone wrong between us looks from here.

use bytes::Bytes;
use http::{Request, Response};
use libtest_mimic::Failed;
use tashika::auth_app::{AssertionId, Authorized, Tokens, VerifiedLogin};
use tashika::person::{Date, Sex};
use tashika::{Code, Duration};
use tashika_testbed::{Algorithm, KeyPair, Rng};

use crate::Run;
use crate::browser::{Arrival, Browser};
use crate::http::send;
use crate::op::{OidcProvider, Person};
use crate::ours::{Login, Ours, Verdict, now, public_key, signing, signing_as};
use crate::program::Program;

pub(crate) const TRIALS: &[(&str, Run<Program>)] = &[
    ("a_person_logs_in", a_person_logs_in),
    ("with_rsa_on_both_sides", with_rsa_on_both_sides),
    (
        "its_id_tokens_have_no_at_hash",
        its_id_tokens_have_no_at_hash,
    ),
    ("less_than_was_asked_for", less_than_was_asked_for),
    (
        "an_item_that_it_does_not_have",
        an_item_that_it_does_not_have,
    ),
    ("somebody_cancels", somebody_cancels),
    ("another_redirect_uri", another_redirect_uri),
    (
        "another_redirect_uri_for_the_code",
        another_redirect_uri_for_the_code,
    ),
    ("another_verifier", another_verifier),
    ("a_code_a_second_time", a_code_a_second_time),
    ("another_key", another_key),
    ("another_audience", another_audience),
    ("an_assertion_of_yesterday", an_assertion_of_yesterday),
    ("an_assertion_a_second_time", an_assertion_a_second_time),
    ("the_callback_of_another", the_callback_of_another),
    ("the_code_of_another", the_code_of_another),
    ("the_tokens_of_another", the_tokens_of_another),
    ("the_userinfo_of_another", the_userinfo_of_another),
    ("callbacks_name_the_provider", callbacks_name_the_provider),
    ("it_gets_other_keys", it_gets_other_keys),
];

const HANAKO: Person = Person::Is("hanako");
const SHOTA: Person = Person::Is("shota");

/// Our client at it, which does without `at_hash`.
fn ours(provider: &OidcProvider<'_>) -> Result<Ours, Failed> {
    Ok(Ours::discover(&provider.issuer, &provider.client)?.without_at_hash())
}

fn log_in(provider: &OidcProvider<'_>, ours: &Ours, person: Person) -> Verdict<VerifiedLogin> {
    let login = ours.begin()?;
    let callback = provider.visit(&login.url, person)?;
    ours.finish(login, &callback)
}

fn refused<T>(verdict: Result<T, Code>, code: Code) -> Result<(), Failed> {
    match verdict.map(drop) {
        Err(refused) if refused == code => Ok(()),
        other => Err(format!("{other:?} in the place of {code:?}").into()),
    }
}

fn accepted<T>(verdict: Result<T, Code>) -> Result<T, Failed> {
    verdict.map_err(|code| format!("{code:?}").into())
}

fn is_hanako(login: &VerifiedLogin, provider: &OidcProvider<'_>) {
    assert_eq!(login.issuer(), provider.issuer);
    assert_eq!(login.subject().as_str(), "shop:hanako");
    assert_eq!(login.acr(), Some("aal3 crl"));
    let claims = login.claims();
    assert_eq!(claims.name(), Some("架空 花子"));
    assert_eq!(claims.address(), Some("東京都清瀬市架空町１－２－３"));
    let birthdate = claims.birthdate().map(|date| date.as_str());
    assert_eq!(birthdate, Some("1985-07-04"));
    let gender = claims.gender();
    assert_eq!(gender.map(|gender| gender.as_str()), Some("female"));
    assert_eq!(gender.and_then(|gender| gender.sex()), Some(Sex::Female));
    let eve = Date::constant(2026, 7, 3);
    assert_eq!(login.age_on(eve), Some(40));
}

fn a_person_logs_in(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let login = accepted(log_in(&provider, &ours(&provider)?, HANAKO)?)?;
    is_hanako(&login, &provider);
    Ok(())
}

fn with_rsa_on_both_sides(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::rs256(program)?;
    let ours = Ours::discover(&provider.issuer, &provider.client)?;
    let login = accepted(log_in(&provider, &ours.with_rs256()?, HANAKO)?)?;
    is_hanako(&login, &provider);
    // Where nobody allowed RS256, it is none.
    let strict = self::ours(&provider)?;
    refused(log_in(&provider, &strict, HANAKO)?, Code::AuthAppAlgorithm)
}

fn its_id_tokens_have_no_at_hash(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let strict = Ours::discover(&provider.issuer, &provider.client)?;
    refused(
        log_in(&provider, &strict, HANAKO)?,
        Code::AuthAppAtHashMissing,
    )
}

fn less_than_was_asked_for(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let with = |acr| log_in(&provider, &ours, Person::IsWith("hanako", acr));
    refused(with("aal3")?, Code::AuthAppAcr)?;
    refused(with("")?, Code::AuthAppAcrMissing)
}

fn an_item_that_it_does_not_have(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let traveller = Person::Is("traveller");
    refused(
        log_in(&provider, &ours(&provider)?, traveller)?,
        Code::AuthAppClaimMissing,
    )
}

fn somebody_cancels(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    refused(
        log_in(&provider, &ours(&provider)?, Person::Cancels)?,
        Code::AuthAppCancelled,
    )
}

/// It tells the person, and sends nobody there.
fn another_redirect_uri(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let url = ours(&provider)?.begin()?.url;
    let other = url.replace("rp.example", "thief.example");
    assert_ne!(other, url);
    match Browser::default().open(&other, "https://")? {
        Arrival::There(url) => Err(format!("sent to {url}").into()),
        Arrival::Page(_, page) => {
            assert_eq!(page.status(), 400);
            provider.refused_because("redirect_uri did not match")
        }
    }
}

/// A token request in which something is replaced, and the verdict on its answer.
fn changed(provider: &OidcProvider<'_>, change: impl Fn(&str) -> String) -> Verdict<Tokens> {
    let ours = ours(provider)?;
    let login = ours.begin()?;
    let callback = provider.visit(&login.url, HANAKO)?;
    let authorized = accepted(ours.receive(login, &callback)?)?;
    let request = authorized.token_request(&ours.registration, &ours.assertion()?)?;
    let (head, body) = request.into_parts();
    let body = std::str::from_utf8(&body)?;
    let other = change(body);
    assert_ne!(other, body);
    let request = Request::from_parts(head, Bytes::from(other));
    Ok(ours.tokens(authorized, &send(&request)?))
}

fn another_redirect_uri_for_the_code(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let outcome = changed(&provider, |body| {
        body.replace("rp.example", "thief.example")
    })?;
    refused(outcome, Code::AuthAppCodeRefused)?;
    provider.refused_because("redirect_uri mismatch")
}

fn another_verifier(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let outcome = changed(&provider, |body| {
        let parameters = body
            .split('&')
            .map(|parameter| match parameter.split_once('=') {
                Some(("code_verifier", value)) => format!("code_verifier={}", value.to_lowercase()),
                _ => parameter.to_owned(),
            });
        parameters.collect::<Vec<_>>().join("&")
    })?;
    refused(outcome, Code::AuthAppCodeRefused)?;
    provider.refused_because("code_verifier does not match")
}

/// The answers to a code's first and second use, with who waits for one.
fn twice(
    provider: &OidcProvider<'_>,
    ours: &Ours,
) -> Result<(Authorized, [Response<Bytes>; 2]), Failed> {
    let login = ours.begin()?;
    let callback = provider.visit(&login.url, HANAKO)?;
    let authorized = accepted(ours.receive(login, &callback)?)?;
    let ask = || {
        let request = authorized.token_request(&ours.registration, &ours.assertion()?)?;
        send(&request)
    };
    let answers = [ask()?, ask()?];
    Ok((authorized, answers))
}

/// RFC 6749, 4.1.2: what came of its first use is revoked, too.
fn a_code_a_second_time(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let (authorized, [_, second]) = twice(&provider, &ours)?;
    let outcome = ours.tokens(authorized, &second);
    refused(outcome, Code::AuthAppCodeRefused)?;
    provider.refused_because("authorization code already consumed")?;
    let (authorized, [first, _]) = twice(&provider, &ours)?;
    let tokens = accepted(ours.tokens(authorized, &first))?;
    let login = accepted(ours.verify(tokens)?)?;
    refused(ours.userinfo(login)?, Code::AuthAppTokenRefused)
}

fn another_key(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    // Under the same name, so that it is the signature which tells.
    let other = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(53));
    let registered = public_key(&provider.client)?.kid();
    let endpoint = format!("{}/token", provider.issuer);
    let proof = signing_as(&other, &registered, &endpoint)?;
    let ours = ours(&provider)?.with_proof(proof);
    let outcome = log_in(&provider, &ours, HANAKO)?;
    refused(outcome, Code::AuthAppInvalidClient)?;
    provider.refused_because("signature verification failed")
}

fn another_audience(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let proof = signing(&provider.client, "https://other.example/token")?;
    let ours = ours(&provider)?.with_proof(proof);
    let outcome = log_in(&provider, &ours, HANAKO)?;
    refused(outcome, Code::AuthAppInvalidClient)?;
    provider.refused_because("audience (aud) must equal")
}

fn an_assertion_of_yesterday(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let login = ours.begin()?;
    let callback = provider.visit(&login.url, HANAKO)?;
    let authorized = accepted(ours.receive(login, &callback)?)?;
    let yesterday = now()?.minus(Duration::hours(24));
    let assertion = ours.assertion_at(AssertionId::generate()?, yesterday)?;
    let request = authorized.token_request(&ours.registration, &assertion)?;
    let outcome = ours.tokens(authorized, &send(&request)?);
    refused(outcome, Code::AuthAppInvalidClient)?;
    provider.refused_because("jwt expired")
}

fn an_assertion_a_second_time(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let assertion = ours.assertion()?;
    let with_it = || -> Verdict<Tokens> {
        let login = ours.begin()?;
        let callback = provider.visit(&login.url, HANAKO)?;
        let authorized = accepted(ours.receive(login, &callback)?)?;
        let request = authorized.token_request(&ours.registration, &assertion)?;
        Ok(ours.tokens(authorized, &send(&request)?))
    };
    accepted(with_it()?)?;
    refused(with_it()?, Code::AuthAppInvalidClient)?;
    provider.refused_because("must only be used once")
}

/// Two people at once.
struct Two<'o> {
    ours: &'o Ours,
    logins: [Login; 2],
    callbacks: [String; 2],
}

impl<'o> Two<'o> {
    fn begin(provider: &OidcProvider<'_>, ours: &'o Ours) -> Result<Self, Failed> {
        let logins = [ours.begin()?, ours.begin()?];
        let [one, other] = &logins;
        let callbacks = [
            provider.visit(&one.url, HANAKO)?,
            provider.visit(&other.url, SHOTA)?,
        ];
        Ok(Self {
            ours,
            logins,
            callbacks,
        })
    }
}

fn the_callback_of_another(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let two = Two::begin(&provider, &ours)?;
    let ([one, _], [_, other]) = (two.logins, two.callbacks);
    refused(two.ours.receive(one, &other)?, Code::AuthAppState)
}

/// With the state of the one and the code of the other, PKCE tells.
fn the_code_of_another(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let two = Two::begin(&provider, &ours)?;
    let ([one, _], [callback, other]) = (two.logins, two.callbacks);
    let code = |url: &str| -> Result<String, Failed> {
        let mut parameters = url.split(['?', '&']);
        let code = parameters.find(|parameter| parameter.starts_with("code="));
        Ok(code.ok_or("no code")?.to_owned())
    };
    let swapped = callback.replace(&code(&callback)?, &code(&other)?);
    refused(two.ours.finish(one, &swapped)?, Code::AuthAppCodeRefused)?;
    provider.refused_because("code_verifier does not match")
}

fn the_tokens_of_another(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let two = Two::begin(&provider, &ours)?;
    let ([one, other], [callback, of_other]) = (two.logins, two.callbacks);
    let one = accepted(ours.receive(one, &callback)?)?;
    let other = accepted(ours.receive(other, &of_other)?)?;
    let request = other.token_request(&ours.registration, &ours.assertion()?)?;
    let tokens = accepted(ours.tokens(one, &send(&request)?))?;
    refused(ours.verify(tokens)?, Code::AuthAppNonce)
}

fn the_userinfo_of_another(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let two = Two::begin(&provider, &ours)?;
    let ([one, other], [callback, of_other]) = (two.logins, two.callbacks);
    let verified = |login, callback: &str| {
        let authorized = accepted(ours.receive(login, callback)?)?;
        let tokens = accepted(ours.exchange(authorized)?)?;
        accepted(ours.verify(tokens)?)
    };
    let (one, other) = (verified(one, &callback)?, verified(other, &of_other)?);
    let request = other.userinfo_request(&ours.registration)?;
    let answer = send(&request.ok_or("nothing was asked for")?)?;
    let outcome = one.userinfo(&answer).map_err(|fault| fault.code());
    refused(outcome, Code::AuthAppSubject)
}

/// RFC 9207, which its discovery document announces.
fn callbacks_name_the_provider(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let outcome = |change: fn(String) -> String| -> Verdict<_> {
        let login = ours.begin()?;
        let callback = provider.visit(&login.url, HANAKO)?;
        ours.receive(login, &change(callback))
    };
    accepted(outcome(|callback| callback)?)?;
    let other = outcome(|callback| callback.replace("iss=http", "iss=https"))?;
    refused(other, Code::AuthAppResponseIssuer)?;
    let none = outcome(|callback| callback.replace("&iss=", "&was="))?;
    refused(none, Code::AuthAppResponseIssuerMissing)
}

fn it_gets_other_keys(program: &Program) -> Result<(), Failed> {
    let provider = OidcProvider::es256(program)?;
    let ours = ours(&provider)?;
    let app = ours.app()?;
    let log_in = || -> Verdict<VerifiedLogin> {
        let login = ours.begin()?;
        let callback = provider.visit(&login.url, HANAKO)?;
        ours.finish_by(&app, login, &callback)
    };
    accepted(log_in()?)?;
    let login = ours.begin()?;
    let callback = provider.visit(&login.url, HANAKO)?;
    let authorized = accepted(ours.receive(login, &callback)?)?;
    let tokens = accepted(ours.exchange(authorized)?)?;
    let kid = tokens.key_id().ok_or("no kid")?.to_owned();
    assert!(accepted(ours.keys()?)?.names(&kid));
    provider.restart()?;
    // What the old key signed counts no longer, and the new one is fetched.
    let new = accepted(ours.keys()?)?;
    assert!(!new.names(&kid));
    refused(ours.verify(tokens)?, Code::AuthAppKeyUnknown)?;
    is_hanako(&accepted(log_in()?)?, &provider);
    Ok(())
}
