//! Serial numbers as the numbers that tables are made of.

use crate::certificate::SerialNumber;
use crate::limits;

/// A serial number in a form that is cheap to compare and to split.
pub(super) trait Key: Copy + Ord + Send + Sync + 'static {
    const ZERO: Self;

    /// The octets that hold every key.
    const OCTETS: usize;

    /// The serial number, if it has a key of this kind.
    fn of(serial: &SerialNumber) -> Option<Self>;

    /// From at most [`Self::OCTETS`] big-endian octets.
    fn from_unsigned(octets: &[u8]) -> Self;

    /// The serial number; none for zero or more octets than there may be.
    fn serial(self) -> Option<SerialNumber>;

    /// How far it lies above `low`; none if it lies below.
    fn above(self, low: Self) -> Option<Self>;

    /// The sum, if it is a key.
    fn plus(self, other: Self) -> Option<Self>;

    /// How many binary digits it has.
    fn bits(self) -> u32;

    /// The digits above the lowest `shift`; the highest number for more than
    /// fit.
    fn high(self, shift: u32) -> u64;

    /// The lowest `shift` digits.
    fn low(self, shift: u32) -> Self;

    /// The key with `high` above `low`, which has at most `shift` digits.
    fn join(high: u64, low: Self, shift: u32) -> Option<Self>;

    /// Writes its little-endian octets, all of them, to the beginning of `to`
    /// if there is room.
    fn write(self, to: &mut [u8]);

    /// From as many little-endian octets as hold any key: the digits that
    /// `mask` has.
    fn from_octets(octets: &[u8], mask: Self) -> Option<Self>;

    /// The key whose lowest `digits` digits are ones.
    fn mask(digits: u32) -> Self;

    /// About which of `count` places this key takes among those with the
    /// digits of `mask`, if they are spread evenly.
    fn place(self, mask: Self, count: u32) -> u32;
}

/// Serial numbers of up to eight octets.
impl Key for u64 {
    const ZERO: Self = 0;
    const OCTETS: usize = 8;

    fn of(serial: &SerialNumber) -> Option<Self> {
        serial.to_u64()
    }

    fn from_unsigned(octets: &[u8]) -> Self {
        octets
            .iter()
            .fold(0, |n, octet| n << 8 | Self::from(*octet))
    }

    fn serial(self) -> Option<SerialNumber> {
        SerialNumber::from_unsigned(&self.to_be_bytes()).ok()
    }

    fn above(self, low: Self) -> Option<Self> {
        self.checked_sub(low)
    }

    fn plus(self, other: Self) -> Option<Self> {
        self.checked_add(other)
    }

    fn bits(self) -> u32 {
        Self::BITS - self.leading_zeros()
    }

    fn high(self, shift: u32) -> u64 {
        self.checked_shr(shift).unwrap_or(0)
    }

    fn low(self, shift: u32) -> Self {
        self & Self::mask(shift)
    }

    fn join(high: u64, low: Self, shift: u32) -> Option<Self> {
        let joined = high.checked_shl(shift).unwrap_or(0);
        (joined.high(shift) == high).then_some(joined | low)
    }

    fn write(self, to: &mut [u8]) {
        if let Some(to) = to.first_chunk_mut() {
            *to = self.to_le_bytes();
        }
    }

    fn from_octets(octets: &[u8], mask: Self) -> Option<Self> {
        let octets = octets.first_chunk()?;
        Some(Self::from_le_bytes(*octets) & mask)
    }

    fn mask(digits: u32) -> Self {
        !Self::MAX.checked_shl(digits).unwrap_or(0)
    }

    fn place(self, mask: Self, count: u32) -> u32 {
        let product = u128::from(self) * u128::from(count);
        low_half(product >> Self::bits(mask))
    }
}

/// A serial number of any length: 160 binary digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wide {
    high: u32,
    low: u128,
}

impl Key for Wide {
    const ZERO: Self = Self { high: 0, low: 0 };
    const OCTETS: usize = limits::SERIAL;

