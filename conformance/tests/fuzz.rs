//! Random octets for every parser, a few seconds each, and what is known to
//! have broken parsers elsewhere.
//!
//! `BOLERO_RANDOM_SEED` repeats a run that failed. With a nightly compiler the
//! same properties run for as long as one likes: conformance/fuzz/README.md.

use std::time::Duration;

use bolero::check;
use tashika_conformance::fuzz;

macro_rules! targets {
    ($($target:ident)+) => {$(
        #[test]
        fn $target() {
            check!()
                .with_test_time(Duration::from_secs(3))
                .for_each(|octets: &[u8]| fuzz::$target(octets));
        }
    )+};
}

targets! {
    certificate issued_certificate revocation_list issued_list index ocsp issued_ocsp cms
    transaction anchor device_response issued_document issued_element device_key transcript
    engagement session_data jwe apple_envelope annex_c status_token
    id_token jwks callback userinfo token_response discovery sealed_login
}
