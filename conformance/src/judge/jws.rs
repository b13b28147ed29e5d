//! Op `jws`: a signed token and the keys of whoever signed it.

use tashika::auth_app::{JwsAlgorithm, KeySet, SignedToken, TokenKind};

use crate::judge::answer::{Finding, Refusal};
use crate::judge::row::Row;

const KNOWN: [JwsAlgorithm; 2] = [JwsAlgorithm::Es256, JwsAlgorithm::Rs256];

pub(super) fn jws(row: &Row) -> Result<Finding, Refusal> {
    let allowed = allowed(row.algorithms()?);
    let token = row.written()?.token();
    let token = SignedToken::read(&token, TokenKind::DangerAny, &allowed)?;
    let keys = KeySet::read(row.jwks()?.json())?;
    token.danger_verify(&keys)?;
    Ok(Finding::ACCEPTED)
}

/// The header of a token alone: its payload is not read before it is verified.
pub(super) fn parse(row: &Row) -> Result<(), Refusal> {
    let token = row.written()?.token();
    SignedToken::read(&token, TokenKind::DangerAny, &KNOWN)?;
    Ok(())
}

/// Algorithms that we do not know are allowed in vain.
fn allowed(names: &[String]) -> Vec<JwsAlgorithm> {
    let is_named = |known: &JwsAlgorithm| names.iter().any(|name| name == known.as_str());
    KNOWN.into_iter().filter(is_named).collect()
}
