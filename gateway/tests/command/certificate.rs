//! `tashika certificate`.

use crate::desk::{Desk, terminal_orders};

#[test]
fn a_certificate_is_shown_with_its_person_masked() {
    let desk = Desk::new();
    for file in ["@sign.der", "@sign.pem", "@auth.der"] {
        desk.run(&["certificate", "show", file]).exits(0).says(&[
            "unverified",
            "subject      (masked)",
            "keyUsage",
        ]);
        let shown = desk
            .run(&["certificate", "show", file, "--json"])
            .exits(0)
            .json();
        assert_eq!(shown["sha256"], "(masked)");
        assert_eq!(shown["serial"], "(masked)");
        assert_eq!(shown["not_after"], "(masked)");
    }
    desk.run_showing(&["certificate", "show", "@sign.der", "--show-attributes"])
        .exits(0)
        .says(&["Kiyose-shi CRLDP", "架空　花子"]);
    desk.run(&["certificate", "show", "@trust/Signing-Third.cer"])
        .exits(0)
        .says(&["O=JPKI-TEST", "cA true", "sha256       "]);
    desk.run(&["certificate", "show", "@contract.txt"])
        .exits(1)
        .complains(&["contract.txt", "input.certificate"]);
}

#[test]
fn a_certificate_gives_no_orders_to_a_terminal() {
    let desk = Desk::new();
    desk.write("orders.der", terminal_orders());
    for options in [
        &[][..],
        &["--show-attributes"],
        &["--show-attributes", "--json"],
    ] {
        let shown = desk.run_showing(&[&["certificate", "show", "@orders.der"], options].concat());
        let shown = shown.exits(0);
        assert!(!shown.stdout.contains(['\u{1b}', '\u{202e}']), "{shown}");
    }
    desk.run_showing(&["certificate", "show", "@orders.der", "--show-attributes"])
        .says(&["=\\u{1b}[2J\\u{202e}"]);
}
