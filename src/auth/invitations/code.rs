//! The code of an invitation: twelve symbols that nobody takes for others (60 bits), in groups of four; and as a
//! picture that a telephone reads.

use std::fmt::Write as _;

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;
use zeroize::Zeroizing;

use crate::refusal::Refusal;
use crate::sealing::Sealing;

/// Digits and letters without I, L, O and U, which are read as others.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Symbols of a code.
const LENGTH: usize = 12;

/// Symbols of a group, as it is written.
const GROUP: usize = 4;

/// White around a picture, in modules: readers want that much.
const QUIET: usize = 4;

/// A code as it was made, or as somebody wrote it. It never shows when it is printed for debugging.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode(Zeroizing<String>);

impl InvitationCode {
    /// A new one.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn fresh() -> Result<Self, Refusal> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        getrandom::fill(bytes.as_mut()).map_err(Refusal::internal)?;
        let symbol = |byte: &u8| SYMBOLS.get(usize::from(byte % 32)).copied().map_or('0', char::from);
        Ok(Self(Zeroizing::new(bytes.iter().map(symbol).collect())))
    }

    /// Reads what somebody wrote: capitals or not, in groups or not, also in full width, and with letters that look
    /// like digits. Nothing for what is no code.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let plain = |c: char| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        };
        let symbol = |c: char| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let written = text.chars().map(plain).filter(|c| !c.is_whitespace() && *c != '-');
        let code: Zeroizing<String> = Zeroizing::new(written.map(symbol).collect());
        let fits = code.len() == LENGTH && code.bytes().all(|byte| SYMBOLS.contains(&byte));
        fits.then_some(Self(code))
    }

    /// As it is printed: `7K3M-9QXR-2BHT`.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut shown = String::with_capacity(LENGTH + LENGTH / GROUP);
        for (place, symbol) in self.0.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                shown.push('-');
            }
            shown.push(symbol);
        }
        shown
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self, sealing: &Sealing) -> String {
        sealing.keyed_hash("invitations.code", self.0.as_bytes())
    }
}

impl std::fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InvitationCode")
    }
}

/// A text as a QR code in SVG, which loads nothing: runs of dark modules in one path.
///
/// # Errors
/// A defect: the text is too long for a picture.
pub fn picture(text: &str) -> Result<String, Refusal> {
    let built = QRBuilder::new(text).ecl(ECL::M).build();
    let code = built.map_err(|error| Refusal::internal(format!("a QR code: {error:?}")))?;
    let mut runs = String::new();
    for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
        let dark: Vec<bool> = row.iter().map(|module| module.value()).collect();
        let mut x = 0;
        for run in dark.chunk_by(|a, b| a == b) {
            if run.first() == Some(&true) {
                let (x, y, width) = (x + QUIET, y + QUIET, run.len());
                let _ = write!(runs, "M{x} {y}h{width}v1h-{width}z"); // a String takes everything
            }
            x += run.len();
        }
    }
    let side = code.size + 2 * QUIET;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{runs}\" fill=\"#000\"/></svg>"
    ))
}

/// Where the picture of a code leads.
#[derive(Debug, Clone, Default)]
pub struct InvitationLinks {
    /// Address of the app for guardians and staff; the code follows as its fragment, which no server sees.
    pub app_url: Option<String>,
}

impl InvitationLinks {
    /// The address that opens the app with the code; nothing where no app is known.
    #[must_use]
    pub fn address(&self, code: &InvitationCode) -> Option<String> {
        self.app_url.as_ref().map(|app| format!("{app}#{}", code.shown()))
    }

    /// The picture of a code: of the address where there is one, else of the code alone.
    ///
    /// # Errors
    /// A defect: the address of the app is too long for a picture.
    pub fn picture(&self, code: &InvitationCode) -> Result<String, Refusal> {
        picture(&self.address(code).unwrap_or_else(|| code.shown()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_written() -> Result<(), Refusal> {
        let code = InvitationCode::fresh()?;
        let shown = code.shown();
        assert_eq!(shown.len(), 14);
        for written in
            [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), format!(" {} ", shown.replace('-', ""))]
        {
            assert_eq!(InvitationCode::read(&written).as_ref(), Some(&code), "{written}");
        }
        assert_eq!(InvitationCode::read("OIL0-0000-0000"), InvitationCode::read("０11000000000"));
        for wrong in ["", "7K3M-9QXR-2BH", "7K3M-9QXR-2BHTT", "7K3M-9QXR-2BHU", "7K3M-9QXR-2BH课"] {
            assert_eq!(InvitationCode::read(wrong), None, "{wrong}");
        }
        Ok(())
    }

    #[test]
    fn codes_differ_and_never_show_in_debugging() -> Result<(), Refusal> {
        let (one, other) = (InvitationCode::fresh()?, InvitationCode::fresh()?);
        assert_ne!(one.shown(), other.shown());
        assert_eq!(format!("{one:?}"), "InvitationCode");
        Ok(())
    }

    #[test]
    fn a_picture_loads_nothing_and_has_white_around_it() -> Result<(), Refusal> {
        let picture = picture("https://app.example.cn/join#7K3M-9QXR-2BHT")?;
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>"));
        assert!(picture.contains("M4 4h7v1h-7z"), "the corner that readers look for: {picture}");
        assert!(!picture.contains("href") && !picture.contains("url("), "{picture}");
        Ok(())
    }
}
