//! The names that a setting lists, or any name.

use alloc::{string::String, vec::Vec};

use crate::text::excerpt;

#[derive(Clone, Debug)]
pub(super) enum Names {
    Any,
    List(Vec<String>),
}

impl Names {
    pub(super) fn list(names: impl IntoIterator<Item: Into<String>>) -> Self {
        Self::List(names.into_iter().map(Into::into).collect())
    }

    pub(super) fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }
}

/// None.
impl Default for Names {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// The names in order; or, as an error, a name that is listed twice.
pub(super) fn in_order(mut names: Vec<String>) -> Result<Vec<String>, String> {
    names.sort_unstable();
    match names.iter().zip(names.iter().skip(1)).find(|(one, next)| one == next) {
        Some((name, _)) => Err(excerpt(name)),
        None => Ok(names),
    }
}
