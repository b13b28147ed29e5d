//! Every committed vector before the sdk: the exact code, by the check that it
//! is about, with everything before it passed.
//!
//! One trial for each vector, so that a check that is taken out fails exactly
//! its own.

use std::collections::HashMap;

use libtest_mimic::{Arguments, Failed, Trial};
use tashika::{CheckId, Error};
use tashika_conformance::vectors::{self, Accepted, Kind, Procedure, Step, Vector};

fn main() {
    let arguments = Arguments::from_args();
    let vectors = match vectors::read(&vectors::directory()) {
        Ok(vectors) => vectors,
        Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
    };
    let vectors: Vec<Vector> = vectors.into_iter().map(|(_, vector)| vector).collect();
    let always: &'static Always = Box::leak(Box::new(Always::of(&vectors)));
    let trial = |vector: Vector| Trial::test(vector.id.clone(), move || judge(&vector, always));
    let trials = vectors.into_iter().map(trial).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn judge(vector: &Vector, always: &Always) -> Result<(), Failed> {
    let check = vector.check_id();
    let check = check.ok_or_else(|| format!("there is no check {}", vector.check))?;
    let (expected, outcome) = (vector.expected.as_deref(), vector.run());
    let found = outcome.as_ref().err().map(|(_, e)| e.code().as_str());
    if found != expected {
        return Err(format!("{}: expected {expected:?}, found {found:?}", vector.note).into());
    }
    match outcome {
        Ok(accepted) => {
            judge_told(vector, &accepted)?;
            judge_age(vector, &accepted)
        }
        Err((step, error)) => judge_refusal(vector, check, step, &error, always),
    }
}

fn judge_age(vector: &Vector, accepted: &Accepted) -> Result<(), Failed> {
    let due = vector.inputs.age.map(|age| age.reached.into());
    if accepted.reached == due {
        Ok(())
    } else {
        Err(format!("the age: expected {due:?}, found {:?}", accepted.reached).into())
    }
}

fn judge_told(vector: &Vector, accepted: &Accepted) -> Result<(), Failed> {
    let login = vector.inputs.login.as_ref();
    let due = login.and_then(|login| login.told.as_ref());
    if accepted.told.as_ref() == due {
        Ok(())
    } else {
        Err(format!("expected {due:?}, found {:?}", accepted.told).into())
    }
}

fn judge_refusal(
    vector: &Vector,
    check: CheckId,
    step: Step,
    error: &Error,
    always: &Always,
) -> Result<(), Failed> {
    if error.check() != check {
        return Err(format!("it is {} that failed", error.check()).into());
    }
    if error.trace().passed(check) {
        return Err("the check that failed passed too".into());
    }
    let mut before = always.before(vector, step, check);
    let missing = before.find(|earlier| !error.trace().passed(*earlier));
    match missing {
        Some(earlier) => Err(format!("{earlier} did not pass before").into()),
        None => Ok(()),
    }
}

/// The checks that every accepted vector of a procedure passes.
struct Always(HashMap<(Procedure, Kind), Vec<CheckId>>);

/// Checks of which one part runs early and one late, or that run in another
/// place for another procedure.
const ELSEWHERE: &[CheckId] = &[
    CheckId::Budget,
    CheckId::Transaction,
    CheckId::Holder,
    CheckId::SignedMessage,
    CheckId::MdocDeviceKey,
    CheckId::MdocRecordStatus,
];

/// Checks that run before all others.
const FIRST: &[CheckId] = &[CheckId::Transaction, CheckId::SignedMessage];

/// Checks that run in one step: where one of them fails, none has passed.
const TOGETHER: &[&[CheckId]] = &[
    // In reading the mobile security object.
    &[
        CheckId::MdocMso,
        CheckId::MdocDeviceKey,
        CheckId::MdocDeviceSigned,
    ],
    &[CheckId::CmsEncoding, CheckId::CmsContentType],
    &[
        CheckId::CertificateEncoding,
        CheckId::Version,
        CheckId::SerialNumber,
        CheckId::AlgorithmIdentifier,
        CheckId::Extensions,
    ],
    &[
        CheckId::CrlEncoding,
        CheckId::CrlProfile,
        CheckId::CrlExtensions,
    ],
    &[
        CheckId::OcspEncoding,
        CheckId::OcspStatus,
        CheckId::OcspProfile,
        CheckId::OcspExtensions,
    ],
    &[
        CheckId::OcspAnswer,
        CheckId::OcspNonce,
        CheckId::Clock,
        CheckId::CrlNumber,
        CheckId::Scope,
        CheckId::Freshness,
        CheckId::NotRevoked,
    ],
];

impl Always {
    fn of(vectors: &[Vector]) -> Self {
        let mut always: HashMap<_, Vec<CheckId>> = HashMap::new();
        for vector in vectors.iter().filter(|v| v.expected.is_none()) {
            if let Ok(Accepted { trace, .. }) = vector.run() {
                let all = || CheckId::ALL.to_vec();
                let checks = always.entry((vector.procedure, vector.kind));
                checks.or_insert_with(all).retain(|c| trace.passed(*c));
            }
        }
        Self(always)
    }

    /// The checks that have passed when `check` fails.
    fn before(&self, vector: &Vector, step: Step, check: CheckId) -> impl Iterator<Item = CheckId> {
        let together = TOGETHER.iter().find(|group| group.contains(&check));
        let first = together.and_then(|group| group.first()).copied();
        let first = first.unwrap_or(check);
        // An error in a callback may stand for a check that runs later.
        let first = match step {
            Step::Callback => first.min(CheckId::AuthAppAuthorized),
            _ => first,
        };
        // The trace of a list begins with the list. Where nothing was checked
        // yet, it is empty: for an anchor, for a challenge and a request, and
        // for a list that is refused while it is read or added.
        let begin = match step {
            Step::Check | Step::Callback if FIRST.contains(&check) => None,
            Step::Check | Step::Callback | Step::Confirm => Some(CheckId::Budget),
            Step::List if check > CheckId::CrlSignature => None,
            Step::List => Some(CheckId::CrlEncoding),
            Step::Response => Some(CheckId::OcspEncoding),
            Step::Setup | Step::Read | Step::Request | Step::Envelope | Step::Age => None,
        };
        let read = vector.inputs.lists.as_ref().is_none_or(|l| !l.is_empty());
        let always = self.0.get(&(vector.procedure, vector.kind));
        let always = always.cloned().unwrap_or_default().into_iter();
        always
            .filter(move |c| begin.is_some_and(|begin| *c >= begin) && *c < first)
            .filter(|c| !ELSEWHERE.contains(c))
            .filter(move |c| read || *c < CheckId::CrlEncoding)
    }
}
