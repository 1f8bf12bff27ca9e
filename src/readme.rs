//! The README's code, compiled and run as a documentation test.

#[doc = include_str!("../README.md")]
struct Readme;
