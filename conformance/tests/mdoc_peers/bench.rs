//! All of them side by side: those who make, and those who judge.

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use std::sync::Arc;

use crate::peer::{Name, Peer};
use crate::scene::{Document, Keys, Scene};
use crate::{sdk, testbed};

pub(crate) struct Bench {
    scenes: Vec<Scene>,
    peers: Vec<(Name, Peer)>,
}

/// What came of an order and the question about it.
pub(crate) enum Outcome {
    Accepted,
    /// The maker could not make it.
    NotMade(String),
    /// The judge did not accept it.
    Refused(String),
}

impl Bench {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            scenes: Scene::all(),
            peers: Name::PROGRAMS.map(|name| (name, Peer::start(name))).into(),
        })
    }

    pub(crate) fn scene(&self, document: Document, keys: Keys) -> Result<&Scene, Failed> {
        let mut scenes = self.scenes.iter();
        let scene = scenes.find(|scene| scene.document == document && scene.keys == keys);
        Ok(scene.ok_or("no such scene")?)
    }

    /// The program of this name; we are none.
    pub(crate) fn peer(&self, name: Name) -> Result<&Peer, Failed> {
        let mut peers = self.peers.iter();
        let peer = peers.find(|(other, _)| *other == name);
        Ok(peer.map(|(_, peer)| peer).ok_or("no program")?)
    }

    pub(crate) fn is_here(&self, name: Name) -> bool {
        name == Name::Ours || self.peer(name).is_ok_and(Peer::is_here)
    }

    pub(crate) fn make(
        &self,
        maker: Name,
        order: &Value,
    ) -> Result<Result<Vec<u8>, String>, Failed> {
        match maker {
            Name::Ours => testbed::issue(order).map(Ok),
            program => self.peer(program)?.issue(order),
        }
    }

    /// A verdict. What the sdk accepts has to hold what was ordered.
    pub(crate) fn judge(
        &self,
        judge: Name,
        question: &Value,
        order: &Value,
    ) -> Result<Outcome, Failed> {
        let verdict = match judge {
            Name::Ours => match sdk::verify(question)? {
                Ok(proof) => Ok(sdk::compare(&proof, order)?),
                Err(code) => Err(code),
            },
            program => self.peer(program)?.verify(question)?,
        };
        Ok(verdict.map_or_else(Outcome::Refused, |()| Outcome::Accepted))
    }
}

/// A trial that needs these programs; without them it counts as ignored.
pub(crate) fn trial(
    bench: &Arc<Bench>,
    name: String,
    needed: &[Name],
    run: impl FnOnce(&Bench) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let here = needed.iter().all(|name| bench.is_here(*name));
    let bench = Arc::clone(bench);
    Trial::test(name, move || run(&bench)).with_ignored_flag(!here)
}
