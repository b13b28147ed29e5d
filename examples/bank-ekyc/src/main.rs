//! bank-ekyc
fn main() {}
