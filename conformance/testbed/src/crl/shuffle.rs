//! Numbers in another order, without holding them.

/// A bijection of the numbers below a bound: a Feistel network over the next
/// even number of binary digits, gone through again until it ends below it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shuffle {
    bound: u64,
    /// Binary digits of each half.
    half: u32,
}

impl Shuffle {
    /// Of the numbers below `bound`, which is at most 2^62.
    pub(super) const fn below(bound: u64) -> Self {
        let digits = u64::BITS - bound.saturating_sub(1).leading_zeros();
        let half = digits.div_ceil(2);
        Self {
            bound,
            half: if half == 0 { 1 } else { half },
        }
    }

    /// What stands at the place `number`, which is below the bound.
    pub(super) const fn at(self, number: u64) -> u64 {
        let mut number = self.round(number);
        while number >= self.bound {
            number = self.round(number);
        }
        number
    }

    const fn round(self, number: u64) -> u64 {
        let mask = (1 << self.half) - 1;
        let (mut left, mut right) = (number >> self.half & mask, number & mask);
        let mut key = 0;
        while key < 4 {
            (left, right) = (right, left ^ (mix(right + (key << 32)) & mask));
            key += 1;
        }
        left << self.half | right
    }
}

/// The finalizer of SplitMix64: every digit of the number changes about half
/// of the result.
pub(super) const fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ number >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ number >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_number_comes_once() {
        for bound in [1, 2, 3, 7, 64, 1000, 4096] {
            let shuffle = Shuffle::below(bound);
            let all: BTreeSet<_> = (0..bound).map(|n| shuffle.at(n)).collect();
            assert_eq!(all.len() as u64, bound);
            assert!(all.iter().all(|n| *n < bound));
        }
        let shuffle = Shuffle::below(1000);
        assert!(!(0..1000).map(|n| shuffle.at(n)).is_sorted());
    }
}
