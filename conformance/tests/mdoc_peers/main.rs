//! Other people's mdoc software, the testbed and the sdk: what each makes, what
//! each takes, and which defects it notices. `peers/README.md` says the same in
//! words.
//!
//! A peer that is not here counts as ignored, and is named.

#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON, which are null where they are absent"
)]

mod bench;
mod cases;
mod defects;
mod disagreements;
mod flows;
mod peer;
mod proximity;
mod reader;
mod requests;
mod scene;
mod sdk;
mod testbed;

use std::process::ExitCode;
use std::sync::Arc;

use bytes::Bytes;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::json;
use tashika::mdoc::{DeviceResponse, MDL};

use bench::{Bench, Outcome, trial};
use cases::Case;
use defects::DEFECTS;
use flows::{FLOWS, Flow};
use peer::Name::{self, Isomdl, Owf, PyMdoc};
use scene::{Document, Keys, Signer};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let bench = Bench::new();
    if !arguments.list {
        for name in Name::PROGRAMS.into_iter().filter(|n| !bench.is_here(*n)) {
            let label = name.label();
            eprintln!("IGNORED: no mdoc peer {label}: run `conformance/run peers`");
        }
    }
    let mut trials = vec![Trial::test(
        "no_disagreement_is_stale",
        disagreements::none_is_stale,
    )];
    for case in Case::all() {
        for maker in case.makers {
            let judges = Name::ALL.into_iter();
            trials.extend(judges.map(|judge| sound(&bench, case, *maker, judge)));
        }
    }
    trials.extend(FLOWS.iter().map(|flow| transcript(&bench, flow)));
    trials.extend(DEFECTS.iter().flat_map(|defect| defect.trials(&bench)));
    trials.extend(requests::trials(&bench));
    trials.extend(proximity::trials(&bench));
    trials.push(trial(
        &bench,
        "measure".to_owned(),
        &[Isomdl, PyMdoc],
        measure,
    ));
    trials.push(trial(&bench, "annex_d".to_owned(), &[PyMdoc], annex_d));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn sound(bench: &Arc<Bench>, case: Case, maker: Name, judge: Name) -> Trial {
    let name = format!("{}::{}::{}", case.name, maker.label(), judge.label());
    trial(bench, name, &[maker, judge], move |bench| {
        let scene = bench.scene(case.document, case.keys)?;
        let order = case.order(scene);
        let outcome = match bench.make(maker, &order)? {
            Err(reason) => Outcome::NotMade(reason),
            Ok(response) => bench.judge(judge, &scene.question(&order, &response), &order)?,
        };
        disagreements::expect(&case, maker, judge, &outcome)
    })
}

/// One flow's transcript by three hands.
fn transcript(bench: &Arc<Bench>, flow: &'static Flow) -> Trial {
    let question = (flow.owf)();
    let needed: &[Name] = if question.is_null() { &[] } else { &[Owf] };
    trial(
        bench,
        format!("transcript::{}", flow.name),
        needed,
        move |bench| {
            let ours = (flow.testbed)().encode();
            if (flow.sdk)()?.octets() != ours {
                return Err("the sdk's is another than the testbed's".into());
            }
            if question.is_null() {
                return Ok(());
            }
            let asked = json!({"op": "transcript", "of": question});
            let answer = bench.peer(Owf)?.ask(&asked)?;
            let same = testbed::octets(&answer["transcript"])? == ours;
            same.then_some(())
                .ok_or_else(|| "@owf/mdoc's is another".into())
        },
    )
}

fn measure(bench: &Bench) -> Result<(), Failed> {
    let scene = bench.scene(Document::Licence, Keys::P256)?;
    let order = scene.order(Signer::Sound);
    let response = bench.make(PyMdoc, &order)?.map_err(Failed::from)?;
    let mut question = scene.question(&order, &response);
    question["op"] = json!("measure");
    question["times"] = json!(2);
    let answer = bench.peer(Isomdl)?.ask(&question)?;
    let measured = answer["nanoseconds"].as_u64().is_some_and(|n| n > 0);
    measured
        .then_some(())
        .ok_or_else(|| "no time passed".into())
}

/// The response of annex D, of an edition whose signer has a shorter certificate.
fn annex_d(bench: &Bench) -> Result<(), Failed> {
    let answer = bench.make(PyMdoc, &json!({"op": "annex_d"}))?;
    let response = Bytes::from(answer.map_err(Failed::from)?);
    let length = response.len();
    let read = DeviceResponse::read(&response)?;
    let is_it = length == 3529 && read.doc_types().eq([MDL]);
    is_it
        .then_some(())
        .ok_or_else(|| format!("{length} octets").into())
}
