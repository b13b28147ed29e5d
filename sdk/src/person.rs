//! What the law and the register say about people, apart from any card or
//! phone: dates of birth, ages, sexes, places; and how like to it is what people
//! say themselves.

mod birth;
mod likeness;
mod local_government;
pub mod my_number;
mod residence;
mod stated;
mod text;
mod written;

#[cfg(feature = "mdoc")]
pub(crate) use birth::completed_years;
pub use birth::{AtLeast, BirthDate};
pub use jiff::civil::Date;
pub use likeness::{Doubt, Likeness};
pub use local_government::LocalGovernmentCode;
pub use residence::{Place, Residence, resides_in};
pub use stated::{Compared, Comparison, Stated};
pub use text::is_deceptive;

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
