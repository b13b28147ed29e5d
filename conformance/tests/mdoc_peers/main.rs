//! Other people's mdoc software among itself: what it makes, what it takes, and
//! which defects it notices. `peers/README.md` says the same in words.
//!
//! A peer that is not here counts as ignored, and is named.

#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON, which are null where they are absent"
)]

mod defects;
mod peer;
mod scene;

use std::process::ExitCode;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use tashika_testbed::Algorithm;

use defects::DEFECTS;
use peer::Name::{self, Auth0, Isomdl, Owf, PyMdoc};
use peer::Peer;
use scene::{NAMESPACE, Scene, Signer};

struct Bench {
    p256: Scene,
    root_p384: Scene,
    p384: Scene,
    peers: [Peer; 4],
}

impl Bench {
    fn peer(&self, name: Name) -> &Peer {
        let [auth0, owf, pymdoc, isomdl] = &self.peers;
        match name {
            Auth0 => auth0,
            Owf => owf,
            PyMdoc => pymdoc,
            Isomdl => isomdl,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let bench = Arc::new(Bench {
        p256: Scene::new(Algorithm::P256, Algorithm::P256),
        root_p384: Scene::new(Algorithm::P384, Algorithm::P256),
        p384: Scene::new(Algorithm::P384, Algorithm::P384),
        peers: Name::ALL.map(Peer::start),
    });
    if !arguments.list {
        for name in Name::ALL.into_iter().filter(|n| !bench.peer(*n).is_here()) {
            let label = name.label();
            eprintln!("IGNORED: no mdoc peer {label}: run `conformance/run peers`");
        }
    }
    let mut trials = Vec::new();
    for maker in Name::ALL {
        for judge in Name::ALL {
            trials.push(sound(&bench, maker, judge));
            trials.push(on_p384(&bench, maker, judge));
        }
    }
    for defect in DEFECTS {
        for judge in Name::ALL {
            let name = format!("{}::{}", defect.name, judge.label());
            trials.push(trial(&bench, name, &[PyMdoc, judge], move |bench| {
                let question = defect.question(&bench.p256, bench.peer(PyMdoc))?;
                expect(bench, judge, &question, defect.reason(judge))
            }));
        }
    }
    for judge in Name::ALL {
        trials.push(root_on_p384(&bench, judge));
        trials.push(without_key_id(&bench, judge));
        trials.push(mac(&bench, Auth0, judge));
        trials.push(mac(&bench, Owf, judge));
    }
    trials.push(trial(&bench, "session".to_owned(), &[Isomdl], session));
    trials.push(trial(
        &bench,
        "measure".to_owned(),
        &[Isomdl, PyMdoc],
        measure,
    ));
    trials.push(trial(&bench, "annex_d".to_owned(), &[PyMdoc], annex_d));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A trial that needs these peers.
fn trial(
    bench: &Arc<Bench>,
    name: String,
    needed: &[Name],
    run: impl FnOnce(&Bench) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let here = needed.iter().all(|name| bench.peer(*name).is_here());
    let bench = Arc::clone(bench);
    Trial::test(name, move || run(&bench)).with_ignored_flag(!here)
}

fn sound(bench: &Arc<Bench>, maker: Name, judge: Name) -> Trial {
    let name = format!("sound::{}::{}", maker.label(), judge.label());
    trial(bench, name, &[maker, judge], move |bench| {
        let response = bench.peer(maker).issue(&bench.p256.order(Signer::Sound))?;
        let question = bench.p256.question(&response);
        if (maker, judge) == (Owf, Isomdl) {
            // Digest identifiers of 32 bits, drawn by lot, against 31: it is
            // chance whether they meet, so only an answer is asked for.
            return bench.peer(judge).verify(&question).map(|_| ());
        }
        expect(bench, judge, &question, None)
    })
}

/// Root and signer on P-384.
fn on_p384(bench: &Arc<Bench>, maker: Name, judge: Name) -> Trial {
    let name = format!("p384::{}::{}", maker.label(), judge.label());
    trial(bench, name, &[maker, judge], move |bench| {
        let response = bench.peer(maker).issue(&bench.p384.order(Signer::Sound))?;
        let question = bench.p384.question(&response);
        let refusal = match (maker, judge) {
            (_, Auth0 | Owf) => None,
            (_, PyMdoc) => Some("'secp384r1'"),
            // Digest identifiers again, or what it is about.
            (Owf, Isomdl) => Some(""),
            (_, Isomdl) => Some("no valid trust anchor"),
        };
        expect(bench, judge, &question, refusal)
    })
}

/// The root on P-384, the signer on P-256.
fn root_on_p384(bench: &Arc<Bench>, judge: Name) -> Trial {
    let name = format!("root_p384::{}", judge.label());
    trial(bench, name, &[PyMdoc, judge], move |bench| {
        let order = bench.root_p384.order(Signer::Sound);
        let question = bench.root_p384.question(&bench.peer(PyMdoc).issue(&order)?);
        let refusal = (judge == Isomdl).then_some("no valid trust anchor");
        expect(bench, judge, &question, refusal)
    })
}

/// Without a key identifier @auth0/mdl writes one that is undefined.
fn without_key_id(bench: &Arc<Bench>, judge: Name) -> Trial {
    let name = format!("undefined_key_id::{}", judge.label());
    trial(bench, name, &[Auth0, judge], move |bench| {
        let mut order = bench.p256.order(Signer::Sound);
        order["kid"] = Value::Null;
        let question = bench.p256.question(&bench.peer(Auth0).issue(&order)?);
        let refusal = match judge {
            Auth0 | Owf => None,
            PyMdoc => Some("KID should be a byte string"),
            Isomdl => Some("got nul, expected bstr"),
        };
        expect(bench, judge, &question, refusal)
    })
}

/// @auth0/mdl takes its own MAC; @owf/mdoc leaves out the external data of
/// RFC 9052, 6.3, and takes none; pyMDOC-CBOR does not look.
fn mac(bench: &Arc<Bench>, maker: Name, judge: Name) -> Trial {
    let name = format!("mac::{}::{}", maker.label(), judge.label());
    trial(bench, name, &[maker, judge], move |bench| {
        let mut order = bench.p256.order(Signer::Sound);
        order["device_auth"] = json!("mac");
        order["reader_private_key"] = json!(bench.p256.reader_key());
        let mut question = bench.p256.question(&bench.peer(maker).issue(&order)?);
        question["reader_private_key"] = order["reader_private_key"].clone();
        let refusal = match (maker, judge) {
            (Auth0, Auth0) | (_, PyMdoc) => None,
            (_, Auth0) => Some("Device MAC must be valid"),
            (_, Owf) => Some("Device MAC must use alg 5"),
            (Auth0, Isomdl) => Some("Currently unsupported format"),
            // Digest identifiers again, or that.
            (_, Isomdl) => Some(""),
        };
        expect(bench, judge, &question, refusal)
    })
}

/// Both sides of a proximity session.
fn session(bench: &Bench) -> Result<(), Failed> {
    let isomdl = bench.peer(Isomdl);
    let mut order = bench.p256.order(Signer::Sound);
    order["op"] = json!("engage");
    let engaged = isomdl.ask(&order)?;
    let anchors = bench.p256.question("")["anchors"].clone();
    let asked = isomdl.ask(&json!({
        "op": "ask",
        "qr": engaged["qr"],
        "requested": {NAMESPACE: ["age_over_20"]},
        "anchors": anchors,
    }))?;
    let responded = isomdl.ask(&json!({"op": "respond", "message": asked["message"]}))?;
    let read = json!({"op": "read", "response": responded["response"]});
    isomdl.verify(&read)?.map_err(Failed::from)
}

fn measure(bench: &Bench) -> Result<(), Failed> {
    let order = bench.p256.order(Signer::Sound);
    let mut question = bench.p256.question(&bench.peer(PyMdoc).issue(&order)?);
    question["op"] = json!("measure");
    question["times"] = json!(2);
    let answer = bench.peer(Isomdl).ask(&question)?;
    let measured = answer["nanoseconds"].as_u64().is_some_and(|n| n > 0);
    measured
        .then_some(())
        .ok_or_else(|| "no time passed".into())
}

/// The response of annex D, of an edition whose signer has a shorter certificate.
fn annex_d(bench: &Bench) -> Result<(), Failed> {
    let answer = bench.peer(PyMdoc).issue(&json!({"op": "annex_d"}))?;
    let length = STANDARD.decode(answer)?.len();
    (length == 3529)
        .then_some(())
        .ok_or_else(|| format!("{length} octets").into())
}

/// That it accepts, or else gives this reason.
fn expect(
    bench: &Bench,
    judge: Name,
    question: &Value,
    refusal: Option<&str>,
) -> Result<(), Failed> {
    match (bench.peer(judge).verify(question)?, refusal) {
        (Ok(()), None) => Ok(()),
        (Err(reason), Some(expected)) if reason.contains(expected) => Ok(()),
        (Ok(()), Some(expected)) => Err(format!("accepted instead of: {expected}").into()),
        (Err(reason), _) => Err(format!("refused: {reason}").into()),
    }
}
