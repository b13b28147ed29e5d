//! The store through real files: what it takes, what it answers, and what
//! damage does to it.

mod bound;
mod faults;

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::algorithm::AlgorithmTable;
use crate::code::Code;
use crate::revocation::index::Ingest;
use crate::revocation::testing::{Ca, ListFields, directory, now, one_point, temporary, time_at};
use crate::revocation::{Reason, State};
use crate::trust::Purpose;

const PRODUCTION: ScopePolicy = ScopePolicy::production();
const GOOD: State = State::Good;

const fn undetermined(code: Code) -> State {
    State::Undetermined(code)
}

/// A store of one CA in a directory of its own.
struct Scene {
    ca: Ca,
    dir: TempDir,
}

impl Scene {
    fn new() -> Self {
        Self {
            ca: Ca::new("CA"),
            dir: temporary(),
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    fn trust(&self) -> TrustStore {
        Ca::trust(&[&self.ca], Purpose::JpkiSigning)
    }

    fn begin(&self) -> StoreUpdate {
        self.try_begin(Recovery::Refuse).unwrap()
    }

    fn try_begin(&self, recovery: Recovery) -> Result<StoreUpdate, StoreError> {
        let purposes = vec![Purpose::JpkiSigning];
        let ingest = Ingest::new(self.trust(), purposes, AlgorithmTable::standard());
        StoreUpdate::begin(&self.path(), ingest, recovery)
    }

    fn open(&self) -> ListStore {
        ListStore::open(&self.path(), self.trust()).unwrap()
    }

    fn list(&self, number: u8, name: &str) -> ListFields {
        self.ca.list(number, &[directory(name)])
    }

    fn query(&self, serial: u8, name: &str) -> RevocationQuery {
        self.ca
            .query(&[serial], Some(&one_point(&[directory(name)])))
    }

    /// Takes a list with an update of its own.
    fn sync(&self, list: &ListFields) -> Result<Outcome, Code> {
        let update = self.begin();
        let outcome = self.take(&update, list);
        update.finish().unwrap();
        outcome
    }

    fn take(&self, update: &StoreUpdate, list: &ListFields) -> Result<Outcome, Code> {
        self.take_from(update, list, &ListOrigin::default())
    }

    fn take_from(
        &self,
        update: &StoreUpdate,
        list: &ListFields,
        origin: &ListOrigin,
    ) -> Result<Outcome, Code> {
        let der = self.ca.sign_list(list);
        let taken = update.take(&*der, der.len() as u64, origin, now());
        taken.map(|t| t.outcome).map_err(|e| e.code())
    }

    fn state(&self, serial: u8, name: &str) -> State {
        state(&self.open(), &self.query(serial, name))
    }

    fn is_revoked(&self, serial: u8, name: &str) -> bool {
        matches!(self.state(serial, name), State::Revoked { .. })
    }

    /// The present file of the first partition.
    fn file(&self) -> PathBuf {
        let mut files = self.files("index");
        files.retain(|f| {
            f.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("00000000-")
        });
        files.pop().unwrap()
    }

    /// The files with this ending.
    fn files(&self, ending: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path()).unwrap();
        let paths = entries.map(|e| e.unwrap().path());
        let mut files: Vec<_> = paths
            .filter(|p| p.extension().is_some_and(|e| e == ending))
            .collect();
        files.sort();
        files
    }
}

fn state(store: &ListStore, query: &RevocationQuery) -> State {
    store.status(query, &PRODUCTION, now()).state()
}

#[test]
fn what_is_taken_answers_after_a_restart() {
    let scene = Scene::new();
    assert!(matches!(
        ListStore::open(&scene.path(), scene.trust()),
        Err(StoreError::Missing)
    ));
    let first = scene.sync(&scene.list(7, "A").revoking(&[5], 4));
    assert_eq!(first, Ok(Outcome::First));
    assert_eq!(scene.state(6, "A"), GOOD);
    assert!(scene.is_revoked(5, "A"));
    assert_eq!(scene.state(6, "B"), undetermined(Code::RevocationScope));
    let store = scene.open();
    let partitions = store.partitions();
    assert_eq!(partitions.len(), 1);
    assert_eq!((partitions[0].revoked(), partitions[0].changed()), (1, 1));
    assert_eq!(store.newest(), Some(time_at("2026-04-01T00:00:00Z")));
}

#[test]
fn numbers_never_go_backwards_over_restarts() {
    let scene = Scene::new();
    let older = scene.list(6, "A").revoking(&[5], 1);
    assert_eq!(scene.sync(&scene.list(7, "A")), Ok(Outcome::First));
    assert_eq!(scene.sync(&scene.list(7, "A")), Ok(Outcome::Unchanged));
    assert_eq!(scene.state(5, "A"), GOOD);
    assert_eq!(scene.sync(&older), Err(Code::RevocationNumber));
    assert!(scene.is_revoked(5, "A"));
    assert_eq!(scene.state(6, "A"), GOOD);
    let twin = scene.list(7, "A").revoking(&[6], 1);
    assert_eq!(scene.sync(&twin), Ok(Outcome::Kept));
    assert!(scene.is_revoked(6, "A"));
    assert_eq!(scene.sync(&scene.list(8, "A")), Ok(Outcome::Replaced));
    assert!(scene.is_revoked(5, "A") && scene.is_revoked(6, "A"));
}

#[test]
fn two_lists_of_one_update_may_come_in_any_order() {
    let scene = Scene::new();
    let update = scene.begin();
    let older = scene.list(7, "A").revoking(&[5], 1);
    assert_eq!(scene.take(&update, &scene.list(8, "A")), Ok(Outcome::First));
    assert_eq!(scene.take(&update, &older), Ok(Outcome::Superseded));
    update.finish().unwrap();
    assert!(scene.is_revoked(5, "A"));
    assert_eq!(scene.files("index").len(), 1);
}

#[test]
fn one_partition_leaves_the_files_of_others_alone() {
    let scene = Scene::new();
    let update = scene.begin();
    for name in ["A", "B"] {
        assert_eq!(
            scene.take(&update, &scene.list(1, name)),
            Ok(Outcome::First)
        );
    }
    update.finish().unwrap();
    let before = scene.files("index");
    assert_eq!(scene.sync(&scene.list(2, "A")), Ok(Outcome::Replaced));
    let after = scene.files("index");
    assert_eq!(after.len(), 3);
    assert!(before.iter().all(|file| after.contains(file)));
    // The file before the last goes one generation later.
    assert_eq!(scene.sync(&scene.list(3, "A")), Ok(Outcome::Replaced));
    let later = scene.files("index");
    assert_eq!(later.len(), 3);
    assert!(!later.contains(&before[0]) && later.contains(&before[1]));
}

#[test]
fn a_reader_sees_one_generation_and_goes_on_when_told() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A")).unwrap();
    let store = scene.open();
    let query = scene.query(5, "A");
    assert_eq!(state(&store, &query), GOOD);
    assert!(!store.reload().unwrap());
    scene.sync(&scene.list(2, "A").revoking(&[5], 1)).unwrap();
    assert_eq!(state(&store, &query), GOOD);
    assert!(store.reload().unwrap());
    assert!(matches!(state(&store, &query), State::Revoked { .. }));
    assert_eq!(store.generation(), 2);
}

