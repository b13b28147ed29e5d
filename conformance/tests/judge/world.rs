//! A card of the testbed, and the questions about it.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tashika_conformance::judge;
use tashika_testbed::{
    Authority, Card, CertificateBuilder, CrlBuilder, Generation, KeyPair, Kind, Register, Testbed,
};

use crate::schema::fits;

pub(crate) const NOW: i64 = 1_790_000_000;

pub(crate) struct World {
    pub(crate) testbed: Testbed,
    pub(crate) card: Card,
}

impl World {
    /// Keys take seconds to make, so all tests share them.
    pub(crate) fn shared() -> &'static Self {
        static WORLD: LazyLock<World> = LazyLock::new(|| {
            let testbed = Testbed::from_seed(11, NOW);
            let card = testbed.card(0);
            World { testbed, card }
        });
        &WORLD
    }

    pub(crate) fn authority(&self, kind: Kind) -> &Authority {
        self.testbed.authority(kind, self.card.generation())
    }

    /// The card's signing certificate over this key, unsigned.
    pub(crate) fn leaf(&self, key: &KeyPair) -> CertificateBuilder {
        let (person, generation) = (self.card.person(), self.card.generation());
        let terms = self.testbed.terms(person, Kind::Signing, generation, 0);
        self.authority(Kind::Signing).leaf(person, key, &terms)
    }

    /// The list of the card's municipality, unsigned.
    pub(crate) fn list(&self, kind: Kind) -> CrlBuilder {
        self.testbed
            .list(&Register::new(), self.card.partition(kind))
    }

    pub(crate) fn signed(&self, kind: Kind, list: &CrlBuilder) -> Vec<u8> {
        list.sign(self.authority(kind).key())
    }

    /// Op `path` for the card's certificate, all in order.
    pub(crate) fn path(&self, kind: Kind) -> Value {
        let list = self.signed(kind, &self.list(kind));
        json!({
            "id": "path",
            "op": "path",
            "profile": match kind {
                Kind::Signing => "jpki-signing",
                Kind::Authentication => "jpki-authentication",
            },
            "time": NOW,
            "anchors": [octets(self.authority(kind).certificate())],
            "target": octets(self.card.credential(kind).certificate()),
            "crls": [octets(&list)],
        })
    }

    /// The same under the one-hop rules alone, with these flags.
    pub(crate) fn lax(&self, flags: &Value) -> Value {
        self.path(Kind::Signing)
            .but("profile", "jpki")
            .but("flags", flags.clone())
    }
}

pub(crate) fn octets(octets: &[u8]) -> Value {
    STANDARD.encode(octets).into()
}

/// A question with one field changed.
pub(crate) trait But {
    fn but(self, field: &str, value: impl Into<Value>) -> Self;
}

impl But for Value {
    fn but(mut self, field: &str, value: impl Into<Value>) -> Self {
        self[field] = value.into();
        self
    }
}

/// The answer to a question of the documented form.
pub(crate) fn ask(question: &Value) -> Value {
    assert!(fits("question", question), "{question}");
    let answer = ask_anything(question.to_string().as_bytes());
    assert_eq!(answer["id"], question["id"]);
    answer
}

/// The answer to a line, which has the documented form whatever the line has.
pub(crate) fn ask_anything(line: &[u8]) -> Value {
    let answer = serde_json::to_value(judge::answer(line)).expect("an answer is JSON");
    assert!(fits("answer", &answer), "{answer}");
    answer
}

/// The code with which a question is refused; null if it is accepted.
pub(crate) fn code(question: &Value) -> Value {
    let answer = ask(question);
    let accepted = answer["verdict"] == "accept";
    assert_eq!(accepted, answer["code"].is_null(), "{answer}");
    assert_eq!(accepted, answer["disposition"].is_null(), "{answer}");
    answer["code"].clone()
}

/// Another generation of the card's issuer: one name, another key.
pub(crate) const OTHER: Generation = Generation::First;
