//! Does nothing, without Transom.

fn main() {}
