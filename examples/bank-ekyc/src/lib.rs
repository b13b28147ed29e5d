//! A bank that opens accounts.

use axum::Router;
use axum::routing::get;
use relying_party::page::{Brand, dress};
use relying_party::{Backing, House, Party, StartError};

/// The example, to be hosted.
pub const PARTY: Party = Party {
    name: "bank-ekyc",
    title: ("かすが架空銀行", "Kasuga Bank (fictional)"),
    about: (
        "口座を開く：署名、スマートフォンのカード、デジタル認証アプリ",
        "Open an account by signature, by the card in a phone, or by the auth app",
    ),
    port: 8110,
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
