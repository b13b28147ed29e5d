//! [`tashika_conformance::fuzz::discovery`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| tashika_conformance::fuzz::discovery(octets));