#[test]
fn readers_see_old_or_new_and_never_a_mix() {
    let scene = Scene::new();
    let both = |number: u8| {
        let update = scene.begin();
        for name in ["A", "B"] {
            scene.take(&update, &scene.list(number, name)).unwrap();
        }
        update.finish().unwrap();
    };
    both(1);
    let store = scene.open();
    let done = std::sync::atomic::AtomicBool::new(false);
    let order = std::sync::atomic::Ordering::Relaxed;
    std::thread::scope(|scope| {
        let readers = [(); 2].map(|()| {
            scope.spawn(|| {
                let queries = ["A", "B"].map(|name| scene.query(5, name));
                while !done.load(order) {
                    store.reload().unwrap();
                    let partitions = store.partitions();
                    let numbers: Vec<_> = partitions.iter().map(|p| p.number()).collect();
                    assert_eq!(numbers[0], numbers[1]);
                    queries
                        .iter()
                        .for_each(|q| assert_eq!(state(&store, q), GOOD));
                }
            })
        });
        (2..40).for_each(both);
        done.store(true, order);
        readers.into_iter().for_each(|r| r.join().unwrap());
    });
    store.reload().unwrap();
    assert_eq!(store.generation(), 39);
}

#[test]
fn there_is_one_writer_and_readers_do_not_mind() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A")).unwrap();
    let update = scene.begin();
    let second = scene.try_begin(Recovery::Refuse);
    assert!(matches!(second, Err(StoreError::Locked)));
    assert_eq!(scene.state(5, "A"), GOOD);
    drop(update);
    scene.begin();
}

