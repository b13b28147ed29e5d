//! What a server, a database or a role is set to does not weaken what is kept, and
//! what a database undoes is asked again.

use tashika::Code;
use tashika_tower::PostgresTransactions;

use crate::Case;
use crate::fixture::{World, block_on, limits, over_socket, put, take, transactions};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("commits_are_durable", commits_are_durable),
    ("a_stricter_commit_stays_so", a_stricter_commit_stays_so),
    (
        "what_the_database_undoes_is_asked_again",
        what_the_database_undoes_is_asked_again,
    ),
    (
        "what_it_always_undoes_is_given_up",
        what_it_always_undoes_is_given_up,
    ),
];

/// Has the database write down under which settings rows come and go.
const WITNESS: &str = "
CREATE TABLE public.seen (operation text, settings text);
CREATE FUNCTION public.see() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.seen VALUES (TG_OP, concat_ws(' ',
        current_setting('synchronous_commit'), current_setting('transaction_isolation'),
        current_setting('statement_timeout'), current_setting('lock_timeout')));
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER see BEFORE INSERT OR DELETE ON tashika.kept
    FOR EACH ROW EXECUTE FUNCTION public.see()";

/// Under which settings something is put and taken in a database that is set so.
fn seen(world: &World, name: &str, settings: &[&str]) -> String {
    let server = world.server();
    world.database(name);
    server.sql(name, WITNESS).unwrap();
    for setting in settings {
        let sql = format!("ALTER DATABASE {name} SET {setting}");
        server.sql(name, &sql).unwrap();
    }
    let store = transactions(over_socket(server, name, limits()), "tenant");
    block_on(async {
        assert_eq!(put(&store, 1).await, Ok(()));
        assert_eq!(take(&store, 1).await, Ok(()));
    });
    server.sql(name, "SELECT * FROM public.seen").unwrap()
}

fn commits_are_durable(world: &World) {
    for (name, weaker) in [("off", "off"), ("lost", "local"), ("sent", "remote_write")] {
        let weaker = format!("synchronous_commit = {weaker}");
        let settings = [
            &*weaker,
            "default_transaction_isolation = serializable",
            "statement_timeout = 0",
        ];
        assert_eq!(
            seen(world, &format!("durable_{name}"), &settings),
            "INSERT|on read committed 1min 1min\nDELETE|on read committed 1min 1min"
        );
    }
}

fn a_stricter_commit_stays_so(world: &World) {
    assert_eq!(
        seen(world, "stricter", &["synchronous_commit = remote_apply"]),
        "INSERT|remote_apply read committed 1min 1min\n\
         DELETE|remote_apply read committed 1min 1min"
    );
}

/// A database that undoes everything but each nth statement that changes a row,
/// with this code.
fn undoing(world: &World, name: &str, code: &str, nth: u32) -> PostgresTransactions {
    let store = world.database(name);
    let sql = format!(
        "CREATE SEQUENCE public.times;
         CREATE FUNCTION public.undo() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF nextval('public.times') % {nth} <> 0 THEN
                 RAISE EXCEPTION 'undone' USING ERRCODE = '{code}';
             END IF;
             RETURN coalesce(NEW, OLD);
         END $$;
         CREATE TRIGGER undo BEFORE INSERT OR DELETE ON tashika.kept
             FOR EACH ROW EXECUTE FUNCTION public.undo()"
    );
    world.server().sql(name, &sql).unwrap();
    store
}

fn times(world: &World, name: &str) -> String {
    let times = "SELECT last_value FROM public.times";
    world.server().sql(name, times).unwrap()
}

fn what_the_database_undoes_is_asked_again(world: &World) {
    for (name, code) in [("serialization", "40001"), ("deadlock", "40P01")] {
        let store = undoing(world, name, code, 4);
        block_on(async {
            assert_eq!(put(&store, 1).await, Ok(()));
            assert_eq!(take(&store, 1).await, Ok(()));
            assert_eq!(take(&store, 1).await, Err(Code::TransactionUnknown));
        });
        assert_eq!(times(world, name), "8");
    }
}

fn what_it_always_undoes_is_given_up(world: &World) {
    let store = undoing(world, "hopeless", "40001", u32::MAX);
    let undetermined = Err(Code::TransactionStore);
    assert_eq!(block_on(put(&store, 1)), undetermined);
    assert_eq!(times(world, "hopeless"), "8");
    // Nothing else is asked twice: it may have been done.
    let store = undoing(world, "broken", "58030", u32::MAX);
    assert_eq!(block_on(put(&store, 1)), undetermined);
    assert_eq!(times(world, "broken"), "1");
}
