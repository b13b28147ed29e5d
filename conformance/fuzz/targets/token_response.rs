//! [`tashika_conformance::fuzz::token_response`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| tashika_conformance::fuzz::token_response(octets));
