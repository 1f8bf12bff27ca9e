//! Embeddable authorization: API keys, roles and restrictive conditions.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

