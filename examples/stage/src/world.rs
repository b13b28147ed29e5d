//! What is true of a stage: people, authorities, and what is published.

use std::io;
use std::sync::Arc;

use tashika_testbed::auth_app::{Citizen, Clock, Provider, Settings};
use tashika_testbed::mdoc::MdocTestbed;
use tashika_testbed::{Answer, Generation, Kind, Municipality, Register, Server, Testbed};

/// Everything that issues, publishes and answers.
pub(crate) struct World {
    pub(crate) cards: Testbed,
    pub(crate) phones: MdocTestbed,
    pub(crate) provider: Provider,
    pub(crate) lists: Server,
}

impl World {
    pub(crate) fn start(now: i64) -> io::Result<Self> {
        let (cards, phones) = (Testbed::fresh(now), MdocTestbed::fresh(now));
        let provider = Provider::start(Settings {
            clock: Clock::System,
            ..Settings::default()
        })?;
        for (number, person) in cards.people().iter().enumerate() {
            let name = format!("person{number}");
            let card = cards.card(u32::try_from(number).unwrap_or_default());
            provider.enrol(Citizen::new(&name, person).signing(card.signing()));
        }
        let lists = Server::start()?;
        let published = Arc::new(publish(&cards, &phones));
        lists.otherwise(move |received| {
            let mut published = published.iter();
            let found = published.find(|(path, _)| *path == received.target);
            found.map_or(Answer::status(404), |(_, der)| {
                Answer::ok("application/pkix-crl", der.clone())
            })
        });
        Ok(Self {
            cards,
            phones,
            provider,
            lists,
        })
    }

    /// Where the lists are.
    pub(crate) fn list_urls(&self) -> Vec<String> {
        let cards = Kind::ALL.iter().flat_map(|kind| {
            let path = |place: &Municipality| card_list(*kind, *place);
            Municipality::ALL.iter().map(path)
        });
        let paths = cards.chain([PHONE_LIST.to_owned()]);
        paths.map(|path| self.lists.url(&path)).collect()
    }
}

const PHONE_LIST: &str = "/lists/documents.crl";

fn card_list(kind: Kind, place: Municipality) -> String {
    format!("/lists/{kind:?}-{}.crl", place.code).to_lowercase()
}

/// The lists, by their paths.
fn publish(cards: &Testbed, phones: &MdocTestbed) -> Vec<(String, Vec<u8>)> {
    let register = Register::new();
    let of_cards = Kind::ALL.iter().flat_map(|kind| {
        let lists = cards.lists(&register, *kind, Generation::Third);
        lists
            .into_iter()
            .map(|list| (card_list(*kind, list.partition.municipality), list.der))
    });
    let mut published: Vec<_> = of_cards.collect();
    let issuer = phones.japan_authority();
    let list = phones.list(issuer, &[]).sign(issuer.key());
    published.push((PHONE_LIST.to_owned(), list));
    published
}
