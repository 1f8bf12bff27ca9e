//! One function for each fuzz target: it takes any bytes, and panics where a property of the crate doesn't hold.
//!
//! What the crate says is held against the same reference that the tests have, which shares no code with it.

mod algebra;
mod chosen;
mod documents;
mod keys;
mod texts;
mod web;
mod worlds;

/// The tests' own reference, and the account that they act in.
#[path = "../../tests/it"]
#[expect(dead_code, reason = "the tests need more of it")]
mod it {
    pub(crate) mod reference;
    pub(crate) mod support;

    pub(crate) mod administration {
        mod house;
        #[path = "../../../fuzz/src/side_by_side/pair.rs"]
        mod pair;
        #[path = "../../../fuzz/src/side_by_side/reference.rs"]
        mod reference;

        #[path = "../../../fuzz/src/administration.rs"]
        pub(crate) mod fuzz;
    }
}

use it::{reference, support};

pub use algebra::algebra;
pub use documents::{directory, filter, record, schema};
pub use it::administration::fuzz::administration;
pub use keys::key;
pub use texts::{condition, permission};
pub use web::{cors, credential, origin};
pub use worlds::{compare, decide};

/// The seeds, by the tests of any toolchain: what is found there stays found.
#[cfg(test)]
mod seeds {
    use std::{fs, path::Path};

    #[test]
    fn hold() {
        let targets: [(&str, fn(&[u8])); 14] = [
            ("administration", crate::administration),
            ("algebra", crate::algebra),
            ("compare", crate::compare),
            ("condition", crate::condition),
            ("cors", crate::cors),
            ("credential", crate::credential),
            ("decide", crate::decide),
            ("directory", crate::directory),
            ("filter", crate::filter),
            ("key", crate::key),
            ("origin", crate::origin),
            ("permission", crate::permission),
            ("record", crate::record),
            ("schema", crate::schema),
        ];
        for (name, target) in targets {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
            let mut count = 0;
            for seed in fs::read_dir(&folder).unwrap() {
                target(&fs::read(seed.unwrap().path()).unwrap());
                count += 1;
            }
            assert!(count > 0, "{}", folder.display());
        }
    }
}
