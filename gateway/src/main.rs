//! The command `tashika`.
fn main() {}
