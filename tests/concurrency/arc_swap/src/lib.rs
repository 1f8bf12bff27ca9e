//! What is promised of arc-swap, and no more: a load acquires what a store or a swap released. How arc-swap keeps that is
//! its own matter, and tested there.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, OnceLock},
};

use loom::sync::atomic::{AtomicUsize, Ordering};

/// All that was ever stored, and by an atomic of loom which of it is there.
pub struct ArcSwapOption<T> {
    place: Place,
    /// Not modelled, and need not be: one thread runs at a time, and nobody waits while it is held.
    stored: Mutex<Vec<Option<Arc<T>>>>,
}

/// An atomic. Of large tables that begin empty most are never touched, and those of one run that are have theirs from a few that
/// were there before.
enum Place {
    Own(AtomicUsize),
    Lent(OnceLock<usize>),
}

struct Lent {
    atomics: Vec<AtomicUsize>,
    count: std::sync::atomic::AtomicUsize,
}

loom::lazy_static! {
    static ref LENT: Lent =
        Lent { atomics: (0..64).map(|_| AtomicUsize::new(0)).collect(), count: std::sync::atomic::AtomicUsize::new(0) };
}

impl Place {
    fn with<R>(&self, act: impl FnOnce(&AtomicUsize) -> R) -> R {
        match self {
            Self::Own(atomic) => act(atomic),
            Self::Lent(lent) => {
                let next = || LENT.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                act(&LENT.atomics[*lent.get_or_init(next)])
            }
        }
    }
}

impl<T> ArcSwapOption<T> {
    pub fn new(value: Option<Arc<T>>) -> Self {
        if value.is_none() {
            return Self::empty();
        }
        Self { place: Place::Own(AtomicUsize::new(0)), stored: Mutex::new(vec![value]) }
    }

    pub fn empty() -> Self {
        let _ = LENT.atomics.len();
        Self { place: Place::Lent(OnceLock::new()), stored: Mutex::new(Vec::new()) }
    }

    pub fn load_full(&self) -> Option<Arc<T>> {
        self.at(self.place.with(|place| place.load(Ordering::Acquire)))
    }

    pub fn load(&self) -> Guard<Option<Arc<T>>> {
        Guard(self.load_full())
    }

    pub fn store(&self, value: Option<Arc<T>>) {
        drop(self.swap(value));
    }

    pub fn swap(&self, value: Option<Arc<T>>) -> Option<Arc<T>> {
        let next = {
            let mut stored = self.stored.lock().unwrap();
            if stored.is_empty() {
                stored.push(None);
            }
            stored.push(value);
            stored.len() - 1
        };
        self.at(self.place.with(|place| place.swap(next, Ordering::AcqRel)))
    }

    pub fn into_inner(self) -> Option<Arc<T>> {
        self.load_full()
    }

    fn at(&self, place: usize) -> Option<Arc<T>> {
        self.stored.lock().unwrap().get(place).cloned().flatten()
    }
}

impl<T> Default for ArcSwapOption<T> {
    fn default() -> Self {
        Self::empty()
    }
}

pub struct ArcSwap<T>(ArcSwapOption<T>);

impl<T> ArcSwap<T> {
    pub fn from_pointee(value: T) -> Self {
        Self(ArcSwapOption::new(Some(Arc::new(value))))
    }

    pub fn load_full(&self) -> Arc<T> {
        self.0.load_full().unwrap()
    }

    pub fn load(&self) -> Guard<Arc<T>> {
        Guard(self.load_full())
    }

    pub fn swap(&self, value: Arc<T>) -> Arc<T> {
        self.0.swap(Some(value)).unwrap()
    }
}

pub struct Guard<T>(T);

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
