//! Municipalities, each of which is a partition of the revocation lists.

/// A municipality, as certificates name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Municipality {
    /// The prefecture in romaji with its suffix, such as `Tokyo-to`.
    pub prefecture: &'static str,
    /// The municipality in romaji with its suffix, such as `Kiyose-shi`.
    pub name: &'static str,
    /// The five digits of its code (without check digit).
    pub code: &'static str,
}

impl Municipality {
    /// 東京都清瀬市, where the published test card lives.
    pub const KIYOSE: Self = Self::new("Tokyo-to", "Kiyose-shi", "13221");
    /// 神奈川県鎌倉市.
    pub const KAMAKURA: Self = Self::new("Kanagawa-ken", "Kamakura-shi", "14204");
    /// 京都府宇治市.
    pub const UJI: Self = Self::new("Kyoto-fu", "Uji-shi", "26204");
    /// 北海道富良野市.
    pub const FURANO: Self = Self::new("Hokkaido", "Furano-shi", "01229");
    /// 沖縄県那覇市.
    pub const NAHA: Self = Self::new("Okinawa-ken", "Naha-shi", "47201");

    /// All municipalities that issue here.
    pub const ALL: [Self; 5] = [
        Self::KIYOSE,
        Self::KAMAKURA,
        Self::UJI,
        Self::FURANO,
        Self::NAHA,
    ];

    /// Any other municipality.
    #[must_use]
    pub const fn new(prefecture: &'static str, name: &'static str, code: &'static str) -> Self {
        Self {
            prefecture,
            name,
            code,
        }
    }
}
