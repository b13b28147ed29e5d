//! An organiser whose tickets belong to people.

use axum::Router;
use axum::routing::get;
use relying_party::page::{Brand, dress};
use relying_party::{Backing, House, Party, StartError};

/// The example, to be hosted.
pub const PARTY: Party = Party {
    name: "ticket-gate",
    title: ("かくうホール", "Kaku Hall (fictional)"),
    about: (
        "記名チケット：買った人だけが入る",
        "Named tickets: whoever bought one enters with it",
    ),
    port: 8130,
    callbacks: &[],
    open: |backing| Box::pin(open(backing)),
};

async fn open(backing: Backing) -> Result<House, StartError> {
    let brand = Brand {
        title: PARTY.title,
        theme: PARTY.name,
        wallet: backing.settings().testbed_wallet.clone(),
    };
    let routes = Router::new().route("/", get(|| async { "soon" }));
    Ok(House {
        public: dress(routes, brand),
        staff: None,
        terminal: None,
    })
}
