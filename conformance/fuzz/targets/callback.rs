//! [`tashika_conformance::fuzz::callback`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| tashika_conformance::fuzz::callback(octets));
