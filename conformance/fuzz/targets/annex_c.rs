//! [`tashika_conformance::fuzz::annex_c`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| tashika_conformance::fuzz::annex_c(octets));
