//! Nobody is taken for anybody else, whatever comes between.
//!
//! In 2023 a service printed people the documents of others: a request that came
//! later overwrote what an earlier one had left, and both were served it. Here a
//! thousand synthetic people go through each flow at once, in orders that seeds
//! decide, by way of slow lines, retries, duplicates, tabs, shared browsers and
//! thieves; every answer has to carry its own person, and no transaction two
//! proofs. Services and stores that are broken on purpose show that it would be
//! noticed.
//!
//! * `crowd`: who comes, and how they behave; `people`: each flow;
//! * `faults`: what is broken on purpose;
//! * `drops`: futures that are dropped at every point at which they wait;
//! * `model`: all orders of the steps of a few clients, against a model.
//!
//! `isolation_postgres` has the same crowd before two nodes on one PostgreSQL.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be set up fails the test"
)]

#[path = "../layers/browser.rs"]
#[allow(dead_code, reason = "the tests of the layers use the rest")]
mod browser;
mod crowd;
mod drops;
mod faults;
mod flow;
mod flows;
#[path = "../layers/house.rs"]
#[allow(dead_code, reason = "the tests of the layers use the rest")]
mod house;
mod ledger;
mod model;
mod people;
#[path = "../layers/phones.rs"]
#[allow(dead_code, reason = "the tests of the layers use the rest")]
mod phones;
mod schedule;
mod service;
mod steps;
mod world;
