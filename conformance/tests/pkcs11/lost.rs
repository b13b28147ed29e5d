//! Sessions that are gone: they come back once, and PINs are not sent twice.

use cryptoki::session::UserType;
use tashika::Code;
use tashika::signer::{Pkcs11Error, Signer, TokenKey};

use crate::Case;
use crate::tokens::{PIN, Tokens};

pub(crate) const CASES: &[Case] = &[("a_lost_login_comes_back", a_lost_login_comes_back)];

const OTHER: &str = "battery-staple-2";

fn a_lost_login_comes_back(tokens: &Tokens) {
    let key = || TokenKey::Label("p256".to_owned());
    let signer = tokens.open_in("lost", PIN, key()).unwrap();
    let sign = || signer.sign_or_explain(b"a message");
    sign().unwrap();
    let somebody = tokens.session("lost");
    for _ in 0..3 {
        somebody.logout().unwrap();
        sign().unwrap();
    }

    let change_pin = |from: &str, to: &str| {
        let [from, to] = [from, to].map(|pin| pin.to_owned().into());
        // The signer may have logged in.
        let _ = somebody.login(UserType::User, Some(&from));
        somebody.set_pin(&from, &to).unwrap();
        somebody.logout().unwrap();
    };
    change_pin(PIN, OTHER);
    let refused = sign().unwrap_err();
    assert!(matches!(refused, Pkcs11Error::Pin { .. }), "{refused:?}");
    // It would be right again, and is not sent all the same.
    change_pin(OTHER, PIN);
    let kept_back = sign().unwrap_err();
    assert!(
        matches!(kept_back, Pkcs11Error::PinKeptBack),
        "{kept_back:?}"
    );
    assert_eq!(signer.sign(b"").unwrap_err().code(), Code::MisuseSigner);

    let signer = tokens.open_in("lost", PIN, key()).unwrap();
    signer.sign_or_explain(b"a message").unwrap();
}
