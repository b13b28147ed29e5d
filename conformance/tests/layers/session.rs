//! Sessions of people who have logged in with their card.

mod cookies;
mod faults;
mod kiosk;
mod life;
mod recheck;
mod scene;
mod watched;
