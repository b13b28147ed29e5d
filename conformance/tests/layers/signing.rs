//! Documents that people sign through the auth app.

mod outages;
mod outset;
mod records;
mod refused;
pub(crate) mod scene;

use tashika::Code;
use tashika_testbed::auth_app::{Choice, Endpoint, ResultForm};

use crate::browser::Browser;
use scene::{Bank, DOCUMENT};

#[tokio::test]
async fn a_document_is_signed_through_the_app_and_the_handler_has_it() {
    for (form, verified) in [
        (ResultForm::Plain, "ourselves"),
        (ResultForm::Jwe, "operator"),
    ] {
        let bank = Bank::new(form);
        let (app, mut browser) = (bank.app(), Browser::new());
        let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
        let location = offer["location"].as_str().unwrap();
        assert!(location.starts_with(&bank.login.provider().base()));
        assert_eq!(offer["expires"], "2027-01-15T08:10:00Z");
        // The transaction's, and the service's own.
        assert_eq!(browser.cookies().len(), 2);
        let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
        let seen = browser.get(&app, &back).await;
        assert_eq!(seen.status, 200, "{seen:?}");
        assert_eq!(seen.headers["cache-control"], "no-store");
        let seen = seen.json();
        assert_eq!(seen["transaction"], offer["transaction"]);
        assert_eq!(seen["subject"], bank.subject("hanako"));
        assert_eq!(seen["acr"], "aal3 crl");
        assert_eq!(seen["document"], DOCUMENT);
        assert_eq!(seen["verified"], verified);
        assert_eq!(browser.cookies().len(), 1);
        assert!(bank.nothing_waits());
        let passed = browser.get(&app, "/").await;
        assert_eq!(passed.text(), "passed without a proof");
    }
}

#[tokio::test]
async fn a_callback_serves_once() {
    let bank = Bank::new(ResultForm::Plain);
    let (app, mut browser) = (bank.app(), Browser::new());
    let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
    let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
    let mut twin = browser.clone();
    assert_eq!(browser.get(&app, &back).await.status, 200);
    let again = browser.get(&app, &back).await;
    assert_eq!(
        (again.refused(), again.status.as_u16()),
        (Code::AuthAppBrowser, 403)
    );
    let again = twin.get(&app, &back).await;
    assert_eq!(
        (again.refused(), again.status.as_u16()),
        (Code::TransactionUnknown, 403)
    );
    assert_eq!(bank.asked(Endpoint::SigningResult), 1);
}

#[tokio::test]
async fn nobody_waits_longer_than_a_transaction_lives() {
    let bank = Bank::new(ResultForm::Plain);
    let (app, mut browser) = (bank.app(), Browser::new());
    for (seconds, status) in [(600, 200), (601, 403)] {
        let offer = bank.begin(&app, &mut browser, DOCUMENT).await;
        bank.wait(seconds);
        let back = bank.sent_back(&offer, &Choice::citizen("hanako"));
        let seen = browser.get(&app, &back).await;
        assert_eq!(seen.status, status, "{seen:?}");
        let late = (status == 403).then_some(Code::TransactionUnknown);
        assert_eq!(seen.refusal, late);
    }
}

#[tokio::test]
async fn whoever_signs_is_told_by_their_certificate() {
    let bank = Bank::new(ResultForm::Plain);
    let app = bank.app();
    for (person, card) in [("hanako", 0), ("taro", 1)] {
        let seen = bank.sign(&app, person).await.json();
        let card = bank.house.desk.testbed().card(card);
        assert_eq!(seen["name"], card.person().name);
        assert_eq!(seen["subject"], bank.subject(person));
    }
}
