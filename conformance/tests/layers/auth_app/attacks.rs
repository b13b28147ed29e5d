//! Callbacks in browsers, of people and from providers that they do not belong
//! to.

use axum::Router;
use tashika::Code;
use tashika::auth_app::Callback;
use tashika::transaction::{BrowserSecret, Purpose};
use tashika_testbed::auth_app::{Choice, Endpoint, Settings, Visit};
use tashika_tower::{AuthAppLayer, Landing, Logins};

use super::scene::{Bank, CALLBACK, logins};
use crate::browser::Browser;
use crate::house::ORIGIN;

/// Two people who have said yes, and where each is sent back to.
async fn two(bank: &Bank, app: &Router) -> [(Browser, String, &'static str); 2] {
    let mut both = Vec::new();
    for person in ["hanako", "taro"] {
        let mut browser = Browser::new();
        let url = bank.begin(app, &mut browser, "").await;
        let back = bank.sent_back(&url, &Choice::citizen(person));
        both.push((browser, back, person));
    }
    both.try_into().unwrap_or_else(|_| panic!("two people"))
}

#[tokio::test]
async fn a_callback_that_is_pasted_elsewhere_takes_nothing_away() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let [mut one, mut other] = two(&bank, &app).await;
    let nobody = Browser::new().get(&app, &one.1).await;
    assert_eq!(
        (nobody.refused(), nobody.status.as_u16()),
        (Code::AuthAppBrowser, 403)
    );
    for (browser, theirs) in [(&mut one.0, &other.1), (&mut other.0, &one.1)] {
        let refused = browser.get(&app, theirs).await;
        assert_eq!(refused.refused(), Code::AuthAppBrowser);
    }
    // A cookie of the right name is not enough, nor one that stands twice.
    let name = cookie_name(&one.1);
    for forged in ["forged", "", &format!("a; {name}=b")] {
        other.0.cookies().insert(name.clone(), forged.to_owned());
        let refused = other.0.get(&app, &one.1).await.refused();
        let twice = forged.contains(';');
        let due = if twice {
            Code::AuthAppBrowser
        } else {
            Code::TransactionUnknown
        };
        assert_eq!(refused, due);
    }
    assert_eq!(bank.asked(Endpoint::Token), 0);
    for (mut browser, back, person) in [one, other] {
        let seen = browser.get(&app, &back).await;
        assert_eq!(seen.json()["subject"], bank.subject(person));
    }
}

fn cookie_name(back: &str) -> String {
    let (_, query) = back.split_once('?').unwrap();
    let transaction = Callback::from_query(query).unwrap().transaction();
    BrowserSecret::cookie_name(&transaction.unwrap())
}

fn parameter<'q>(back: &'q str, name: &str) -> &'q str {
    let (_, query) = back.split_once('?').unwrap();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| *found == name).unwrap().1
}

/// Somebody's code in the callback of somebody else.
#[tokio::test]
async fn a_code_of_somebody_else_is_of_no_use() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let [mut one, other] = two(&bank, &app).await;
    let injected = one
        .1
        .replace(parameter(&one.1, "code"), parameter(&other.1, "code"));
    let refused = one.0.get(&app, &injected).await;
    assert_eq!(refused.refused(), Code::AuthAppCodeRefused);
}

/// The transaction is named right, and the rest of the state is not.
#[tokio::test]
async fn the_whole_state_has_to_come_back() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let [mut one, _] = two(&bank, &app).await;
    let state = parameter(&one.1, "state");
    let (last, kept) = (state.chars().last().unwrap(), state.len() - 1);
    let other = if last == 'A' { 'Q' } else { 'A' };
    let changed = one.1.replace(state, &format!("{}{other}", &state[..kept]));
    let refused = one.0.get(&app, &changed).await;
    assert_eq!(refused.refused(), Code::AuthAppState);
    assert_eq!(bank.asked(Endpoint::Token), 0);
}

#[tokio::test]
async fn what_is_no_callback_is_refused_as_it_stands() {
    let bank = Bank::new();
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
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
        let refused = browser.get(&app, &format!("{CALLBACK}{query}")).await;
        assert_eq!(
            (refused.refused(), refused.status.as_u16()),
            (code, status),
            "{query}"
        );
    }
}

/// Two providers, each with a layer and a callback of its own.
struct Mixed {
    bank: Bank,
    other: Bank,
    app: Router,
}

impl Mixed {
    fn new(purpose: &str) -> Self {
        let bank = Bank::new();
        let second = Settings {
            seed: 2,
            ..Settings::default()
        };
        let other = Bank::with("/other/callback", second);
        let logins = Logins {
            purpose: Purpose::named(purpose).unwrap(),
            ..logins("/other", Landing::Handler)
        };
        let theirs = AuthAppLayer::optional(bank.site.clone(), other.auth_app(), logins);
        let ours = bank.layer(Landing::Handler);
        let app = bank.app(ours).layer(theirs.unwrap());
        Self { bank, other, app }
    }
}

/// Mix-up (RFC 9700, 4.4): a callback of one provider comes to the path of
/// another, and the code with it.
#[tokio::test]
async fn a_callback_of_another_provider_is_refused() {
    for (purpose, due) in [
        ("login", Code::TransactionForeign),
        ("other", Code::TransactionSeal),
    ] {
        let Mixed { bank, other, app } = Mixed::new(purpose);
        let mut browser = Browser::new();
        let url = bank.begin(&app, &mut browser, "").await;
        let back = bank.sent_back(&url, &Choice::citizen("hanako"));
        let mixed = back.replace(CALLBACK, "/other/callback");
        assert_eq!(browser.get(&app, &mixed).await.refused(), due);
        assert_eq!(other.asked(Endpoint::Token), 0);
    }
}

/// The relying party believes that the attacker's provider is asked, which sends
/// the browser on to the honest one.
#[tokio::test]
async fn a_code_of_an_honest_provider_does_not_come_to_another() {
    let naming = Settings {
        callback_issuer: true,
        ..Settings::default()
    };
    let (honest, bank) = (Bank::with(CALLBACK, naming), Bank::new());
    let app = bank.app(bank.layer(Landing::Handler));
    let mut browser = Browser::new();
    let url = bank.begin(&app, &mut browser, "").await;
    let (attacker, client_id) = (bank.desk.provider(), bank.desk.registration().client_id());
    let choice = Choice::citizen("hanako");
    let visit = attacker.mix_up(honest.desk.provider(), &url, client_id.as_str(), &choice);
    let Visit::Redirect(back) = visit else {
        panic!("{visit:?}");
    };
    let back = back.strip_prefix(ORIGIN).unwrap();
    let refused = browser.get(&app, back).await;
    assert_eq!(refused.refused(), Code::AuthAppResponseIssuer);
    assert_eq!(bank.asked(Endpoint::Token), 0);
}
