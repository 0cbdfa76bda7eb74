//! Does nothing, with Transom linked.

use transom_win32 as _;

fn main() {}
