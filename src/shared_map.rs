//! A map from ids that shares what didn't change with its copies, and has a digest of what is in it.
//!
//! Entries are found by the digest of their id, four bits after four, so the same entries make the same tree in whatever order
//! they came. A change copies one path through the tree; what is not on it is shared, and is told apart by its address.

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use crate::hashing::PartsHasher;

/// The most entries of a leaf, but where all bits are used up.
const MOST_IN_LEAF: usize = 32;
const BITS: u32 = 4;

/// A map from ids to values, each with a digest of the entry.
#[derive(Clone)]
pub(crate) struct SharedMap<V> {
    root: Arc<Node<V>>,
}

/// Sixteen bytes of a digest.
pub(crate) type EntryDigest = [u8; 16];

struct Entry<V> {
    /// Where it stands in the tree.
    place: u64,
    id: Box<str>,
    digest: EntryDigest,
    value: V,
}

#[derive(Clone)]
struct Node<V> {
    /// How many entries there are below.
    len: usize,
    /// Of all that is below, once it was asked for.
    digest: Option<EntryDigest>,
    kind: Kind<V>,
}

#[derive(Clone)]
enum Kind<V> {
    /// In the order of their places and ids.
    Leaf(Vec<Arc<Entry<V>>>),
    /// By four bits of the place.
    Branch(Vec<Arc<Node<V>>>),
}

impl<V> Default for Node<V> {
    fn default() -> Self {
        Self { len: 0, digest: None, kind: Kind::Leaf(Vec::new()) }
    }
}

impl<V: Clone> Default for SharedMap<V> {
    fn default() -> Self {
        Self { root: Arc::default() }
    }
}

fn place_of(id: &str) -> u64 {
    let mut parts = PartsHasher::new();
    parts.add(id);
    u64::from_le_bytes(parts.first())
}

/// Four bits of a place at a depth; `None` where all are used up.
fn bits_at(place: u64, depth: u32) -> Option<usize> {
    let bits = place.checked_shr(depth.checked_mul(BITS)?)? & ((1 << BITS) - 1);
    usize::try_from(bits).ok()
}

impl<V: Clone> SharedMap<V> {
    pub(crate) fn len(&self) -> usize {
        self.root.len
    }

    pub(crate) fn get(&self, id: &str) -> Option<&V> {
        let place = place_of(id);
        let (mut node, mut depth) = (&self.root, 0);
        loop {
            match &node.kind {
                Kind::Leaf(entries) => return entries.iter().find(|entry| *entry.id == *id).map(|entry| &entry.value),
                Kind::Branch(children) => node = children.get(bits_at(place, depth)?)?,
            }
            depth = depth.saturating_add(1);
        }
    }

    /// Puts a value in the place of the one that the id had, if it had one.
    pub(crate) fn insert(&mut self, id: &str, digest: EntryDigest, value: V) {
        let entry = Arc::new(Entry { place: place_of(id), id: id.into(), digest, value });
        insert(&mut self.root, entry, 0);
    }

    pub(crate) fn remove(&mut self, id: &str) {
        if self.get(id).is_some() {
            remove(&mut self.root, place_of(id), id, 0);
        }
    }

    /// The values, in the order of their ids.
    pub(crate) fn iter(&self) -> alloc::vec::IntoIter<&V> {
        let mut entries = Vec::with_capacity(self.len());
        collect(&self.root, &mut entries);
        entries.sort_unstable_by_key(|entry| &*entry.id);
        entries.into_iter().map(|entry| &entry.value).collect::<Vec<_>>().into_iter()
    }

    /// Of all entries. What didn't change since it was asked for is not digested again.
    pub(crate) fn digest(&mut self) -> EntryDigest {
        digest(&mut self.root)
    }

    /// The ids of which the two maps have not the same entry. What they share is not looked at.
    pub(crate) fn changed<'a>(&'a self, other: &'a Self) -> Vec<&'a str> {
        let mut changed = Vec::new();
        compare(&self.root, &other.root, &mut changed);
        changed.sort_unstable();
        changed.dedup();
        changed
    }
}

// What follows calls itself, at most seventeen deep: there are no more bits.

