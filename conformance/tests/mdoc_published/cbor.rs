//! RFC 8949, appendix A: examples of encoded data items.
//!
//! Each stands in an engagement, under a key that has no meaning, where
//! anything that is well-formed may stand.

use libtest_mimic::Failed;
use serde::Deserialize;
use tashika::Code;
use tashika::mdoc::engagement::DeviceEngagement;
use tashika::mdoc::{Curve, EphemeralKey};

use crate::{Check, hex, same};

pub(crate) const CHECKS: &[(&str, Check)] = &[("well_formed", well_formed), ("cut", cut)];

/// RFC 7049 had it among its examples, and RFC 8949, 3.3, forbids it: a simple
/// value below 32 in two octets.
const FORBIDDEN: &str = "f818";

#[derive(Deserialize)]
struct Row {
    hex: String,
}

/// An engagement with `item` in it.
fn engagement(item: &[u8]) -> Result<Vec<u8>, Failed> {
    let key = EphemeralKey::generate(Curve::P256)?.cose_key();
    let length = u8::try_from(key.len())?;
    let security = [&[0x82, 0x01, 0xd8, 0x18, 0x58, length], &*key].concat();
    Ok([&b"\xa3\x00\x631.0\x01"[..], &security, b"\x18\x63", item].concat())
}

fn code(item: &[u8]) -> Result<Option<Code>, Failed> {
    let outcome = DeviceEngagement::from_cbor(&engagement(item)?);
    Ok(outcome.err().map(|error| error.code()))
}

fn well_formed(text: &str) -> Result<(), Failed> {
    let rows: Vec<Row> = serde_json::from_str(text)?;
    same("the number of rows", &rows.len(), &82)?;
    for row in rows {
        let expected = (row.hex == FORBIDDEN).then_some(Code::InputSession);
        same(&row.hex, &code(&hex(&row.hex)?)?, &expected)?;
    }
    Ok(())
}

/// No example is whole without its last octet.
fn cut(text: &str) -> Result<(), Failed> {
    let rows: Vec<Row> = serde_json::from_str(text)?;
    for row in rows {
        let item = hex(&row.hex)?;
        let (_, start) = item.split_last().ok_or("an empty row")?;
        same(&row.hex, &code(start)?, &Some(Code::InputSession))?;
    }
    Ok(())
}