#[test]
fn anchors_that_are_not_trusted_do_not_answer_and_are_not_forgotten() {
    let scene = Scene::new();
    scene.sync(&scene.list(7, "A")).unwrap();
    let other = Ca::new("Other");
    let trust = Ca::trust(&[&other], Purpose::JpkiSigning);
    let store = ListStore::open(&scene.path(), trust.clone()).unwrap();
    assert_eq!(store.partitions().len(), 0);
    assert_eq!(
        state(&store, &scene.query(5, "A")),
        undetermined(Code::RevocationMissing)
    );
    let purposes = vec![Purpose::JpkiSigning];
    let ingest = Ingest::new(trust, purposes, AlgorithmTable::standard());
    let update = StoreUpdate::begin(&scene.path(), ingest, Recovery::Refuse).unwrap();
    let der = other.sign_list(&other.list(1, &[directory("A")]));
    let origin = ListOrigin::default();
    let taken = update.take(&*der, der.len() as u64, &origin, now());
    assert_eq!(taken.unwrap().outcome, Outcome::First);
    update.finish().unwrap();
    assert_eq!(scene.state(5, "A"), GOOD);
    assert_eq!(scene.sync(&scene.list(6, "A")), Err(Code::RevocationNumber));
}

#[test]
fn a_serial_number_alone_is_revoked_or_unknown() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A").revoking(&[5], 4)).unwrap();
    scene.sync(&scene.list(2, "A")).unwrap();
    scene.sync(&scene.list(1, "B").revoking(&[5], 1)).unwrap();
    let store = scene.open();
    let serial = |digits: &str| digits.parse().unwrap();
    let mentions = |digits| store.mentions(Purpose::JpkiSigning, &serial(digits));
    let found = mentions("05").unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|m| (m.entry().reason(), m.is_dropped()))
        .collect();
    let expected = [(Reason::Superseded, true), (Reason::KeyCompromise, false)];
    assert_eq!(found, expected);
    assert_eq!(mentions("06").unwrap().len(), 0);
    let other = store.mentions(Purpose::JpkiAuthentication, &serial("05"));
    assert_eq!(other.unwrap().len(), 0);
    fs::remove_file(scene.files("index").pop().unwrap()).unwrap();
    let store = scene.open();
    let unknown = store.mentions(Purpose::JpkiSigning, &serial("06"));
    assert_eq!(unknown.unwrap_err().code(), Code::RevocationDamaged);
}

#[test]
fn what_was_there_before_is_kept_for_one_generation() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A")).unwrap();
    scene.sync(&scene.list(2, "A").revoking(&[5], 1)).unwrap();
    scene.sync(&scene.list(1, "B")).unwrap();
    let store = scene.open();
    let partitions = store.partitions();
    let [a, b] = &*partitions else { panic!() };
    assert!(matches!(a.before(3), Before::Same));
    let Before::List(before) = a.before(1) else {
        panic!()
    };
    assert_eq!(before.revoked(), 0);
    assert!(matches!(a.before(0), Before::Forgotten));
    assert!(matches!(b.before(2), Before::Nothing));
}

#[test]
fn neither_serial_numbers_nor_municipalities_are_printed() {
    let scene = Scene::new();
    scene
        .sync(&scene.list(1, "Kiyose").revoking(&[5], 1))
        .unwrap();
    let store = scene.open();
    let partition = store.partitions().remove(0);
    let mention = store.mentions(Purpose::JpkiSigning, &"05".parse().unwrap());
    let origin = ListOrigin {
        label: "Kiyose".to_owned(),
        ..ListOrigin::default()
    };
    let printed = format!(
        "{store:?} {partition:?} {mention:?} {origin:?} {:?}",
        scene.begin()
    );
    assert!(!printed.contains("Kiyose"), "{printed}");
    assert!(!printed.contains("05]"), "{printed}");
    for file in scene.files("index") {
        assert!(!file.to_str().unwrap().contains("Kiyose"));
    }
}
