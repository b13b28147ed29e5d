//! ticket-gate
fn main() {}
