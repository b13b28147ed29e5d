//! COSE_Key (RFC 9053, 7.1.1).

use crate::{Algorithm, PublicKey, mdoc::Cbor};

/// Keys of two coordinates as CBOR.
#[derive(Clone, Copy, Debug)]
pub struct CoseKey;

impl CoseKey {
    /// The key as `{1: 2, -1: curve, -2: x, -3: y}`.
    ///
    /// # Panics
    ///
    /// Never: a [`PublicKey`] is on one of the two curves.
    #[must_use]
    pub fn of(key: &PublicKey) -> Cbor {
        let curve = match key.algorithm() {
            Algorithm::P256 => 1,
            Algorithm::P384 => 2,
            Algorithm::Rsa(_) => panic!("no RSA in mdocs"),
        };
        let (x, y) = key.coordinates();
        Cbor::map([
            (1, Cbor::from(2)),
            (-1, Cbor::from(curve)),
            (-2, x.into()),
            (-3, y.into()),
        ])
    }

    /// The key in such a map; none if it is of another kind or not on its curve.
    #[must_use]
    pub fn read(map: &Cbor) -> Option<PublicKey> {
        let integer = |label: &str| map.get(label)?.as_integer();
        let bytes = |label: &str| map.get(label)?.as_bytes();
        let algorithm = match (integer("1")?, integer("-1")?) {
            (2, 1) => Algorithm::P256,
            (2, 2) => Algorithm::P384,
            _ => return None,
        };
        PublicKey::from_coordinates(algorithm, &bytes("-2")?, &bytes("-3")?)
    }
}
