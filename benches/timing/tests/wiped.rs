//! Secrets are wiped before their memory is given back: an allocator looks at every block that it
//! is handed back, for the one text that must not be in it.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    slice,
    sync::atomic::{AtomicUsize, Ordering},
};

use keyward::key::{KeyEntropy, KeyFormat, KeyPrefix, Pepper};

/// How many blocks came back with eight bytes of the secret inside.
static FOUND: AtomicUsize = AtomicUsize::new(0);

/// What entropy and pepper are filled with, and what the secret begins with that this makes.
const BYTE: u8 = 0xA7;
const SECRET: &[u8] = b"6ZpzCCoN";

struct Looking;

// SAFETY: everything is left to the system's allocator; before a block is handed back to it, the
// block is read, which is still allocated, of `layout.size()` bytes, and no longer in use.
unsafe impl GlobalAlloc for Looking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that every byte of it may be read later.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let bytes = unsafe { slice::from_raw_parts(block, layout.size()) };
        let shows = |window: &[u8]| window == SECRET || window == [BYTE; 8];
        if bytes.windows(8).any(shows) {
            FOUND.fetch_add(1, Ordering::Relaxed);
        }
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static LOOKING: Looking = Looking;

/// How many blocks show the secret while `work` is done.
fn shown(work: impl FnOnce()) -> usize {
    let before = FOUND.load(Ordering::Relaxed);
    work();
    FOUND.load(Ordering::Relaxed) - before
}

// One test: the counter is shared, and tests run side by side.
#[test]
fn what_is_given_back_holds_no_secret() {
    // With a prefix so long that a text which grew would have to move its secret.
    let format = KeyFormat::new(KeyPrefix::new("twelvelong12").unwrap());
    let entropy = || KeyEntropy::take(&mut [BYTE; 32]).unwrap();
    let key = || format.generate_operator_key(entropy(), None).key;
    let text = || key().reveal().to_owned();
    assert!(text().as_bytes().windows(8).any(|window| window == SECRET));

    assert_eq!(shown(|| drop(text())), 1, "the counter-check: a plain text is not wiped");
    assert_eq!(shown(|| drop(entropy())), 0, "entropy that is not used");
    assert_eq!(shown(|| drop(key())), 0, "a key, and the entropy that made it");
    assert_eq!(shown(|| drop(Box::new(key()))), 0, "a key that was moved");
    assert_eq!(shown(|| drop(Pepper::take(&mut [BYTE; 32]))), 0, "a pepper");

    let held = text();
    assert_eq!(shown(|| drop(format.read_operator_key(held))), 0, "a key that is read");
    let refused = text();
    assert_eq!(shown(|| drop(format.read_access_token(refused))), 0, "of the other kind");
    let mistyped = text() + "x";
    assert_eq!(shown(|| drop(format.read_operator_key(mistyped))), 0, "mistyped");
}
