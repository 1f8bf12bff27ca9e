//! The page at `/`: what this is, and a form to try it with.

use crate::{call::Reply, registry::Route};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::public("/", |_| Ok(Reply::File("text/html; charset=utf-8", include_str!("index.html")))),
        Route::public("/page.js", |_| Ok(Reply::File("text/javascript; charset=utf-8", include_str!("page.js")))),
        Route::public("/page.css", |_| Ok(Reply::File("text/css; charset=utf-8", include_str!("page.css")))),
    ]
}
