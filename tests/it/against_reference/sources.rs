//! The reference has nothing of the crate in it.

use std::{fs, path::Path};

#[test]
fn the_reference_names_nothing_of_the_crate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/reference");
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let source = fs::read_to_string(&path).unwrap();
        // Nor anything beside it, which could name the crate.
        let above = if path.ends_with("mod.rs") { "super::" } else { "super::super" };
        for name in ["keyward", "crate::", above, "include", "extern", "#[path"] {
            let found = source.lines().find(|line| line.contains(name));
            assert_eq!(found, None, "{} names `{name}`", path.display());
        }
        files += 1;
    }
    assert_eq!(files, 4, "a file that is read nowhere else");
}
