//! People who log in, and how userinfo speaks of them.

use std::fmt;

use serde_json::{Value, json};

use crate::{Credential, Hash, Person};

/// Somebody with a card and the app.
#[derive(Clone)]
pub struct Citizen {
    /// How this side calls the person; no relying party sees it.
    pub id: String,
    /// 氏名, one string.
    pub name: String,
    /// 住所.
    pub address: String,
    /// 生年月日 as YYYYMMDD, zeros for what is unknown.
    pub birth_date: String,
    /// 性別: 1 male, 2 female, anything else neither.
    pub sex: String,
    /// Certificate and key of the card for signing documents (署名用).
    pub signing: Option<Credential>,
    /// Whether the certificates of the card are revoked.
    pub is_revoked: bool,
}

impl Citizen {
    /// A person of the testbed under a name of this side's own.
    #[must_use]
    pub fn new(id: &str, person: &Person) -> Self {
        Self {
            id: id.to_owned(),
            name: person.name.clone(),
            address: person.address.clone(),
            // The first digit is the era.
            birth_date: person.birth_date.chars().skip(1).collect(),
            sex: person.sex.clone(),
            signing: None,
            is_revoked: false,
        }
    }

    /// The same with a card whose certificates are revoked: the provider refuses it.
    #[must_use]
    pub fn revoked(mut self) -> Self {
        self.is_revoked = true;
        self
    }

    /// The same with a card that can sign documents.
    #[must_use]
    pub fn signing(mut self, credential: &Credential) -> Self {
        self.signing = Some(credential.clone());
        self
    }

    /// The value of a claim in a form; none if there is no claim of that name.
    pub(super) fn claim(&self, name: &str, form: ClaimForm) -> Option<Value> {
        let oidc = form == ClaimForm::Oidc;
        Some(match name {
            "name" => json!(self.name),
            "address" if oidc => json!({ "formatted": self.address }),
            "address" => json!(self.address),
            "birthdate" if oidc => json!(self.dashed()),
            "birthdate" => json!(self.birth_date),
            "gender" if oidc => json!(match self.sex.as_str() {
                "1" => "male",
                "2" => "female",
                _ => "unknown",
            }),
            "gender" => json!(self.sex),
            _ => return None,
        })
    }

    fn dashed(&self) -> String {
        let part = |range| self.birth_date.get(range).unwrap_or_default();
        format!("{}-{}-{}", part(0..4), part(4..6), part(6..8))
    }
}

/// The subject that one relying party knows a person by (OpenID Connect Core 1.0,
/// 8.1): another for each relying party, the same for ever.
pub(super) fn pairwise(secret: &[u8], client_id: &str, person_id: &str) -> String {
    let input = [secret, client_id.as_bytes(), &[0], person_id.as_bytes()].concat();
    uuid(&Hash::Sha256.digest(&input))
}

/// The first sixteen octets as a UUID of version 4.
pub(super) fn uuid(octets: &[u8]) -> String {
    let hex: String = octets.iter().take(16).map(|o| format!("{o:02x}")).collect();
    let part = |range| hex.get(range).unwrap_or_default();
    let [a, b, c, d, e] = [
        part(0..8),
        part(8..12),
        part(13..16),
        part(17..20),
        part(20..32),
    ];
    format!("{a}-{b}-4{c}-8{d}-{e}")
}

/// How userinfo writes what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimForm {
    /// The auth app's: the address a string, dates as YYYYMMDD, sex as `1` or `2`.
    Native,
    /// OpenID Connect's: the address an object, dates with dashes, `male` or `female`.
    Oidc,
}

impl fmt::Debug for Citizen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Citizen").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let person = &Person::everybody(1_800_000_000)[0];
        let citizen = Citizen::new("hanako", person);
        let claims =
            |form| ["address", "birthdate", "gender"].map(|n| citizen.claim(n, form).unwrap());
        let address = "東京都清瀬市架空町１－２－３";
        assert_eq!(
            claims(ClaimForm::Native),
            [json!(address), json!("19850704"), json!("2")]
        );
        assert_eq!(
            claims(ClaimForm::Oidc),
            [
                json!({ "formatted": address }),
                json!("1985-07-04"),
                json!("female")
            ]
        );
    }

    #[test]
    fn subjects_differ_by_relying_party_and_person() {
        let sub = |client, person| pairwise(b"secret", client, person);
        assert_eq!(sub("a", "p"), sub("a", "p"));
        assert_ne!(sub("a", "p"), sub("b", "p"));
        assert_ne!(sub("a", "p"), sub("a", "q"));
        assert_eq!(sub("a", "p").len(), 36);
        assert_eq!(sub("a", "p").matches('-').count(), 4);
    }

    #[test]
    fn nothing_of_a_person_is_printed() {
        let citizen = Citizen::new("hanako", &Person::everybody(1_800_000_000)[0]);
        assert_eq!(format!("{citizen:?}"), "Citizen { .. }");
    }
}
