//! Prints the public API that a JSON file of rustdoc's describes, one item a line.

use std::{collections::HashSet, env, error::Error};

use public_api::{Builder, PublicApi};

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args_os().nth(1).ok_or("which file?")?;
    let listing = || Builder::from_rustdoc_json(&file).omit_blanket_impls(true).omit_auto_trait_impls(true);
    let written = lines(&listing().omit_auto_derived_impls(true).build()?);
    let known: HashSet<&String> = written.iter().collect();
    // Of a derived trait that it is there, not also its methods.
    for line in lines(&listing().build()?) {
        if known.contains(&line) || line.starts_with("impl") && !line.contains("::StructuralPartialEq ") {
            println!("{line}");
        }
    }
    Ok(())
}

fn lines(api: &PublicApi) -> Vec<String> {
    api.items().map(ToString::to_string).collect()
}
