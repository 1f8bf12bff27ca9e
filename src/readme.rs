//! The README's code, compiled and run as documentation tests. Its keys draw from the operating system.

#[cfg(feature = "getrandom")]
#[doc = include_str!("../README.md")]
struct Readme;
