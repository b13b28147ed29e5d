//! self-checkout
fn main() {}