fn insert<V: Clone>(node: &mut Arc<Node<V>>, entry: Arc<Entry<V>>, depth: u32) {
    let node = Arc::make_mut(node);
    node.digest = None;
    match &mut node.kind {
        Kind::Leaf(entries) => {
            let order = |known: &Arc<Entry<V>>| (known.place, &*known.id).cmp(&(entry.place, &*entry.id));
            match entries.binary_search_by(order) {
                Ok(at) => {
                    if let Some(known) = entries.get_mut(at) {
                        *known = entry;
                    }
                }
                Err(at) => entries.insert(at, entry),
            }
            if entries.len() > MOST_IN_LEAF && bits_at(0, depth).is_some() {
                let mut children: Vec<Arc<Node<V>>> = (0..1 << BITS).map(|_| Arc::default()).collect();
                for entry in core::mem::take(entries) {
                    if let Some(child) = bits_at(entry.place, depth).and_then(|bits| children.get_mut(bits)) {
                        insert(child, entry, depth.saturating_add(1));
                    }
                }
                node.kind = Kind::Branch(children);
            }
        }
        Kind::Branch(children) => {
            if let Some(child) = bits_at(entry.place, depth).and_then(|bits| children.get_mut(bits)) {
                insert(child, entry, depth.saturating_add(1));
            }
        }
    }
    node.count();
}

/// Removes an entry that is there. A branch of so few that a leaf could hold them becomes one.
fn remove<V: Clone>(node: &mut Arc<Node<V>>, place: u64, id: &str, depth: u32) {
    let node = Arc::make_mut(node);
    node.digest = None;
    match &mut node.kind {
        Kind::Leaf(entries) => entries.retain(|entry| *entry.id != *id),
        Kind::Branch(children) => {
            if let Some(child) = bits_at(place, depth).and_then(|bits| children.get_mut(bits)) {
                remove(child, place, id, depth.saturating_add(1));
            }
        }
    }
    node.count();
    if matches!(node.kind, Kind::Branch(_)) && node.len <= MOST_IN_LEAF {
        let mut entries = Vec::with_capacity(node.len);
        collect(node, &mut entries);
        let mut entries: Vec<Arc<Entry<V>>> = entries.into_iter().map(Arc::clone).collect();
        entries.sort_unstable_by(|one, other| (one.place, &*one.id).cmp(&(other.place, &*other.id)));
        node.kind = Kind::Leaf(entries);
    }
}

impl<V> Node<V> {
    fn count(&mut self) {
        self.len = match &self.kind {
            Kind::Leaf(entries) => entries.len(),
            Kind::Branch(children) => children.iter().fold(0, |len, child| len.saturating_add(child.len)),
        };
    }
}

fn collect<'a, V>(node: &'a Node<V>, entries: &mut Vec<&'a Arc<Entry<V>>>) {
    match &node.kind {
        Kind::Leaf(leaf) => entries.extend(leaf),
        Kind::Branch(children) => children.iter().for_each(|child| collect(child, entries)),
    }
}

fn digest<V: Clone>(node: &mut Arc<Node<V>>) -> EntryDigest {
    if let Some(known) = node.digest {
        return known;
    }
    // Nobody else has it: it was copied when it changed.
    let node = Arc::make_mut(node);
    let mut parts = PartsHasher::new();
    match &mut node.kind {
        Kind::Leaf(entries) => {
            parts.add(b"leaf");
            for entry in entries {
                parts.add(entry.digest);
            }
        }
        Kind::Branch(children) => {
            parts.add(b"branch");
            for child in children {
                parts.add(digest(child));
            }
        }
    }
    let digest = parts.first();
    node.digest = Some(digest);
    digest
}

fn compare<'a, V>(one: &'a Arc<Node<V>>, other: &'a Arc<Node<V>>, changed: &mut Vec<&'a str>) {
    if Arc::ptr_eq(one, other) || (one.digest.is_some() && one.digest == other.digest) {
        return;
    }
    if let (Kind::Branch(children), Kind::Branch(others)) = (&one.kind, &other.kind) {
        children.iter().zip(others).for_each(|(child, other)| compare(child, other, changed));
        return;
    }
    let (mut entries, mut others) = (Vec::new(), Vec::new());
    collect(one, &mut entries);
    collect(other, &mut others);
    let lacks = |all: &[&Arc<Entry<V>>], entry: &Entry<V>| {
        !all.iter().any(|of| of.place == entry.place && of.id == entry.id && of.digest == entry.digest)
    };
    changed.extend(entries.iter().filter(|entry| lacks(&others, entry)).map(|entry| &*entry.id));
    changed.extend(others.iter().filter(|entry| lacks(&entries, entry)).map(|entry| &*entry.id));
}
