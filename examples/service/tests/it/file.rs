//! The file of a database: one lock for it, whatever it is called, and nobody's but its owner's.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use keyward_service::{
    service::schema,
    store::{Database, StoreError},
};

use crate::{folder::Folder, server::Server};

fn open(path: &Path) -> Result<Database, StoreError> {
    Database::open(path, &schema().unwrap())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    format!("{}{suffix}", path.display()).into()
}

/// From the current folder, up to the root and down again.
fn relative(path: &Path) -> PathBuf {
    let up = std::env::current_dir().unwrap().components().count() - 1;
    [PathBuf::from("../".repeat(up)), path.strip_prefix("/").unwrap().to_owned()].iter().collect()
}

#[test]
fn a_database_has_one_lock_whatever_its_path_is_called() {
    let folder = Folder::new("spellings");
    let path = folder.join("kept.sqlite");
    let (link, second, inner) = (folder.join("link.db"), folder.join("second.sqlite"), folder.join("inner"));
    fs::create_dir(&inner).unwrap();
    symlink(&path, &link).unwrap();
    symlink("link.db", &second).unwrap();
    symlink("../kept.sqlite", inner.join("up.sqlite")).unwrap();
    symlink(&*folder, inner.join("folder")).unwrap();
    let spellings = [
        path.clone(),
        link,
        second,
        inner.join("up.sqlite"),
        inner.join("folder/kept.sqlite"),
        inner.join("../kept.sqlite"),
        folder.join("./inner/.././kept.sqlite"),
        relative(&path),
    ];
    // By each of them it is made where there is none, and then it is the same by every other.
    for first in &spellings {
        let made = open(first).unwrap();
        assert!(path.is_file(), "{first:?}");
        for other in &spellings {
            assert!(matches!(open(other), Err(StoreError::InUse)), "{first:?} {other:?}");
        }
        drop(made);
        let others = fs::read_dir(&*folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut others: Vec<String> = others.collect();
        others.sort();
        assert_eq!(others, ["inner", "kept.sqlite", "kept.sqlite.lock", "link.db", "second.sqlite"], "{first:?}");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn two_databases_have_two_locks() {
    let folder = Folder::new("two");
    let names = ["x.db", "x.sqlite", "x", "x.db.sqlite"];
    let opened: Vec<Database> = names.iter().map(|name| open(&folder.join(name)).unwrap()).collect();
    assert_eq!(opened.len(), names.len());
}

#[test]
fn two_processes_do_not_share_a_database_by_a_link() {
    let folder = Folder::new("processes");
    let (path, link, other) = (folder.join("x.db"), folder.join("y.sqlite"), folder.join("x.sqlite"));
    let mut first = Server::start(&["--database", path.to_str().unwrap()]);
    symlink(&path, &link).unwrap();
    for spelling in [&link, &path, &relative(&link)] {
        let second = Command::new(env!("CARGO_BIN_EXE_keyward-service"))
            .args(["--listen", "127.0.0.1:0", "--database", spelling.to_str().unwrap()])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(!second.status.success() && second.stdout.is_empty(), "{spelling:?}: {second:?}");
        let why = "another process has this database for itself\n";
        assert_eq!(String::from_utf8_lossy(&second.stderr), why);
    }
    Server::start(&["--database", other.to_str().unwrap()]).admin.get("/me").is(200);
    assert!(first.is_alive());
    first.admin.get("/me").is(200);
}

#[test]
fn a_second_name_is_refused() {
    let folder = Folder::new("names");
    let (path, second) = (folder.join("kept.sqlite"), folder.join("second.sqlite"));
    let first = open(&path).unwrap();
    fs::hard_link(&path, &second).unwrap();
    assert!(matches!(open(&second), Err(StoreError::TwoNames { .. })), "while it is in use");
    drop(first);
    for name in [&path, &second] {
        let refused = open(name).unwrap_err().to_string();
        let expected = format!(
            "`{}` has a second name (a hard link): by that, what was last committed would not be found",
            fs::canonicalize(name).unwrap().display()
        );
        assert_eq!(refused, expected);
    }
    fs::remove_file(&second).unwrap();
    open(&path).unwrap();
}

/// Where the process would make files that all may read and change.
#[test]
fn files_are_made_for_their_owner_alone() {
    let folder = Folder::new("modes");
    let path = folder.join("kept.sqlite");
    let mut service = Command::new("sh")
        .args(["-c", "umask 0; exec \"$0\" --listen 127.0.0.1:0 --database \"$1\""])
        .args([env!("CARGO_BIN_EXE_keyward-service"), path.to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let files = ["", "-wal", "-shm", ".lock"].map(|suffix| beside(&path, suffix));
    for _ in 0..500 {
        if files.iter().all(|file| file.exists()) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let modes = files.map(|file| mode(&file));
    service.kill().unwrap();
    service.wait().unwrap();
    assert_eq!(modes, [0o600; 4]);
}

#[test]
fn what_is_open_to_others_is_refused_until_it_is_not() {
    let folder = Folder::new("open");
    let path = folder.join("kept.sqlite");
    drop(open(&path).unwrap());
    for suffix in ["", "-wal", "-shm", "-journal", ".lock"] {
        let file = beside(&path, suffix);
        if !file.exists() {
            File::create(&file).unwrap();
        }
        for open_to_others in [0o644, 0o640, 0o620, 0o604, 0o602, 0o666, 0o777] {
            set_mode(&file, open_to_others);
            let refused = open(&path).unwrap_err();
            assert!(matches!(refused, StoreError::OpenToOthers { .. }), "{refused}");
            let expected = format!("`{}` is open to others (mode {open_to_others:03o})", file.display());
            assert!(refused.to_string().starts_with(&expected), "{refused}");
            assert_eq!(mode(&file), open_to_others, "it is as it was");
        }
        set_mode(&file, 0o600);
        open(&path).unwrap();
    }
}
