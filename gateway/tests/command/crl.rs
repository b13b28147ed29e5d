//! `tashika crl`.

use tashika_testbed::Reason;

use crate::desk::Desk;

#[test]
fn a_list_is_shown_without_its_serial_numbers() {
    let desk = Desk::new();
    desk.write_revoked("revoked", Reason::AffiliationChanged);
    let list = "@revoked/Signing-0.crl";
    desk.run_showing(&["crl", "show", list]).exits(0).says(&[
        "unverified",
        "Kiyose-shi CRLDP",
        "entries      1",
        "affiliationChanged",
    ]);
    let shown = desk
        .run_showing(&["crl", "show", list, "--json"])
        .exits(0)
        .json();
    assert_eq!(shown["entries"], 1);
    assert_eq!(shown["reasons"]["affiliationChanged"], 1);
    assert_eq!(shown["this_update"], "2027-01-15T07:00:00Z");
    desk.run(&["crl", "show", "@contract.txt"])
        .complains(&["contract.txt", "input.crl"]);
}
