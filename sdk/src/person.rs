//! What the law and the register say about people, apart from any card or
//! phone: dates of birth, ages, sexes, places.

mod birth;
mod residence;

pub use birth::{AtLeast, BirthDate};
pub use jiff::civil::Date;
pub use residence::{Place, Residence, resides_in};

/// Sex as the resident register records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
    /// Recorded in no other way than these two: not stated.
    NotStated,
}
