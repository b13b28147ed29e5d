//! [`tashika_conformance::fuzz::session_data`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| tashika_conformance::fuzz::session_data(octets));
