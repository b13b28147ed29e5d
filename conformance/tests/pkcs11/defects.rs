//! What can be wrong with a token, each by its name.

use tashika::signer::{Pkcs11Error, Pkcs11Module, Pkcs11Pin, Pkcs11Signer, TokenKey, TokenName};

use crate::Case;
use crate::tokens::{PIN, Tokens};

pub(crate) const CASES: &[Case] = &[
    ("a_module_is_a_module", a_module_is_a_module),
    ("a_token_is_found_or_missed", a_token_is_found_or_missed),
    ("a_key_is_found_or_missed", a_key_is_found_or_missed),
    ("keys_are_pairs", keys_are_pairs),
    ("a_wrong_pin_is_refused", a_wrong_pin_is_refused),
];

/// The name of the variant, and that nothing tells the PIN.
#[track_caller]
fn fails(outcome: Result<Pkcs11Signer, Pkcs11Error>) -> String {
    let error = outcome.unwrap_err();
    let printed = format!("{error:?}\n{error}");
    assert!(
        !printed.contains(PIN) && !printed.contains(WRONG),
        "{printed}"
    );
    printed
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap()
        .to_owned()
}

const WRONG: &str = "wrong-horse-9";

fn labelled(label: &str) -> TokenKey {
    TokenKey::Label(label.to_owned())
}

fn a_module_is_a_module(tokens: &Tokens) {
    let text = tokens.write("module.so", "no library");
    for path in [tokens.file("absent.so"), text] {
        let refused = Pkcs11Module::load(&path).unwrap_err();
        assert!(matches!(refused, Pkcs11Error::Module { .. }), "{refused:?}");
    }
    // A library that every program here has loaded.
    let refused = Pkcs11Module::load("libc.so.6".as_ref()).unwrap_err();
    assert!(matches!(refused, Pkcs11Error::NoModule), "{refused:?}");
}

fn a_token_is_found_or_missed(tokens: &Tokens) {
    let open = |token| {
        let pin = Pkcs11Pin::new(PIN.to_owned());
        Pkcs11Signer::open(&tokens.module(), token, pin, labelled("p256"))
    };
    let label = |label: &str| open(TokenName::Label(label.to_owned()));
    assert_eq!(fails(label("absent")), "TokenMissing");
    assert_eq!(fails(label("sign")), "TokenMissing");
    assert_eq!(fails(label("twin")), "TokenAmbiguous");
    assert_eq!(fails(open(TokenName::Slot(7))), "TokenMissing");
    let info = tokens.session("signing").get_session_info().unwrap();
    open(TokenName::Slot(info.slot_id().id())).unwrap();
}

fn a_key_is_found_or_missed(tokens: &Tokens) {
    let fails = |key| fails(tokens.open(key));
    assert_eq!(fails(labelled("absent")), "KeyMissing");
    assert_eq!(fails(TokenKey::Id(vec![0x77])), "KeyMissing");
    let both = TokenKey::LabelAndId("p256".to_owned(), vec![2]);
    assert_eq!(fails(both), "KeyMissing");
    assert_eq!(fails(labelled("twice")), "KeyAmbiguous");
    assert_eq!(fails(labelled("p521")), "KeyUnsupported");
}

fn keys_are_pairs(tokens: &Tokens) {
    assert_eq!(fails(tokens.open(labelled("lonely"))), "PublicKeyMissing");
    tokens.swap_public_keys();
    assert_eq!(fails(tokens.open(labelled("swapped"))), "Signature");
}

/// Of a token that nobody else logs into: one that is logged into does not
/// look at the PIN.
fn a_wrong_pin_is_refused(tokens: &Tokens) {
    let open = |pin| tokens.open_in("guarded", pin, labelled("p256"));
    assert_eq!(fails(open(WRONG)), "Pin");
    assert_eq!(fails(open("")), "Pin");
    open(PIN).unwrap();
    let pin = Pkcs11Pin::new(WRONG.to_owned());
    assert_eq!(format!("{pin:?}"), "Pkcs11Pin(…)");
}
