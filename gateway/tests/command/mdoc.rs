//! Documents in phones: `tashika verify mdoc` and `tashika mdoc`.

mod answers;
mod explain;
mod phone;
mod request;
mod revocation;
mod show;
mod trust;
mod verify;
