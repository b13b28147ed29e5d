//! Op `parse`: reading alone, without believing.

use tashika::auth_app::KeySet;
use tashika::cms;
use tashika::mdoc::DeviceResponse;
use tashika::revocation::{CertificateList, OcspResponse};
use tashika::x509::Certificate;

use crate::judge::answer::{Finding, Refusal};
use crate::judge::jws;
use crate::judge::row::Row;

pub(super) fn parse(row: &Row) -> Result<Finding, Refusal> {
    match row.kind()? {
        "certificate" => {
            Certificate::from_der(row.target()?)?;
        }
        "crl" => {
            CertificateList::from_der(row.target()?)?;
        }
        "ocsp" => {
            OcspResponse::from_der(row.target()?)?;
        }
        "mdoc" => {
            DeviceResponse::read(row.target()?)?;
        }
        "jwks" => {
            KeySet::read(row.written()?.json())?;
        }
        "jwt" => jws::parse(row)?,
        "cms" => cms::check_encoding(row.target()?)?,
        _ => return Err(Refusal::Unsupported),
    }
    Ok(Finding::ACCEPTED)
}
