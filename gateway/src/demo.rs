//! The demo: the example relying parties on one stage.

use relying_party::Party;
use tashika_stage::PORT;

use crate::cli::Demo;
use crate::exit::{Exit, Failure};

const PARTIES: [Party; 3] = [bank_ekyc::PARTY, self_checkout::PARTY, ticket_gate::PARTY];

/// Hosts them until somebody ends it.
pub(crate) fn run(options: &Demo) -> Result<Exit, Failure> {
    let parties = PARTIES.map(|party| near(party, options.port));
    tashika_stage::demo(&parties, options.port).map_err(Failure::Stage)?;
    Ok(Exit::Accepted)
}

/// A party as far from the front page as it is by itself.
fn near(party: Party, front: u16) -> Party {
    let distance = party.port.saturating_sub(PORT);
    let port = match front {
        0 => 0,
        front => front.saturating_add(distance),
    };
    Party { port, ..party }
}
