//! A shop that sells by age.

use axum::Router;
use axum::routing::get;
use relying_party::page::{Brand, dress};
use relying_party::{Backing, House, Party, StartError};

/// The example, to be hosted.
pub const PARTY: Party = Party {
    name: "self-checkout",
    title: ("みほんマート", "Mihon Mart (fictional)"),
    about: (
        "お酒を買う：20歳以上かどうかだけを確かめる",
        "Buy a drink: the shop learns that you are 20, and nothing else",
    ),
    port: 8120,
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
