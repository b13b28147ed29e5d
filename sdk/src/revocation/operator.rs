#![doc = include_str!("operator/profile.md")]

mod client;
mod links;
mod wire;

pub use client::{OperatorClient, Token};
pub use links::{LinkedCarrier, LinkedCertificate, Links, Relation};
