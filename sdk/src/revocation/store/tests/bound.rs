//! Lists that state no scope, and what configuration makes of them.

use super::*;
use crate::revocation::testing::uri;
use crate::revocation::{Coverage, DistributionPointName, Source};

impl Scene {
    /// Takes a list of a source that configuration binds, with an update of its
    /// own.
    fn sync_from(&self, source: &ListOrigin, list: &ListFields) -> Result<Outcome, Code> {
        let update = self.begin();
        let outcome = self.take_from(&update, list, source);
        update.finish().unwrap();
        outcome
    }
}

fn to(name: &str) -> Binding {
    let name = directory(name);
    Binding::to(DistributionPointName::from_der(&name).unwrap())
}

fn source(label: &str, binding: Binding) -> ListOrigin {
    ListOrigin {
        label: label.to_owned(),
        validators: b"tag".to_vec(),
        binding,
    }
}

const NO_SCOPE: State = undetermined(Code::RevocationNoScope);

#[test]
fn a_binding_makes_a_list_without_a_scope_answer() {
    let scene = Scene::new();
    let list = scene.ca.unscoped_list(7).revoking(&[5], 4);
    assert_eq!(scene.sync(&list), Ok(Outcome::First));
    assert_eq!(scene.state(6, "A"), NO_SCOPE);
    let bound = scene.sync_from(&source("a", to("A")), &list);
    assert_eq!(bound, Ok(Outcome::First));
    // A store that is opened anew knows.
    let store = scene.open();
    let status = store.status(&scene.query(6, "A"), &PRODUCTION, now());
    assert_eq!(status.state(), GOOD);
    let Some(Source::List(evidence)) = status.source() else {
        panic!()
    };
    assert_eq!(evidence.coverage(), Coverage::Configured);
    assert!(scene.is_revoked(5, "A") && scene.is_revoked(5, "B"));
    assert_eq!(scene.state(6, "B"), NO_SCOPE);
    let partitions = store.partitions();
    let configured: Vec<_> = partitions.iter().map(|p| p.is_configured()).collect();
    assert_eq!(configured, [false, true]);
}

#[test]
fn a_bound_series_has_numbers_of_its_own() {
    let scene = Scene::new();
    let (a, b) = (source("a", to("A")), source("b", to("B")));
    let list = |number| scene.ca.unscoped_list(number);
    assert_eq!(scene.sync_from(&a, &list(7)), Ok(Outcome::First));
    assert_eq!(scene.sync_from(&b, &list(3)), Ok(Outcome::First));
    assert_eq!(scene.sync_from(&a, &list(8)), Ok(Outcome::Replaced));
    let older = scene.sync_from(&a, &list(7).revoking(&[5], 1));
    assert_eq!(older, Err(Code::RevocationNumber));
    assert!(scene.is_revoked(5, "A"));
    assert_eq!((scene.state(6, "A"), scene.state(6, "B")), (GOOD, GOOD));
}

#[test]
fn a_list_that_states_its_scope_is_not_bound() {
    let scene = Scene::new();
    for name in ["A", "B"] {
        let bound = scene.sync_from(&source("a", to("A")), &scene.list(1, name));
        assert_eq!(bound, Err(Code::MisuseArgument));
    }
    assert_eq!(scene.open().partitions().len(), 0);
}

#[test]
fn a_binding_that_is_withdrawn_says_nothing_any_more() {
    for later in [Binding::none(), to("B")] {
        let scene = Scene::new();
        let list = scene.ca.unscoped_list(7).revoking(&[5], 4);
        let first = source("a", to("A"));
        assert_eq!(scene.sync_from(&first, &list), Ok(Outcome::First));
        assert_eq!(scene.state(6, "A"), GOOD);
        let next = source("a", later);
        assert_eq!(scene.sync_from(&next, &list), Ok(Outcome::First));
        assert_eq!(scene.state(6, "A"), NO_SCOPE);
        assert!(scene.is_revoked(5, "A"));
        let withheld = |store: &ListStore| store.partitions()[0].withheld();
        assert_eq!(withheld(&scene.open()), Some(Code::RevocationNoScope));
        // It may be right after all.
        let again = scene.sync_from(&first, &list);
        assert_eq!(again, Ok(Outcome::Unchanged));
        assert_eq!(scene.state(6, "A"), GOOD);
    }
}

#[test]
fn a_mirror_is_asked_anew_under_another_binding() {
    let scene = Scene::new();
    let list = scene.ca.unscoped_list(7);
    scene.sync_from(&source("a", to("A")), &list).unwrap();
    let update = scene.begin();
    let tag = Some(b"tag".to_vec());
    assert_eq!(update.validators("a", &to("A")), tag);
    assert!(update.unchanged("a", &to("A"), now()));
    for other in [Binding::none(), to("B")] {
        assert_eq!(update.validators("a", &other), None);
        assert!(!update.unchanged("a", &other, now()));
    }
    let none = source("a", Binding::none());
    assert_eq!(scene.take_from(&update, &list, &none), Ok(Outcome::First));
    assert!(!update.unchanged("a", &to("A"), now()));
    update.finish().unwrap();
    assert_eq!(scene.state(6, "A"), NO_SCOPE);
}

#[test]
fn a_certificate_says_how_its_distribution_point_is_written() {
    let ca = Ca::new("CA");
    let binding = |points: Option<&[u8]>| {
        let leaf = ca.leaf(&[5], points);
        Binding::of_certificate(&leaf)
    };
    let a = directory("A");
    assert_eq!(
        binding(Some(&one_point(std::slice::from_ref(&a)))).unwrap(),
        to("A")
    );
    let garbage = Binding::of_certificate(b"0").unwrap_err();
    assert_eq!(garbage.code(), Code::InputCertificate);
    let two = one_point(&[a, uri("ldap://a")]);
    for points in [None, Some(&*two)] {
        let refused = binding(points).unwrap_err();
        assert_eq!(refused.code(), Code::MisuseArgument);
    }
    assert_eq!(format!("{:?}", to("Kiyose")), "Binding(true)");
}
