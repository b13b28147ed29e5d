//! [`tashika_conformance::fuzz::userinfo`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| tashika_conformance::fuzz::userinfo(octets));
