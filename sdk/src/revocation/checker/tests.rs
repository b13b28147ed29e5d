//! What lists and another source say together.

use super::*;
use crate::error::Trace;
use crate::revocation::status::Evidence;
use crate::revocation::testing::{Ca, directory, now, one_point, time_at};
use crate::revocation::{ListSet, OcspClient, ScopePolicy, Source};
use crate::time::Duration;

const POLICY: Policy = Policy::strict(Duration::hours(36));

struct Scene {
    ca: Ca,
    lists: Arc<ListSet>,
}

impl Scene {
    fn new() -> Self {
        let ca = Ca::new("CA");
        let mut lists = ListSet::new();
        let list = ca.list(1, &[directory("A")]).revoking(&[5], 1);
        let _ = lists.add(ca.verified(&list)).unwrap();
        let lists = Arc::new(lists);
        Self { ca, lists }
    }

    fn query(&self, serial: u8) -> RevocationQuery {
        let points = one_point(&[directory("A")]);
        self.ca.query(&[serial], Some(&points))
    }

    fn lists(&self) -> Lists {
        Lists::of_set(Arc::clone(&self.lists), ScopePolicy::production())
    }
}

fn checker(plan: Plan) -> Checker {
    let key = TombstoneKey::from_octets(&[1; 32]);
    Checker::new(plan, POLICY, Arc::new(Tombstones::in_memory(key)))
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

/// That somebody else found the certificate good at this time.
fn good(query: &RevocationQuery, source: &Source, as_of: Time) -> Answer {
    let evidence = Evidence {
        as_of,
        next_update: None,
        source: source.clone(),
    };
    let newest = as_of;
    let status = Status::new(query, Finding::Good { evidence, newest }, Trace::default());
    let held = Held::new(status, as_of);
    let purpose = CheckPurpose::SignatureVerification;
    Answer::held(&held, purpose, Delivery::Asked)
}

#[test]
fn lists_that_were_issued_later_show_that_the_clock_is_wrong() {
    let scene = Scene::new();
    let plans = [
        Plan::Both(scene.lists(), OcspClient::new()),
        Plan::CrlElseOcsp(scene.lists(), OcspClient::new()),
    ];
    for plan in plans {
        let checker = checker(plan);
        let query = scene.query(6);
        // An old response played back to a clock that was put back to it.
        let then = time_at("2026-03-01T00:00:00Z");
        let listed = scene.lists().status(&query, then);
        let source = listed.source().unwrap().clone();
        let played_back = good(&query, &source, then);
        let answer = checker.inner.together(&query, listed, played_back);
        let Finding::Good { newest, .. } = answer.status().finding() else {
            panic!("both say so");
        };
        assert_eq!(
            POLICY.check_clock(*newest, then),
            Err(Code::RevocationClock)
        );
    }
}

#[test]
fn lists_that_answer_another_question_have_no_say() {
    let scene = Scene::new();
    let (asked, other) = (scene.query(5), scene.query(6));
    let confused = scene.lists().status(&other, now());
    assert_eq!(confused.state(), State::Good);
    let source = confused.source().unwrap().clone();
    let lists = || {
        let confused = confused.clone();
        Lists::new(move |_, _| confused.clone())
    };
    let mixed_up = State::Undetermined(Code::RevocationQuery);
    let purpose = CheckPurpose::SignatureVerification;

    let alone = checker(Plan::Crl(lists()));
    let answer = alone.check(&asked, purpose, now());
    let answer = wait(answer);
    assert_eq!(answer.status().state(), mixed_up);

    let both = checker(Plan::Both(lists(), OcspClient::new()));
    let listed = lists().status(&asked, now());
    let answer = good(&asked, &source, now());
    let answer = both.inner.together(&asked, listed, answer);
    assert_eq!(answer.status().state(), mixed_up);

    // Nor is somebody else's revocation remembered as one's own.
    let revoked = scene.lists().status(&asked, now());
    let lists = Lists::new(move |_, _| revoked.clone());
    let confused = checker(Plan::Crl(lists));
    let answer = confused.check(&other, purpose, now());
    let answer = wait(answer);
    assert_eq!(answer.status().state(), mixed_up);
    assert_eq!(confused.tombstones().count(), 0);
}
