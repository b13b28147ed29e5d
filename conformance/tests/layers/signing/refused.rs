//! Signatures that prove nothing, or belong to somebody or something else.

use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Router};
use tashika::Code;
use tashika::auth_app::Subject;
use tashika::auth_app::signing::SignerExpectation;
use tashika_conformance::desk::NOW;
use tashika_testbed::auth_app::{Choice, Citizen, Endpoint, ResultForm};
use tashika_testbed::{Kind, Reason, Register};
use tashika_tower::Signers;

use super::scene::{Bank, CALLBACK, DOCUMENT, REQUEST};
use crate::browser::{Answer, Browser};

/// Refused so, in the words of HTTP.
fn refused(answer: &Answer, code: Code, status: u16) {
    assert_eq!(
        (answer.refused(), answer.status.as_u16()),
        (code, status),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_callback_in_another_browser_takes_nothing_away() {
    let bank = Bank::new(ResultForm::Plain);
    let (app, mut browser) = (bank.app(), Browser::new());
    let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
    let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
    let mut stranger = Browser::new();
    refused(&stranger.get(&app, &back).await, Code::AuthAppBrowser, 403);
    bank.begin(&app, &mut stranger, DOCUMENT).await;
    refused(&stranger.get(&app, &back).await, Code::AuthAppBrowser, 403);
    // A cookie of the right name is not enough.
    let secret = stranger.cookies().values().next_back().unwrap().clone();
    let names: Vec<_> = browser.cookies().keys().cloned().collect();
    for name in names {
        stranger.cookies().insert(name, secret.clone());
    }
    let guess = stranger.get(&app, &back).await;
    refused(&guess, Code::TransactionUnknown, 403);
    assert_eq!(bank.asked(Endpoint::SigningResult), 0);
    assert_eq!(browser.get(&app, &back).await.status, 200);
}

fn parameter<'q>(back: &'q str, name: &str) -> &'q str {
    let (_, query) = back.split_once('?').unwrap();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| *found == name).unwrap().1
}

#[tokio::test]
async fn state_and_code_are_those_of_the_transaction() {
    let bank = Bank::new(ResultForm::Plain);
    let (app, mut one, mut other) = (bank.app(), Browser::new(), Browser::new());
    let mut begun = Vec::new();
    for (browser, person) in [(&mut one, "hanako"), (&mut other, "taro")] {
        let offer = bank.begin(&app, browser, DOCUMENT).await;
        begun.push(bank.sent_back(&offer, &Choice::citizen(person)));
    }
    let [hers, his] = [&begun[0], &begun[1]];
    // The state of somebody else names their transaction.
    let foreign = hers.replace(parameter(hers, "state"), parameter(his, "state"));
    refused(&one.get(&app, &foreign).await, Code::AuthAppBrowser, 403);
    // The transaction is named right, and the rest of the state is not.
    let state = parameter(his, "state");
    let (last, kept) = (state.chars().last().unwrap(), state.len() - 1);
    let changed = if last == 'A' { 'Q' } else { 'A' };
    let changed = his.replace(state, &format!("{}{changed}", &state[..kept]));
    refused(&other.get(&app, &changed).await, Code::AuthAppState, 403);
    // The code of somebody else in her own callback.
    let injected = hers.replace(parameter(hers, "code"), parameter(his, "code"));
    let injected = one.get(&app, &injected).await;
    refused(&injected, Code::AuthAppCodeRefused, 403);
    assert_eq!(bank.asked(Endpoint::SigningResult), 0);
}

#[tokio::test]
async fn what_is_no_callback_is_refused_as_it_stands() {
    let bank = Bank::new(ResultForm::Plain);
    let (app, mut browser) = (bank.app(), Browser::new());
    for (query, code, status) in [
        ("", Code::InputCallback, 422),
        ("?code=a", Code::AuthAppState, 403),
        ("?code=a&state=b", Code::AuthAppState, 403),
        ("?code=a&code=a&state=b", Code::InputCallback, 422),
        (
            "?code=a&error=b&state=c",
            Code::AuthAppCallbackConflict,
            403,
        ),
    ] {
        let answer = browser.get(&app, &format!("{CALLBACK}{query}")).await;
        refused(&answer, code, status);
    }
    for (method, path, allow) in [("POST", CALLBACK, "GET"), ("GET", REQUEST, "POST")] {
        let method = method.parse().unwrap();
        let answer = browser.request(&app, method, path).await;
        refused(&answer, Code::InputMethod, 405);
        assert_eq!(answer.headers["allow"], allow);
    }
    assert!(bank.nothing_waits());
}

/// A callback of a login is none of a signature, though both have one purpose.
#[tokio::test]
async fn an_answer_belongs_to_the_place_that_asked() {
    let bank = Bank::new(ResultForm::Plain);
    let (app, mut browser) = (bank.app(), Browser::new());
    let elsewhere = bank.elsewhere();
    let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
    let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
    let mixed = back.replace(CALLBACK, "/other/callback");
    let answer = browser.get(&elsewhere, &mixed).await;
    refused(&answer, Code::TransactionForeign, 403);
    assert_eq!(bank.asked(Endpoint::SigningResult), 0);
}

