//! The example of the layers that needs a server.

use crate::Case;
use crate::fixture::World;

#[expect(dead_code, reason = "its `main` reads arguments")]
#[path = "../../../middleware/examples/postgres.rs"]
mod postgres;

pub(crate) const CASES: &[(&str, Case)] =
    &[("two_nodes_on_one_database", two_nodes_on_one_database)];

fn two_nodes_on_one_database(world: &World) {
    let server = world.server();
    server.database("example").unwrap();
    postgres::run(&server.over_socket("example")).unwrap();
}