    fn of(serial: &SerialNumber) -> Option<Self> {
        Some(Self::from_unsigned(serial.as_unsigned()))
    }

    fn from_unsigned(octets: &[u8]) -> Self {
        let mut whole = [0; limits::SERIAL];
        let places = whole.iter_mut().rev();
        places
            .zip(octets.iter().rev())
            .for_each(|(to, from)| *to = *from);
        let [a, b, c, d, low @ ..] = whole;
        Self {
            high: u32::from_be_bytes([a, b, c, d]),
            low: u128::from_be_bytes(low),
        }
    }

    fn serial(self) -> Option<SerialNumber> {
        let mut octets = [0; limits::SERIAL];
        self.write(&mut octets);
        octets.reverse();
        SerialNumber::from_unsigned(&octets).ok()
    }

    fn above(self, low: Self) -> Option<Self> {
        let (difference, borrow) = self.low.overflowing_sub(low.low);
        let high = self.high.checked_sub(low.high)?;
        Some(Self {
            high: high.checked_sub(u32::from(borrow))?,
            low: difference,
        })
    }

    fn plus(self, other: Self) -> Option<Self> {
        let (sum, carry) = self.low.overflowing_add(other.low);
        let high = self.high.checked_add(other.high)?;
        Some(Self {
            high: high.checked_add(u32::from(carry))?,
            low: sum,
        })
    }

    fn bits(self) -> u32 {
        match self.high {
            0 => u128::BITS - u128::leading_zeros(self.low),
            high => u128::BITS + u32::BITS - high.leading_zeros(),
        }
    }

    fn high(self, shift: u32) -> u64 {
        let above = match shift.checked_sub(u128::BITS) {
            Some(more) => u128::from(self.high.checked_shr(more).unwrap_or(0)),
            None => {
                let carried = u128::from(self.high).checked_shl(u128::BITS - shift);
                let lost = shift < u32::BITS && self.high.checked_shr(shift).unwrap_or(0) != 0;
                if lost {
                    u128::MAX
                } else {
                    self.low.checked_shr(shift).unwrap_or(0) | carried.unwrap_or(0)
                }
            }
        };
        u64::try_from(above).unwrap_or(u64::MAX)
    }

    fn low(self, shift: u32) -> Self {
        let mask = Self::mask(shift);
        Self {
            high: self.high & mask.high,
            low: self.low & mask.low,
        }
    }

    fn join(high: u64, low: Self, shift: u32) -> Option<Self> {
        let wide = u128::from(high);
        let joined = match shift.checked_sub(u128::BITS) {
            Some(more) => Self {
                high: low_half(wide.checked_shl(more).unwrap_or(0)),
                low: 0,
            },
            None => Self {
                high: low_half(wide.checked_shr(u128::BITS - shift).unwrap_or(0)),
                low: wide.checked_shl(shift).unwrap_or(0),
            },
        };
        let sound = joined.high(shift) == high;
        sound.then_some(Self {
            high: joined.high | low.high,
            low: joined.low | low.low,
        })
    }

    fn write(self, to: &mut [u8]) {
        if let Some(to) = to.first_chunk_mut::<{ limits::SERIAL }>() {
            let (low, high) = to.split_at_mut(16);
            low.copy_from_slice(&self.low.to_le_bytes());
            high.copy_from_slice(&self.high.to_le_bytes());
        }
    }

    fn from_octets(octets: &[u8], mask: Self) -> Option<Self> {
        let (low, rest) = octets.split_first_chunk()?;
        Some(Self {
            high: u32::from_le_bytes(*rest.first_chunk()?) & mask.high,
            low: u128::from_le_bytes(*low) & mask.low,
        })
    }

    fn mask(digits: u32) -> Self {
        let more = digits.saturating_sub(u128::BITS);
        Self {
            high: !u32::MAX.checked_shl(more).unwrap_or(0),
            low: !u128::MAX.checked_shl(digits).unwrap_or(0),
        }
    }

