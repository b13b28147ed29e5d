//! What the three example relying parties share: where they are and whom they
//! ask, as configuration ([`Settings`]); the objects of the sdk and of the layers
//! made of it ([`Backing`]); what people fill in ([`form`]), who they are by a
//! proof ([`Identification`]), and what becomes of their certificates ([`Watch`]);
//! how their pages look ([`page`]); how a terminal at a till or a gate reaches them
//! ([`terminal`]); who stands there ([`turns`]); codes that are shown ([`codes`]);
//! sessions of one device ([`device`]); what is made of both ([`passes`]); and
//! serving.
//!
//! A relying party is a [`Party`]. What it serves is a [`House`].

mod backing;
pub mod codes;
mod cookie;
mod denied;
pub mod device;
pub mod form;
mod identification;
mod journal;
mod keys;
mod ledger;
pub mod page;
mod pairwise;
mod party;
pub mod passes;
mod serve;
mod settings;
mod tally;
pub mod terminal;
#[cfg(test)]
mod testing;
mod trouble;
pub mod turns;
mod watch;

pub use backing::{Backing, ListSource, Services, Worth, observe};
pub use denied::Denied;
pub use identification::{Identification, Identified};
pub use keys::Keys;
pub use ledger::{Double, Ledger, Use};
pub use pairwise::Pairwise;
pub use party::{House, Opening, Party, StartError};
pub use tally::Tally;
pub use tashika::Time;
pub use tashika::revocation::OutagePolicy;
pub use tashika_tower::Clock;

pub use serve::{Doors, Served, by_settings, main, serve, settings_path};
pub use settings::{
    Ask, AuthAppSettings, Certificates, Ocsp, OperatorSettings, ReaderSettings, Settings,
    SettingsError, Staff,
};
pub use trouble::{Trouble, told};
pub use watch::{Night, Portfolio, Task, Watch};
