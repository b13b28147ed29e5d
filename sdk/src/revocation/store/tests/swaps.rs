//! Whole files in the wrong place: each is as it was written, and none is
//! what the manifest means.

use std::fs;
use std::path::PathBuf;

use super::*;

/// The files of the store, by their names.
fn contents(scene: &Scene, ending: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let files = scene.files(ending).into_iter();
    files
        .map(|f| {
            let octets = fs::read(&f).unwrap();
            (f, octets)
        })
        .collect()
}

#[test]
fn a_store_made_anew_is_not_taken_for_the_one_before() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A").revoking(&[6], 1)).unwrap();
    let store = scene.open();
    let (five, six) = (scene.query(5, "A"), scene.query(6, "A"));
    assert_eq!(state(&store, &five), GOOD);
    // Its partitions and generations are counted from the beginning again.
    fs::remove_dir_all(scene.path()).unwrap();
    scene.sync(&scene.list(2, "A").revoking(&[5], 1)).unwrap();
    assert!(store.reload().unwrap());
    assert!(matches!(state(&store, &five), State::Revoked { .. }));
    assert_eq!(state(&store, &six), GOOD);
}

#[test]
fn a_file_that_could_not_be_opened_is_tried_again() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A").revoking(&[5], 1)).unwrap();
    let (file, aside) = (scene.file(), scene.path().join("aside"));
    let stores = [scene.open(), {
        fs::rename(&file, &aside).unwrap();
        scene.open()
    }];
    // Neither there nor gone: it leads to itself.
    std::os::unix::fs::symlink(&file, &file).unwrap();
    let query = scene.query(6, "A");
    for store in &stores {
        assert_eq!(state(store, &query), undetermined(Code::RevocationDamaged));
    }
    fs::rename(&aside, &file).unwrap();
    for store in &stores {
        assert_eq!(state(store, &query), GOOD);
        assert!(matches!(
            state(store, &scene.query(5, "A")),
            State::Revoked { .. }
        ));
    }
}

#[test]
fn the_file_of_another_partition_says_nothing() {
    let scene = Scene::new();
    let update = scene.begin();
    for (name, serial) in [("A", 5), ("B", 6)] {
        let list = scene.list(1, name).revoking(&[serial], 1);
        scene.take(&update, &list).unwrap();
    }
    update.finish().unwrap();
    let [(a, of_a), (b, of_b)] = &*contents(&scene, "index") else {
        panic!()
    };
    assert_eq!(of_a.len(), of_b.len());
    fs::write(a, of_b).unwrap();
    fs::write(b, of_a).unwrap();
    for (serial, name) in [(5, "A"), (6, "A"), (7, "A"), (7, "B")] {
        let damaged = undetermined(Code::RevocationDamaged);
        assert_eq!(scene.state(serial, name), damaged);
    }
}

#[test]
fn an_earlier_file_of_the_same_partition_says_nothing() {
    let scene = Scene::new();
    scene.sync(&scene.list(1, "A").revoking(&[6], 1)).unwrap();
    scene.sync(&scene.list(2, "A").revoking(&[5], 1)).unwrap();
    let [(_, earlier), (present, _)] = &*contents(&scene, "index") else {
        panic!()
    };
    fs::write(present, earlier).unwrap();
    let damaged = undetermined(Code::RevocationDamaged);
    assert_eq!(scene.state(5, "A"), damaged);
    assert_eq!(scene.state(7, "A"), damaged);
}

#[test]
fn a_store_that_lost_its_manifests_is_no_new_one() {
    let scene = Scene::new();
    scene.sync(&scene.list(7, "A").revoking(&[5], 1)).unwrap();
    for name in ["manifest", "manifest.previous"] {
        let _ = fs::remove_file(scene.path().join(name));
    }
    // A new one would take the list before and call the certificate good.
    let opened = ListStore::open(&scene.path(), scene.trust());
    assert!(matches!(opened, Err(StoreError::Damaged)));
    let begun = scene.try_begin(Recovery::Refuse);
    assert!(matches!(begun, Err(StoreError::Damaged)));
    let update = scene.try_begin(Recovery::Rebuild).unwrap();
    assert_eq!(update.recovered(), Some(Recovered::Files));
}