    fn place(self, mask: Self, count: u32) -> u32 {
        // The highest 64 digits are more than enough to guess by.
        let shift = mask.bits().saturating_sub(u64::BITS);
        self.high(shift).place(mask.high(shift), count)
    }
}

/// The lowest 32 binary digits.
#[expect(clippy::cast_possible_truncation, reason = "what is meant")]
const fn low_half(number: u128) -> u32 {
    number as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The digits of `octets`, highest first.
    fn digits(octets: &[u8]) -> Vec<bool> {
        let bits = |octet: &u8| (0..8).rev().map(move |n| octet >> n & 1 == 1).collect();
        octets
            .iter()
            .flat_map(|o| -> Vec<bool> { bits(o) })
            .collect()
    }

    fn number(digits: &[bool]) -> u64 {
        let digits = digits.iter().skip_while(|d| !**d);
        digits.fold(0, |n: u64, d| {
            n.saturating_mul(2).saturating_add(u64::from(*d))
        })
    }

    /// Splits and joins as the digits written out say.
    fn agrees<K: Key + std::fmt::Debug>(octets: &[u8], shift: u32) {
        let key = K::from_unsigned(octets);
        let digits = digits(octets);
        let (high, low) = digits.split_at(digits.len().saturating_sub(shift as usize));
        let significant = high.iter().skip_while(|d| !**d).count();
        let bits = digits.iter().skip_while(|d| !**d).count();
        assert_eq!(key.bits(), u32::try_from(bits).unwrap());
        let expected = if significant > 64 {
            u64::MAX
        } else {
            number(high)
        };
        assert_eq!(key.high(shift), expected);
        let rest = key.low(shift);
        assert_eq!(
            rest.bits() as usize,
            low.iter().skip_while(|d| !**d).count()
        );
        if significant <= 64 {
            assert_eq!(K::join(key.high(shift), rest, shift), Some(key));
        }
        let all = K::mask(u32::try_from(K::OCTETS * 8).unwrap());
        let mut written = [0; limits::SERIAL];
        key.write(&mut written);
        assert_eq!(K::from_octets(&written, all), Some(key));
        assert_eq!(K::from_octets(&written, K::mask(shift)), Some(rest));
        let place = rest.place(K::mask(shift), 100);
        assert!(place < 100 && (bits > 0 || place == 0));
        assert_eq!(key.above(K::ZERO), Some(key));
        assert_eq!(K::ZERO.plus(key), Some(key));
        assert_eq!(K::ZERO.above(key).is_some(), bits == 0);
    }

    impl std::fmt::Debug for Wide {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{:08x}{:032x}", self.high, self.low)
        }
    }

    proptest! {
        #[test]
        fn narrow_keys_split_and_join(octets: [u8; 8], shift in 0..=64_u32) {
            agrees::<u64>(&octets, shift);
        }

        #[test]
        fn wide_keys_split_and_join(octets: [u8; 20], zeros in 0..20_usize, shift in 0..=160_u32) {
            let mut octets = octets;
            octets[..zeros].fill(0);
            agrees::<Wide>(&octets, shift);
        }

        #[test]
        fn wide_keys_add_and_subtract(one: [u8; 20], other: [u8; 20]) {
            let (one, other) = (Wide::from_unsigned(&one), Wide::from_unsigned(&other));
            let (low, high) = (one.min(other), one.max(other));
            let difference = high.above(low).unwrap();
            prop_assert_eq!(low.plus(difference), Some(high));
            prop_assert_eq!(low.above(high).is_some(), low == high);
        }

        #[test]
        fn keys_are_the_serial_numbers(octets in proptest::collection::vec(any::<u8>(), 1..=20)) {
            if let Ok(serial) = SerialNumber::from_unsigned(&octets) {
                prop_assert_eq!(Wide::of(&serial).unwrap().serial(), Some(serial));
                let narrow = u64::of(&serial);
                prop_assert_eq!(narrow.is_some(), serial.as_unsigned().len() <= 8);
                prop_assert_eq!(narrow.and_then(u64::serial), narrow.map(|_| serial));
            }
        }
    }
}
