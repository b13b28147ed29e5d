//! Op `sig`: a bare signature.

use crate::judge::answer::{Finding, Refusal};
use crate::judge::lax;
use crate::judge::row::Row;

pub(super) fn sig(row: &Row) -> Result<Finding, Refusal> {
    let flags = row.flags();
    let scheme = lax::scheme(row.alg()?, &flags)?;
    let key = lax::algorithms(&flags)?.public_key(row.key()?)?;
    key.danger_verify(scheme, row.message()?, row.signature()?)?;
    Ok(Finding::ACCEPTED)
}
