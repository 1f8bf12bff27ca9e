//! The page at `/`: what this is, and a form to try it with.

use crate::{call::Reply, registry::Route};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::public("/", || Reply::File("text/html; charset=utf-8", include_str!("index.html"))),
        Route::public("/page.js", || Reply::File("text/javascript; charset=utf-8", include_str!("page.js"))),
        Route::public("/page.css", || Reply::File("text/css; charset=utf-8", include_str!("page.css"))),
    ]
}