#[test]
fn an_update_that_ended_before_its_first_commit_is_no_damage() {
    let scene = Scene::new();
    let update = scene.begin();
    scene.take(&update, &scene.list(7, "A")).unwrap();
    drop(update);
    assert_eq!(scene.open().partitions().len(), 0);
    assert_eq!(scene.sync(&scene.list(7, "A")), Ok(Outcome::First));
    assert_eq!(scene.state(5, "A"), GOOD);
}

#[test]
fn a_twin_does_not_stand_in_for_a_list_that_is_lost() {
    let scene = Scene::new();
    let (list, twin) = (scene.list(7, "A").revoking(&[5], 1), scene.list(7, "A"));
    scene.sync(&list).unwrap();
    fs::write(scene.file(), b"").unwrap();
    for outcome in [Outcome::Kept, Outcome::Unchanged] {
        assert_eq!(scene.sync(&twin), Ok(outcome));
        assert_eq!(scene.state(5, "A"), undetermined(Code::RevocationNumber));
    }
    fs::write(scene.file(), b"").unwrap();
    assert_eq!(scene.sync(&twin), Ok(Outcome::Kept));
    assert_eq!(scene.state(5, "A"), undetermined(Code::RevocationNumber));
    assert_eq!(scene.sync(&list), Ok(Outcome::Repaired));
    assert!(scene.is_revoked(5, "A"));
    assert_eq!(scene.state(6, "A"), GOOD);
}

#[test]
fn what_lists_dropped_is_not_forgotten_in_silence() {
    let scene = Scene::new();
    let list = |number| scene.list(number, "A");
    scene.sync(&list(1).revoking(&[5], 6)).unwrap();
    scene.sync(&list(2)).unwrap();
    scene.sync(&list(3)).unwrap();
    assert!(scene.is_revoked(5, "A"));
    let damage = |files: &[PathBuf]| files.iter().for_each(|f| fs::write(f, b"").unwrap());
    let again = || {
        let update = scene.begin();
        let der = scene.ca.sign_list(&list(3));
        let origin = ListOrigin::default();
        let taken = update.take(&*der, der.len() as u64, &origin, now());
        update.finish().unwrap();
        taken.map(|t| (t.outcome, t.forgotten)).unwrap()
    };
    // The file before still has it.
    damage(&[scene.file()]);
    assert_eq!(again(), (Outcome::Repaired, 0));
    assert!(scene.is_revoked(5, "A"));
    damage(&scene.files("index"));
    assert_eq!(again(), (Outcome::Repaired, 1));
    assert_eq!(again(), (Outcome::Unchanged, 0));
}

/// Serial numbers of the lists of two stores: as many in each.
const PARTITIONS: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

#[test]
fn the_summary_of_another_store_hides_nothing() {
    let scene = Scene::new();
    let fill = |revoked: u8| {
        let update = scene.begin();
        for (name, serial) in PARTITIONS.into_iter().zip(revoked..) {
            let list = scene.list(1, name).revoking(&[serial], 1);
            scene.take(&update, &list).unwrap();
        }
        update.finish().unwrap();
        contents(&scene, "summary")
    };
    let other = fill(20);
    fs::remove_dir_all(scene.path()).unwrap();
    let own = fill(40);
    let ([(other, of_other)], [(own, of_own)]) = (&*other, &*own) else {
        panic!()
    };
    assert_eq!((other, of_other.len()), (own, of_own.len()));
    // Listed under F, asked for under A: only the summary knows.
    assert!(scene.is_revoked(45, "A"));
    fs::write(own, of_other).unwrap();
    assert!(scene.is_revoked(45, "A"));
    fs::remove_file(own).unwrap();
    assert!(scene.is_revoked(45, "A"));
}
