//! A file imports only lower layers. This reads the sources and says so.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The modules of the crate from the lowest layer up. Those of one layer don't know each other; a module that
/// is not here has no place yet, and that is an error.
const LAYERS: &[&[&str]] = &[
    &["ends", "hashing", "text", "time", "readme", "guide"],
    &["key", "shared_map"],
    &["attributes", "permission", "condition"],
    &["json", "values"],
    &["schema"],
    &["role", "resource"],
    &["grant", "joined"],
    &["access"],
    &["decision", "in_force"],
    &["filter", "store"],
    &["compare", "authenticate", "summary"],
    &["document"],
    &["administration"],
    &["authzen", "http"],
    &["tower"],
    &["axum"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// One source file: its module's path below the crate, and its code without comments and texts.
struct Source {
    name: String,
    module: Vec<String>,
    is_mod: bool,
    code: String,
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let below = path.strip_prefix(&root).unwrap().with_extension("");
            let mut module: Vec<String> = below.iter().map(|part| part.to_str().unwrap().into()).collect();
            let is_mod = module.last().is_some_and(|last| last == "mod" || last == "lib");
            if is_mod {
                module.pop();
            }
            let code = code(&fs::read_to_string(path).unwrap());
            Source { name: below.display().to_string(), module, is_mod, code }
        })
        .collect()
}

/// Without comments, and with the inside of texts and characters left out.
fn code(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if first == '"' {
            end_of_text(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else if let Some(escape) = rest.strip_prefix("'\\") {
            escape.find('\'').map_or(rest.len(), |end| end + 3)
        } else {
            0
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.push(' ');
            rest = &rest[skipped..];
        }
    }
    code
}

fn end_of_text(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// What stands after `prefix`, as paths of names: the one path, or each of a group's.
fn paths_after(code: &str, prefix: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':' || c == '$')) {
            tree(&code[at + prefix.len()..], &[], &mut paths);
        }
    }
    paths
}

/// Reads one use tree, or a plain path, and gives the length that it has read.
fn tree(text: &str, before: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let start = text.len() - text.trim_start().len();
    let body = &text[start..];
    if body.starts_with('{') {
        let mut at = start + 1;
        loop {
            at += tree(&text[at..], before, paths);
            let rest = text[at..].trim_start();
            at = text.len() - rest.len();
            match rest.chars().next() {
                Some(',') => at += 1,
                Some('}') | None => return at + 1,
                Some(_) => panic!("a group that this reader doesn't understand: {}", &rest[..rest.len().min(80)]),
            }
        }
    }
    let end = body.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*')).unwrap_or(body.len());
    if end == 0 {
        return start;
    }
    let path = [before, &[String::from(&body[..end])]].concat();
    if body[end..].starts_with("::") && !body[end + 2..].starts_with('<') {
        return start + end + 2 + tree(&body[end + 2..], &path, paths);
    }
    let read = match body[end..].trim_start().strip_prefix("as ") {
        Some(renamed) => {
            let renamed_end = renamed.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(renamed.len());
            body.len() - renamed.len() + renamed_end
        }
        None => end,
    };
    paths.push(path);
    start + read
}

/// Everything that a file names of the crate, as paths from the crate's root.
fn imports(source: &Source) -> Vec<Vec<String>> {
    let mut imports = paths_after(&source.code, "crate::");
    // `super` is the parent module; of `a/mod.rs` that is the root, of `a/b.rs` it is `a`.
    let mut prefix = String::new();
    for up in 1..=source.module.len() {
        prefix.push_str("super::");
        let parent = &source.module[..source.module.len() - up];
        let above = paths_after(&source.code, &prefix).into_iter().filter(|path| path[0] != "super");
        imports.extend(above.map(|path| [parent, &path].concat()));
    }
    imports
}

#[test]
fn the_reader_reads_what_is_written() {
    let text = r#"
        //! use crate::not_this;
        use crate::{a, b::C, d::{self, e::{F, G as H}}, i::*};
        use super::{J, k::L};
        /* crate::nor_this */
        fn f() { let _ = "crate::nor_that"; crate::m::n::<u8>(); '"'; super::super::o::p() }
    "#;
    let source = Source {
        name: "x/y/z".into(),
        module: ["x", "y", "z"].map(String::from).into(),
        is_mod: false,
        code: code(text),
    };
    let read: BTreeSet<String> = imports(&source).iter().map(|path| path.join("::")).collect();
    let wanted = ["a", "b::C", "d::self", "d::e::F", "d::e::G", "i::*", "m::n", "x::y::J", "x::y::k::L", "x::o::p"];
    assert_eq!(read, wanted.map(String::from).into());
}

#[test]
fn every_module_has_its_layer() {
    let modules: BTreeSet<String> = sources().iter().filter_map(|source| source.module.first().cloned()).collect();
    let placed: BTreeSet<String> = LAYERS.concat().into_iter().map(String::from).collect();
    assert_eq!(modules, placed, "the modules of the crate, and those of the table");
    assert_eq!(placed.len(), LAYERS.concat().len(), "each once");
}