#[tokio::test]
async fn who_stops_or_cannot_is_told_so() {
    let bank = Bank::new(ResultForm::Plain);
    let child = bank.house.desk.testbed().card(2).person().clone();
    let provider = bank.login.provider();
    provider.enrol(Citizen::new("under15", &child));
    let (app, mut browser) = (bank.app(), Browser::new());
    for (choice, code) in [
        (Choice::Cancel, Code::AuthAppCancelled),
        (Choice::Expired, Code::AuthAppExpired),
        (Choice::citizen("under15"), Code::AuthAppNoPin),
        (Choice::RevokedCertificate, Code::AuthAppRefused),
    ] {
        let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
        let back = bank.sent_back(&offer, &choice);
        refused(&browser.get(&app, &back).await, code, 403);
        // It has ended.
        let again = browser.get(&app, &back).await;
        refused(&again, Code::TransactionUnknown, 403);
    }
    assert_eq!(bank.asked(Endpoint::SigningResult), 0);
}

#[tokio::test]
async fn a_document_that_changed_on_the_way_is_not_the_one() {
    for (form, code) in [
        (ResultForm::Plain, Code::SignatureInvalid),
        (ResultForm::Jwe, Code::AuthAppSigningInvalid),
    ] {
        let bank = Bank::new(form);
        let provider = bank.login.provider();
        provider.only(|switches| switches.signs_other_bytes = true);
        refused(&bank.sign(&bank.app(), "hanako").await, code, 403);
    }
}

#[tokio::test]
async fn a_result_of_another_transaction_is_not_ours() {
    let bank = Bank::new(ResultForm::Plain);
    bank.login.provider().only(|switches| {
        let members = &mut switches.signing_result.members;
        members.set(
            "sign_transaction_id",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
        );
    });
    let answer = bank.sign(&bank.app(), "hanako").await;
    refused(&answer, Code::AuthAppSigningTransaction, 403);
}

/// Names whom the form names; who names nobody is a mistake of ours.
async fn document_for(subject: String) -> impl IntoResponse {
    let named = Subject::known(&subject).ok();
    let named = named.map(|subject| Extension(SignerExpectation::SameAs(subject)));
    (named, "a contract")
}

#[tokio::test]
async fn who_is_named_signs_and_nobody_else() {
    let bank = Bank::new(ResultForm::Plain);
    let layer = bank.layer(Signers::Named, &Register::new());
    let documents = Router::new().route(REQUEST, post(document_for));
    let (app, mut browser) = (bank.behind(layer, documents), Browser::new());
    for (person, status) in [("hanako", 200), ("taro", 403)] {
        let named = bank.subject("hanako");
        let offer = bank.begin(&app, &mut browser, &named).await;
        let back = bank.sent_back(&offer, &Choice::citizen(person));
        let answer = browser.get(&app, &back).await;
        let code = (status == 403).then_some(Code::AuthAppSigningSubject);
        assert_eq!((answer.status.as_u16(), answer.refusal), (status, code));
    }
    let begun = bank.asked(Endpoint::StartSigning);
    let nobody = browser.post(&app, REQUEST, "text/plain", "").await;
    refused(&nobody, Code::MisuseArgument, 500);
    assert_eq!(bank.asked(Endpoint::StartSigning), begun);
}

#[tokio::test]
async fn a_revoked_certificate_signs_nothing_and_nobody_hears_why() {
    let bank = Bank::new(ResultForm::Plain);
    let mut bodies = Vec::new();
    for (reason, code) in [
        (
            Reason::CessationOfOperation,
            Code::RevokedCessationOfOperation,
        ),
        (Reason::CertificateHold, Code::RevokedCertificateHold),
        (Reason::AffiliationChanged, Code::RevokedAffiliationChanged),
    ] {
        let (mut register, since) = (Register::new(), NOW.as_unix() - 3600);
        register.revoke(bank.house.desk.card(), Kind::Signing, reason, since);
        let layer = bank.own_layer(&register);
        let app = bank.app_of(layer);
        let answer = bank.sign(&app, "hanako").await;
        refused(&answer, code, 403);
        assert_eq!(answer.json()["code"], "revoked");
        bodies.push(answer.body);
        // Of another person nothing is known.
        assert_eq!(bank.sign(&app, "taro").await.status, 200);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn a_result_in_another_form_than_was_agreed_on_is_refused() {
    for (form, other) in [
        (ResultForm::Plain, ResultForm::Jwe),
        (ResultForm::Jwe, ResultForm::Plain),
    ] {
        let bank = Bank::new(form);
        let app = bank.app_of(bank.judged_as(other));
        let answer = bank.sign(&app, "hanako").await;
        refused(&answer, Code::AuthAppSigningForm, 403);
    }
}

#[tokio::test]
async fn an_operator_that_speaks_of_something_else_proves_nothing() {
    for (member, value, code, status) in [
        ("digest", "00".repeat(32), Code::AuthAppSigningDigest, 403),
        (
            "sub",
            "somebody-else".to_owned(),
            Code::AuthAppSigningSubject,
            403,
        ),
        (
            "result",
            "invalid".to_owned(),
            Code::AuthAppSigningInvalid,
            403,
        ),
        (
            "certificate_status",
            "revoked".to_owned(),
            Code::AuthAppCertificate,
            403,
        ),
        (
            "result",
            "unknown".to_owned(),
            Code::AuthAppSigningUndetermined,
            503,
        ),
    ] {
        let bank = Bank::new(ResultForm::Jwe);
        bank.operator
            .switch(|switches| switches.reply.members.set(member, value));
        let answer = bank.sign(&bank.app(), "hanako").await;
        refused(&answer, code, status);
    }
}
