//! What was revoked once stays revoked, whoever says what afterwards.

use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use tashika::revocation::{
    Answer, CheckMethod, CheckPurpose, Checker, Delivery, JournalError, Plan, Reason, State,
    TombstoneKey, Tombstones,
};
use tashika_conformance::desk::NOW;
use tashika_testbed::{Operator, Word};
use tempfile::TempDir;

use crate::scene::{AS_OF, POLICY, Scene, asking, operator_client, tombstones};

const VERIFY: CheckPurpose = CheckPurpose::SignatureVerification;

fn reason(answer: &Answer) -> Option<Reason> {
    match answer.status().state() {
        State::Revoked { reason, .. } => Some(reason),
        State::Good | State::Undetermined(_) => None,
    }
}

fn revoked() -> Word {
    Word::revoked(AS_OF, "2027-01-10T00:00:00Z", 6)
}

fn sharing(plan: Plan, tombstones: &Arc<Tombstones>) -> Checker {
    Checker::new(plan, POLICY, Arc::clone(tombstones))
}

fn operator_plan(operator: &Operator) -> Plan {
    Plan::Operator(Arc::new(operator_client(operator)))
}

#[tokio::test]
async fn a_hold_is_not_released() {
    let scene = Scene::new();
    let operator = scene.operator(revoked());
    let checker = asking(&operator);
    let first = checker.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(reason(&first), Some(Reason::CertificateHold));
    assert_eq!(checker.tombstones().count(), 1);

    scene.tell(&operator, Word::good(AS_OF));
    checker.clear();
    for purpose in [VERIFY, CheckPurpose::LivenessCheck] {
        let answer = checker.check(&scene.query, purpose, NOW).await;
        assert_eq!(answer.status().state(), first.status().state());
        assert_eq!(answer.delivery(), Delivery::Remembered);
        assert_eq!(answer.source_time(), first.source_time());
        assert_eq!(answer.checked_via(), Some(CheckMethod::Operator));
        assert!(answer.status().answers(&scene.query));
    }
    assert_eq!(operator.server().count(), 1);
}

#[tokio::test]
async fn what_one_purpose_finds_revoked_is_not_good_for_another_from_the_cache() {
    let scene = Scene::new();
    let operator = scene.operator(Word::good(AS_OF));
    let checker = asking(&operator);
    let good = checker.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(good.status().state(), State::Good);
    scene.tell(&operator, revoked());
    let liveness = CheckPurpose::LivenessCheck;
    assert!(reason(&checker.check(&scene.query, liveness, NOW).await).is_some());
    assert!(reason(&checker.check(&scene.query, VERIFY, NOW).await).is_some());
}

#[tokio::test]
async fn what_one_back_end_finds_revoked_no_other_calls_good() {
    use tashika_testbed::Reason as Listed;
    let scene = Scene::new();
    let together = tombstones();
    let by_lists = sharing(Plan::Crl(scene.lists(Some(Listed::Superseded))), &together);
    let listed = by_lists.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(reason(&listed), Some(Reason::Superseded));
    assert_eq!(listed.checked_via(), Some(CheckMethod::Crl));

    let operator = scene.operator(Word::good(AS_OF));
    let by_operator = sharing(operator_plan(&operator), &together);
    let answer = by_operator.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(reason(&answer), Some(Reason::Superseded));
    assert_eq!(operator.server().count(), 0);
    // A list that no longer has it.
    let shrunk = sharing(Plan::Crl(scene.lists(None)), &together);
    let answer = shrunk.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(reason(&answer), Some(Reason::Superseded));
    assert_eq!(answer.delivery(), Delivery::Remembered);
}

fn open(path: &Path) -> Result<Arc<Tombstones>, JournalError> {
    Tombstones::open(TombstoneKey::from_octets(&[7; 32]), path).map(Arc::new)
}

/// A journal in which the certificate of the scene is revoked.
async fn written(scene: &Scene) -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tombstones");
    let operator = scene.operator(revoked());
    let checker = sharing(operator_plan(&operator), &open(&path).unwrap());
    assert!(reason(&checker.check(&scene.query, VERIFY, NOW).await).is_some());
    assert_eq!(checker.tombstones().unwritten(), 0);
    (folder, path)
}

