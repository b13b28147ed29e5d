//! Providers, operators, lists and stores that give no answer, or give it late.

use std::num::NonZeroUsize;
use std::sync::Arc;

use tashika::Code;
use tashika_testbed::Answer as Page;
use tashika_testbed::auth_app::{Choice, Endpoint, ResultForm, Switches};
use tashika_tower::MemoryTransactions;

use super::scene::{Bank, DOCUMENT, REQUEST};
use crate::browser::{Answer, Browser};

fn is_down(answer: &Answer, code: Code, retry_after: &str) {
    let told = (answer.refused(), answer.status.as_u16());
    assert_eq!(told, (code, 503), "{answer:?}");
    assert_eq!(answer.headers["retry-after"], retry_after);
}

fn down() -> Page {
    Page::status(503).header("Retry-After", "77")
}

#[tokio::test]
async fn a_provider_that_begins_nothing_says_when_to_come_back() {
    let breaks: [fn(&mut Switches); 2] = [
        |switches| switches.token.instead = Some(down()),
        |switches| switches.signing_start.instead = Some(down()),
    ];
    for breaks in breaks {
        let bank = Bank::new(ResultForm::Plain);
        bank.login.provider().only(breaks);
        let (app, mut browser) = (bank.app(), Browser::new());
        for code in [Code::AuthAppUnavailable, Code::AuthAppPaused] {
            let answer = browser.post(&app, REQUEST, "text/plain", DOCUMENT).await;
            is_down(&answer, code, "77");
        }
        assert!(browser.cookies().is_empty());
        assert!(bank.nothing_waits());
    }
}

#[tokio::test]
async fn a_provider_that_ends_nothing_says_when_to_come_back() {
    let breaks: [fn(&mut Switches); 2] = [
        |switches| switches.token.instead = Some(down()),
        |switches| switches.signing_result.instead = Some(down()),
    ];
    for breaks in breaks {
        let bank = Bank::new(ResultForm::Plain);
        let (app, mut browser) = (bank.app(), Browser::new());
        let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
        let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
        bank.login.provider().only(breaks);
        let answer = browser.get(&app, &back).await;
        is_down(&answer, Code::AuthAppUnavailable, "77");
        // It cannot come again: the code has been shown.
        let again = browser.get(&app, &back).await;
        assert_eq!(again.refused(), Code::TransactionUnknown);
    }
}

#[tokio::test]
async fn an_operator_that_is_down_says_when_to_come_back() {
    let bank = Bank::new(ResultForm::Jwe);
    bank.operator
        .switch(|switches| switches.reply.instead = Some(down()));
    let app = bank.app();
    let answer = bank.sign(&app, "hanako").await;
    is_down(&answer, Code::AuthAppUnavailable, "77");
    let answer = bank.sign(&app, "hanako").await;
    is_down(&answer, Code::AuthAppPaused, "77");
}

#[tokio::test]
async fn lists_that_are_too_old_refuse_nobody_for_good() {
    let bank = Bank::new(ResultForm::Plain);
    let app = bank.app();
    bank.wait(3 * 86_400);
    let answer = bank.sign(&app, "hanako").await;
    is_down(&answer, Code::RevocationStale, "60");
}

#[tokio::test]
async fn what_is_not_signed_yet_is_waited_for_and_not_for_ever() {
    let bank = Bank::new(ResultForm::Plain);
    let app = bank.app();
    let provider = bank.login.provider();
    provider.only(|switches| switches.signing_result.next.extend([not_yet(), not_yet()]));
    assert_eq!(bank.sign(&app, "hanako").await.status, 200);
    assert_eq!(bank.asked(Endpoint::SigningResult), 3);

    provider.only(|switches| switches.signing_pending = true);
    let answer = bank.sign(&app, "hanako").await;
    is_down(&answer, Code::AuthAppSigningPending, "60");
    assert_eq!(bank.asked(Endpoint::SigningResult), 7);
}

fn not_yet() -> Page {
    Page::status(202)
        .header("Content-Type", "application/json")
        .body(r#"{"status":"pending"}"#)
}

/// Our own token serves until it expires, or is not taken any more.
#[tokio::test]
async fn the_provider_gives_us_a_token_when_we_need_one() {
    let bank = Bank::new(ResultForm::Plain);
    let (app, mut browser) = (bank.app(), Browser::new());
    for _ in 0..3 {
        bank.begin(&app, &mut browser, DOCUMENT).await;
    }
    assert_eq!(bank.asked(Endpoint::Token), 1);
    bank.wait(270);
    bank.begin(&app, &mut browser, DOCUMENT).await;
    assert_eq!(bank.asked(Endpoint::Token), 2);

    // A provider that has forgotten it.
    let refused = Page::status(401).header("WWW-Authenticate", "Bearer");
    let provider = bank.login.provider();
    provider.only(|switches| switches.signing_start.next.push_back(refused.clone()));
    bank.begin(&app, &mut browser, DOCUMENT).await;
    assert_eq!(bank.asked(Endpoint::Token), 3);
    bank.begin(&app, &mut browser, DOCUMENT).await;
    assert_eq!(bank.asked(Endpoint::Token), 3);

    // One that takes none gets no third try.
    let asked = bank.asked(Endpoint::StartSigning);
    provider.only(|switches| switches.signing_start.instead = Some(refused));
    let answer = browser.post(&app, REQUEST, "text/plain", DOCUMENT).await;
    assert_eq!(answer.refused(), Code::AuthAppTokenRefused);
    assert_eq!(bank.asked(Endpoint::StartSigning), asked + 2);
}

#[tokio::test]
async fn no_more_begin_than_there_is_room_for() {
    let one = NonZeroUsize::MIN;
    let bank = Bank::over(
        Arc::new(MemoryTransactions::new(one, one)),
        ResultForm::Plain,
    );
    let (app, mut browser) = (bank.app(), Browser::new());
    let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
    let full = browser.post(&app, REQUEST, "text/plain", DOCUMENT).await;
    is_down(&full, Code::TransactionFull, "60");
    let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
    assert_eq!(browser.get(&app, &back).await.status, 200);
}
