//! The standard library, with the locks, atomics and threads of loom.

pub use ::std::*;

pub mod sync {
    pub use ::std::sync::*;
    pub use loom::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

    pub mod atomic {
        pub use ::std::sync::atomic::*;
        pub use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
    }
}

pub mod thread {
    pub use ::std::thread::*;
    pub use loom::thread::{Thread, current, park, spawn};
}
