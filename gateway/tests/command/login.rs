//! `tashika auth-app login`: a command that waits, a browser, and a provider
//! that keeps what it was asked.

mod misuse;
mod outcome;
mod page;
mod scene;
#[cfg(feature = "demo")]
mod testbed;
