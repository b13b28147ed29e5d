//! Everybody that the example relying parties deal with, on one machine and over
//! loopback: the certification authorities with their lists and responders, a
//! platform operator, the auth app's provider, and a person's card and phone, which
//! are a web page.
//!
//! Nothing here verifies: it knows the testbed, and of relying parties how their
//! settings look.
//!
//! # Phone and card
//!
//! At [`Stage::wallet`] is the page that the example's pages open, and what it asks;
//! bodies are JSON, `person` is a number from 0 to 7, and `defect` a name of the list
//! or `none`. Who is not answered gets 422 with `{"refused": "…"}` in the language of
//! whoever asks.
//!
//! | request | |
//! |---|---|
//! | `POST /api/asked` | puts `{kind, origin, request or to_be_signed}` into words |
//! | `POST /api/answer` | `{kind, origin, person, defect, request or to_be_signed, form}` → `{answer}`; `kind` is `present`, `sign` or `challenge`, `form` is `raw` or `cms` |
//! | `POST /api/tap` | `{terminal, place, person, defect}` → what the house said last to its reader |
//! | `GET /api/defects` | what can be broken: `[{name, ja, en, kinds, code}]` |
//! | `GET`, `POST /api/world` | how the world is; changes `{lists, responders, provider, days}` |
//! | `POST /api/world/reset` | puts right what was broken |
//! | `POST /api/life` | `{person, event}`: `renewed`, `moved`, `deregistered`, `lost` or `ended` |
//!
//! What each defect leads to, its `code` says: every revocation is `revoked` outside.
//! Where it depends on what was asked:
//!
//! | defect | code |
//! |---|---|
//! | `replayed` | `mdoc.envelope_seal` in a browser, `mdoc.session_seal` before a reader, `signature.invalid`, in CMS `cms.message_digest` |
//! | `tampered-document` | `signature.invalid`, in CMS `cms.message_digest` |
//! | `wrong-pin` | none: the card signs nothing |
//!
//! and of the world:
//!
//! | what is broken | what houses say |
//! |---|---|
//! | `lists` are `stopped`, `down` or `swapped` | nothing, until those at hand are too old: then `revocation.stale`; where there never was one `revocation.missing`, and `revocation.scope` of another municipality's; who may ask a responder instead does so |
//! | `responders` are `down` as well | the same, or `revocation.busy` where there never was a list |
//! | `provider` is `down` | `auth_app.unavailable` |
//! | the provider's own page: cancelled, expired or revoked certificate, PIN locked, no PIN, no app, too late | `auth_app.cancelled`, `.certificate`, `.pin_locked`, `.no_pin`, `.app_missing`, `.expired` |
//!
//! Time goes forward alone and nobody's revocation is undone: what a relying party
//! has once heard it does not forget.

mod backstage;
mod clock;
mod pages;
mod program;
mod settings;
mod stage;
mod wallet;
mod world;

pub use program::{PORT, demo, main};
pub use stage::{Stage, StageError};