#[test]
fn files_import_lower_layers_only() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources() {
        let Some(own) = source.module.first() else { continue };
        for path in imports(&source) {
            let Some(of) = path.first() else { continue };
            if of == own {
                continue;
            }
            seen += 1;
            match (layer(own), layer(of)) {
                (Some(above), Some(below)) if below < above => {}
                (_, None) => wrong.push(format!("{} imports `{}`, which no layer has", source.name, path.join("::"))),
                _ => wrong.push(format!("{} imports `{}`, which is not below it", source.name, path.join("::"))),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 50, "{seen} imports are fewer than there were when this was written");
}

#[test]
fn siblings_have_no_cycles() {
    let sources = sources();
    let folders: BTreeSet<Vec<String>> = sources
        .iter()
        .filter(|source| !source.is_mod)
        .map(|source| source.module[..source.module.len() - 1].to_vec())
        .collect();
    for folder in folders {
        let siblings: Vec<&Source> = sources
            .iter()
            .filter(|source| {
                !source.is_mod && source.module.len() == folder.len() + 1 && source.module.starts_with(&folder)
            })
            .collect();
        let mut edges: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for source in &siblings {
            let own = source.module.last().unwrap();
            let named = imports(source)
                .into_iter()
                .filter(|path| path.len() > folder.len() && path.starts_with(&folder))
                .map(|path| path[folder.len()].clone())
                .filter(|name| name != own && siblings.iter().any(|sibling| sibling.module.last() == Some(name)));
            edges.insert(own, named.collect());
        }
        // Take away what imports nothing that is left, until nothing changes; what remains is in a cycle.
        while let Some(free) = edges.iter().find(|(_, named)| named.is_empty()).map(|(name, _)| *name) {
            edges.remove(free);
            for named in edges.values_mut() {
                named.remove(free);
            }
        }
        assert!(edges.is_empty(), "a cycle in {}: {edges:?}", folder.join("/"));
    }
}

#[test]
fn each_folder_begins_with_a_map() {
    // The suite's own page of what it holds a store to is its code.
    let maps: Vec<_> =
        sources().into_iter().filter(|source| source.is_mod && source.name != "store/conformance/mod").collect();
    assert!(maps.iter().any(|source| source.name == "lib"));
    for map in maps {
        for word in ["fn ", "struct ", "enum ", "impl ", "trait ", "macro_rules!"] {
            assert!(!map.code.contains(word), "{} has no types and no logic, but it has `{word}`", map.name);
        }
    }
}

#[test]
fn the_library_asks_the_system_for_nothing() {
    const SYSTEM: [&str; 8] = ["env", "fs", "io", "net", "os", "process", "thread", "time"];
    let sources = sources();
    let asked: BTreeSet<String> = sources
        .iter()
        .flat_map(|source| paths_after(&source.code, "std::").into_iter().map(move |path| (&source.name, path)))
        .filter(|(_, path)| path.first().is_some_and(|first| SYSTEM.contains(&&**first)))
        .map(|(name, path)| format!("{name}: {}", path.join("::")))
        .collect();
    let wanted = [
        // The suites for stores, which ask them many things at once, and a test.
        "administration/conformance/at_once: thread",
        "store/conformance/deadlock: thread",
        "store/conformance/threads: thread",
        "store/memory_store: thread",
        // A change waits for the one before it in the caller's own thread.
        "administration/turns: thread::Thread",
        "administration/turns: thread::self",
        // A clock turned into a number, which a host may do, too.
        "time: time::SystemTime",
        "time: time::UNIX_EPOCH",
        // The clock that a host may hand in.
        "tower/guard: time::SystemTime::now",
    ];
    assert_eq!(asked, wanted.map(String::from).into());
}

/// Methods of the standard library that panic, each where it is used. That it can't there was looked at; a lint refuses
/// indexing, unwrapping and unchecked arithmetic.
#[test]
fn what_may_panic_is_known() {
    const PANICS: [&str; 19] = [
        "assert!(",
        "assert_eq!(",
        "assert_ne!(",
        ".borrow_mut(",
        ".chunks(",
        ".chunks_exact(",
        ".chunks_exact_mut(",
        ".clone_from_slice(",
        ".copy_from_slice(",
        ".copy_within(",
        ".drain(",
        ".rotate_left(",
        ".rotate_right(",
        ".split_at(",
        ".split_at_mut(",
        ".split_off(",
        ".step_by(",
        ".rchunks_exact_mut(",
        ".windows(",
    ];
    let sources = sources();
    let used: Vec<String> = sources
        .iter()
        .flat_map(|source| {
            let code = source.code.split("#[cfg(test)]\nmod tests").next().unwrap();
            PANICS.iter().filter_map(|method| {
                let times = code.match_indices(method).count();
                (times > 0).then(|| format!("{}: {times} of {}", source.name, method.trim_matches(['.', '('])))
            })
        })
        .collect();
    let known = [
        // A step that is not zero.
        "administration/conformance/kept: 1 of step_by",
        // When it is compiled.
        "attributes/declared: 1 of assert!",
        // Pieces of a constant length that is not zero.
        "authzen/paging: 1 of chunks",
        "compare/together: 1 of chunks",
        "compare/together: 1 of step_by",
        "decision/page: 1 of chunks",
        // Borrowed for one call at a time, none within another.
        "json/strict: 3 of borrow_mut",
        "key/base62: 1 of chunks_exact_mut",
        "key/base62: 1 of rchunks_exact_mut",
        // From and to 32 bytes.
        "key/entropy: 1 of copy_from_slice",
        // Again pieces of a constant length.
        "key/format: 1 of windows",
        // A constant, less than the length of the array.
        "key/generate: 1 of split_at_mut",
        // To a part of the same length, as it was taken for it.
        "key/prefix: 1 of copy_from_slice",
        "store/short_text: 1 of copy_from_slice",
    ];
    assert_eq!(used, known.map(String::from));
}
