//! `tashika crl sync`, `status`, `lookup` and `diff`, and `tashika verify --store`.

use tashika_testbed::Reason;

use crate::desk::{Answer, Desk};

const TRUST: [&str; 4] = ["--trust", "@trust", "--environment", "test"];

impl Desk {
    /// `tashika crl … --store @store`, under the testbed's anchors.
    fn store(&self, arguments: &[&str]) -> Answer {
        let store = ["--store", "@store"];
        self.run_showing(&[&["crl"], arguments, &store, &TRUST].concat())
    }

    fn sync(&self, sources: &[&str]) -> Answer {
        self.store(&[&["sync"], sources].concat())
    }
}

#[test]
fn a_store_answers_as_the_lists_do() {
    let desk = Desk::new();
    desk.sync(&["@lists"]).exits(0).says(&["first        10"]);
    let verify = ["cert", "@sign.der", "--store", "@store"];
    desk.verify(&verify).exits(0).says(&["revocation  good"]);
    desk.sync(&["@lists"]).exits(0).says(&["unchanged    10"]);
    desk.write_revoked("revoked", Reason::Superseded);
    let report = desk.sync(&["@revoked", "--json"]).exits(0).json();
    assert_eq!(report["lists"].as_array().unwrap().len(), 5);
    desk.verify(&verify).exits(1).says(&["revoked.superseded"]);
}
