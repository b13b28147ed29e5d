//! The store of sessions in memory does what every store of sessions does.

use std::sync::Arc;

use tashika_tower::MemorySessions;

use crate::session_suite::{CAPACITY, PER_CLIENT, SUITE};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_passes_the_suite_of_stores() {
    for (name, case) in SUITE {
        println!("{name}");
        case(Arc::new(MemorySessions::new(CAPACITY, PER_CLIENT))).await;
    }
}
