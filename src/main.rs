//! The program: parse, run, turn an error into an exit status.

fn main() {}
