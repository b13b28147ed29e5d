//! What the parts come to together.

use crate::revocation::health::*;
use crate::time::Duration;

const NOW: Time = Time::from_unix(1_761_800_000);
const EVERYWHERE: &[Channel] = &Channel::ALL;

fn situation(ourselves: OurState, sources: &[SourceState], issuance: Issuance) -> Situation {
    let notice = Notice::new(EVERYWHERE, issuance, NOW);
    let health = Health::at(NOW, ourselves, Needs::One, sources, &[notice]);
    health.of(Channel::IPhone).situation()
}

#[test]
fn the_three_are_told_apart() {
    use Issuance as I;
    use SourceState as S;
    for (ourselves, source, issuance, expected) in [
        (
            OurState::Working,
            S::Working,
            I::Working,
            Situation::Working,
        ),
        (
            OurState::Working,
            S::Working,
            I::Stopped,
            Situation::IssuanceStopped,
        ),
        (
            OurState::Working,
            S::Working,
            I::Unknown,
            Situation::IssuanceUnknown,
        ),
        (
            OurState::Working,
            S::Partly,
            I::Stopped,
            Situation::RevocationPartly,
        ),
        (
            OurState::Working,
            S::Down,
            I::Working,
            Situation::RevocationDown,
        ),
        (
            OurState::Working,
            S::Down,
            I::Stopped,
            Situation::RevocationDown,
        ),
        (
            OurState::Working,
            S::Unknown,
            I::Working,
            Situation::Unknown,
        ),
        (
            OurState::Unknown,
            S::Working,
            I::Working,
            Situation::Unknown,
        ),
        (
            OurState::ClockWrong,
            S::Down,
            I::Stopped,
            Situation::WeAreDown,
        ),
        (
            OurState::StoreBroken,
            S::Working,
            I::Working,
            Situation::WeAreDown,
        ),
        (
            OurState::Overloaded,
            S::Working,
            I::Working,
            Situation::WeAreDown,
        ),
        (OurState::CutOff, S::Down, I::Unknown, Situation::WeAreDown),
    ] {
        assert_eq!(situation(ourselves, &[source], issuance), expected);
    }
    let nothing = situation(OurState::Working, &[], Issuance::Working);
    assert_eq!(nothing, Situation::Unknown);
}

#[test]
fn what_nobody_knows_is_never_shown_as_working() {
    for ourselves in [OurState::Working, OurState::Unknown] {
        for source in [SourceState::Working, SourceState::Unknown] {
            for issuance in [Issuance::Working, Issuance::Unknown] {
                let known = ourselves == OurState::Working
                    && source == SourceState::Working
                    && issuance == Issuance::Working;
                let shown = situation(ourselves, &[source], issuance);
                assert_eq!(shown == Situation::Working, known);
            }
        }
    }
    assert_eq!(SourceState::of_lists(0, 0), SourceState::Unknown);
    assert_eq!(SourceState::of_lists(2, 0), SourceState::Down);
    assert_eq!(SourceState::of_lists(2, 1), SourceState::Partly);
    assert_eq!(SourceState::of_lists(2, 2), SourceState::Working);
}

#[test]
fn one_source_or_all_of_them() {
    use SourceState::{Down, Partly, Unknown, Working};
    for (sources, one, all) in [
        (&[Working, Down][..], Working, Down),
        (&[Partly, Working], Working, Partly),
        (&[Unknown, Down], Unknown, Down),
        (&[Unknown, Working], Working, Unknown),
        (&[], Unknown, Unknown),
    ] {
        assert_eq!(SourceState::together(Needs::One, sources), one);
        assert_eq!(SourceState::together(Needs::All, sources), all);
    }
}

#[test]
fn a_channel_may_have_sources_of_its_own() {
    let working = [SourceState::Working];
    let notice = Notice::new(EVERYWHERE, Issuance::Working, NOW);
    let health = Health::at(NOW, OurState::Working, Needs::One, &working, &[notice]);
    let health = health.with_sources(Channel::Android, Needs::One, &[SourceState::Down]);
    assert_eq!(health.of(Channel::Card).situation(), Situation::Working);
    assert_eq!(
        health.of(Channel::Android).situation(),
        Situation::RevocationDown
    );
    let shown = serde_json::to_value(&health).unwrap();
    assert_eq!(shown["channels"][1]["channel"], "android");
    assert_eq!(shown["channels"][1]["situation"], "revocation_down");
    assert_eq!(shown["channels"][2]["issuance"], "working");
}

#[test]
fn thirty_four_hours_in_october() {
    let stopped: Time = "2025-10-30T00:00:00+09:00".parse().unwrap();
    let lists = [SourceState::of_lists(3482, 3482)];
    let notice = Notice::new(EVERYWHERE, Issuance::Stopped, stopped);
    let at = |now| {
        Health::at(
            now,
            OurState::Working,
            Needs::One,
            &lists,
            std::slice::from_ref(&notice),
        )
    };
    for hours in [0, 12, 24] {
        let health = at(stopped.plus(Duration::hours(hours)));
        assert_eq!(
            health.of(Channel::Card).situation(),
            Situation::IssuanceStopped
        );
    }
    // Somebody has to say so again, or to say that it is over.
    let health = at(stopped.plus(Duration::hours(25)));
    assert_eq!(
        health.of(Channel::Card).situation(),
        Situation::IssuanceUnknown
    );
}
