//! The auth app's client against a provider that is right, and against one that
//! is not.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod attacks;
mod breakers;
mod browser;
mod driver;
mod faults;
mod keys;
mod people;
mod scenarios;
mod scene;
mod services;
mod signing;
