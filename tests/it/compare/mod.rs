//! Comparing accesses: against worlds small enough to ask every question, against chance, and in words.

mod across;
mod exhaustive;
mod kinds;
mod laws;
mod random;
mod small;
mod unions;
mod words;
mod worlds;
