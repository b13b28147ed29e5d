//! The mandatory elements of a driving licence, and some more.

use super::{Elements, LICENCE_NAME_SPACE};
use crate::mdoc::Cbor;

impl Elements {
    /// A driving licence of nobody (ISO/IEC 18013-5, 7.2.1).
    #[must_use]
    pub fn licence(portrait: &[u8]) -> Self {
        let privilege = Cbor::map([
            ("vehicle_category_code", Cbor::from("B")),
            ("issue_date", Cbor::full_date("2024-04-01")),
            ("expiry_date", Cbor::full_date("2032-03-31")),
        ]);
        let values = [
            ("family_name", Cbor::from("Sample")),
            ("given_name", "Alex".into()),
            ("birth_date", Cbor::full_date("1990-02-28")),
            ("issue_date", Cbor::full_date("2024-04-01")),
            ("expiry_date", Cbor::full_date("2032-03-31")),
            ("issuing_country", "US".into()),
            ("issuing_authority", "TEST Department".into()),
            ("issuing_jurisdiction", "US-TEST".into()),
            ("document_number", "TEST-0000001".into()),
            ("portrait", portrait.into()),
            ("driving_privileges", Cbor::array([privilege])),
            ("un_distinguishing_sign", "USA".into()),
            ("sex", 9.into()),
            ("age_in_years", 36.into()),
            ("age_over_18", true.into()),
            ("age_over_21", true.into()),
        ];
        values
            .into_iter()
            .fold(Self::new(), |elements, (name, value)| {
                elements.with(LICENCE_NAME_SPACE, name, value)
            })
    }
}
