//! Chains of audit records on disk: written by many at once, killed, out of
//! room, moved away, tampered with, and computed again by somebody else.
//!
//! Some of it takes a process that dies: this program, told by its environment
//! to be one.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what cannot be set up fails the test"
)]

mod bench;
mod evidence;
mod full;
mod killed;
mod moved;
mod phone;
mod python;
mod record;
mod resumed;
mod together;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

macro_rules! trials {
    ($($module:ident::$test:ident),+ $(,)?) => {
        vec![$(trial(stringify!($test), $module::$test)),+]
    };
}

/// What a child of this program is to do.
const CHILD: &str = "TASHIKA_AUDIT_CHILD";

fn main() -> ExitCode {
    match std::env::var(CHILD).as_deref() {
        Ok("writes") => return killed::write_until_killed(),
        Ok("fills") => return full::fill(),
        _ => {}
    }
    let mut trials = trials![
        together::many_write_at_once,
        together::a_full_queue_refuses,
        together::nobody_waits_for_nothing,
        killed::killed_at_any_moment,
        full::a_disk_that_is_full,
        moved::moved_away,
        moved::changed_under_the_writer,
        moved::a_directory_that_is_gone,
        resumed::files_follow_days_and_sizes,
        resumed::one_writer_at_a_time,
        resumed::keys_change_in_the_chain,
        resumed::a_torn_end_is_removed,
        resumed::a_changed_end_is_refused,
        resumed::files_are_private,
        evidence::evidence_is_kept_and_erased,
        evidence::evidence_without_a_record_goes,
        evidence::evidence_whose_records_were_taken_stays,
        evidence::evidence_that_is_not_safe_goes,
        evidence::the_first_evidence_without_a_record_goes,
        record::what_a_signature_leaves,
        record::what_a_login_leaves,
        record::what_a_refusal_leaves,
        phone::what_a_presentation_leaves,
        phone::what_an_age_check_leaves,
        record::letters_follow_the_day,
    ];
    let again = trial("computed_again", python::computed_again);
    trials.push(again.with_ignored_flag(!python::is_here()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(name: &str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok::<(), Failed>(())
    })
}