#[tokio::test]
async fn a_journal_survives_the_process() {
    let scene = Scene::new();
    let (_folder, path) = written(&scene).await;
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let octets = fs::read(&path).unwrap();
    assert_eq!(octets.len(), 48 + 72);
    let serial = scene.query.serial().as_unsigned();
    assert!(!octets.windows(serial.len()).any(|w| w == serial));

    let operator = scene.operator(Word::good(AS_OF));
    let checker = sharing(operator_plan(&operator), &open(&path).unwrap());
    let answer = checker.check(&scene.query, VERIFY, NOW).await;
    assert_eq!(reason(&answer), Some(Reason::CertificateHold));
    assert_eq!(operator.server().count(), 0);
    // Once is enough.
    assert_eq!(fs::read(&path).unwrap(), octets);
}

#[tokio::test]
async fn a_journal_cut_anywhere_opens_with_whole_records() {
    let scene = Scene::new();
    let (_folder, path) = written(&scene).await;
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(open(&path).unwrap().count(), 0, "{length}");
        assert_eq!(fs::metadata(&path).unwrap().len(), 48);
        // What is written next can be read.
        let operator = scene.operator(revoked());
        let checker = sharing(operator_plan(&operator), &open(&path).unwrap());
        let _ = checker.check(&scene.query, VERIFY, NOW).await;
        assert_eq!(fs::read(&path).unwrap(), whole);
        if length % 16 != 0 {
            continue;
        }
        drop(checker);
        assert_eq!(open(&path).unwrap().count(), 1);
    }
}

#[tokio::test]
async fn a_journal_has_one_writer() {
    let (_folder, path) = written(&Scene::new()).await;
    let whole = fs::read(&path).unwrap();
    let first = open(&path).unwrap();
    assert!(matches!(open(&path).unwrap_err(), JournalError::InUse));
    assert_eq!(fs::read(&path).unwrap(), whole);
    drop(first);
    assert_eq!(open(&path).unwrap().count(), 1);
}

#[tokio::test]
async fn a_journal_with_a_flipped_bit_is_not_believed() {
    let (_folder, path) = written(&Scene::new()).await;
    let mut octets = fs::read(&path).unwrap();
    let record = octets[48..].to_vec();
    octets.extend(&record);
    for position in 0..48 + 72 {
        let mut flipped = octets.clone();
        flipped[position] ^= 1;
        fs::write(&path, &flipped).unwrap();
        let error = open(&path).unwrap_err();
        let of_key = (16..48).contains(&position);
        assert_eq!(
            matches!(error, JournalError::OtherKey),
            of_key,
            "{position}"
        );
        assert_eq!(
            matches!(error, JournalError::Damaged),
            !of_key,
            "{position}"
        );
    }
    fs::write(&path, &octets).unwrap();
    let other = Tombstones::open(TombstoneKey::from_octets(&[8; 32]), &path);
    assert!(matches!(other.unwrap_err(), JournalError::OtherKey));
}

#[tokio::test]
async fn a_disk_that_is_full_costs_no_answer() {
    let scene = Scene::new();
    // A file that can no longer grow stands in for the disk.
    let memory = memfd_create("journal", MemfdFlags::ALLOW_SEALING).unwrap();
    let path = format!("/proc/self/fd/{}", memory.as_raw_fd());
    let tombstones = open(Path::new(&path)).unwrap();
    fcntl_add_seals(&memory, SealFlags::GROW).unwrap();

    let operator = scene.operator(revoked());
    let checker = sharing(operator_plan(&operator), &tombstones);
    for _ in 0..2 {
        let answer = checker.check(&scene.query, VERIFY, NOW).await;
        assert_eq!(reason(&answer), Some(Reason::CertificateHold));
        assert_eq!((tombstones.count(), tombstones.unwritten()), (1, 1));
    }
}

#[test]
fn what_is_no_journal_is_not_overwritten() {
    let folder = TempDir::new().unwrap();
    assert!(matches!(
        open(folder.path()).unwrap_err(),
        JournalError::Io(_)
    ));
    let path = folder.path().join("letter");
    fs::write(&path, "Dear Sir or Madam").unwrap();
    assert!(matches!(open(&path).unwrap_err(), JournalError::Damaged));
    assert_eq!(fs::read(&path).unwrap(), b"Dear Sir or Madam");
    assert!(matches!(
        open(Path::new("/dev/full")).unwrap_err(),
        JournalError::TooLarge
    ));
}
