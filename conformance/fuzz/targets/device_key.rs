//! [`tashika_conformance::fuzz::device_key`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| tashika_conformance::fuzz::device_key(octets));
