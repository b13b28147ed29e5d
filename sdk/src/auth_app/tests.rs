//! Whole logins, against tokens that the tests sign.

mod flow;
mod keys;
mod people;
mod scene;
mod signing;
mod tokens;
