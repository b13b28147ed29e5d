//! An organiser whose tickets belong to people: what somebody bought with is all
//! that they show at the gate, and there is nothing to photograph or to pass on.

mod box_office;
mod gate;
mod staff;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use relying_party::page::{Brand, dress};
use relying_party::{Backing, Denied, House, Ledger, Opening, Pairwise, Party, Tally};
use tashika::transaction::TransactionId;

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
    open,
};

/// The performance: its keys and its ledger are thrown away after it.
const PERFORMANCE: &str = "kaku-12";
const SEATS: usize = 2000;

/// What the box office, the gates and the staff share.
struct Hall {
    backing: Backing,
    people: Pairwise,
    tickets: Ledger,
    gates: [(&'static str, Tally); 2],
}

fn open(backing: Backing) -> Opening {
    Box::pin(async {
        let brand = Brand::of(&PARTY, &backing);
        let hall = Arc::new(Hall {
            people: Pairwise::of(&backing, PERFORMANCE)?,
            tickets: Ledger::open(&backing, PERFORMANCE).await?,
            gates: ["A", "B"].map(|name| (name, Tally::default())),
            backing,
        });
        Ok(House {
            public: dress(box_office::routes(&hall)?, brand.clone()),
            staff: Some(dress(staff::routes(&hall)?, brand)),
            terminal: Some(gate::terminals(&hall)?),
        })
    })
}

impl Hall {
    fn gate(&self, name: &str) -> Option<&(&'static str, Tally)> {
        self.gates.iter().find(|(gate, _)| *gate == name)
    }

    fn seats_left(&self) -> usize {
        SEATS.saturating_sub(self.tickets.issued())
    }
}

/// Whoever has just shown a card or a phone, and in which transaction. A ticket
/// is found again by a card that was renewed since.
struct Holder(String, TransactionId);

impl FromRequestParts<Arc<Hall>> for Holder {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, hall: &Arc<Hall>) -> Result<Self, Denied> {
        let known = |holder: &str| hall.tickets.knows(holder);
        let shown = hall.people.shown(&parts.extensions, known).await;
        shown.map(|(holder, by)| Self(holder, by))
    }
}

/// What a ticket is called when people speak of it. It opens nothing.
fn number(holder: &str) -> String {
    let digits: Vec<_> = holder.to_uppercase().chars().take(10).collect();
    let (first, second) = digits.split_at(digits.len() / 2);
    let [first, second] = [first, second].map(String::from_iter);
    format!("{first}-{second}")
}
