//! QR codes.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// A QR code as an inline SVG, black on white in dark pages too; nothing if the
/// text is too long for one.
#[must_use]
pub fn qr_code(text: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return String::new();
    };
    let svg = code
        .render::<svg::Color<'_>>()
        .min_dimensions(232, 232)
        .build();
    // Within a page an XML declaration would be a comment.
    let start = svg.find("<svg").unwrap_or_default();
    svg.get(start..).unwrap_or_default().to_owned()
}
