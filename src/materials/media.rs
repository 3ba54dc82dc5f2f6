//! What a file is, by its content and never by what it is called.

use crate::materials::office;
use crate::text_enum;

/// Bytes at the beginning of a file within which its PDF header may begin, as readers have it.
pub const PDF_HEADER_WITHIN: usize = 1_024;

/// Bytes of a PDF header, its version's first digit included.
const PDF_HEADER_LENGTH: usize = 7;

/// Bytes that say what a file is, unless it is an archive.
pub const HEAD_LENGTH: usize = PDF_HEADER_WITHIN + PDF_HEADER_LENGTH;

text_enum! {
    /// Kind of file 文件类型, as a media type. Other types may come.
    pub enum MediaType {
        /// PDF
        Pdf = "application/pdf",
        /// PNG
        Png = "image/png",
        /// JPEG
        Jpeg = "image/jpeg",
        /// Word
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        /// Excel
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
}

impl MediaType {
    /// The type of a content; nothing for what is not taken.
    #[must_use]
    pub fn of(content: &[u8]) -> Option<Self> {
        match content {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'P', b'K', 3, 4, ..] => office::media_type(content),
            _ => is_pdf(content).then_some(Self::Pdf),
        }
    }

    /// Whether a file of this type may have this name.
    #[must_use]
    pub fn ends(self, name: &str) -> bool {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let own: &[&str] = match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
        };
        own.contains(&ending.as_str())
    }
}

/// Mail and scanners put marks and lines in front of the header, and readers skip them. What begins as a program, a
/// script, markup or an archive is that, whatever follows.
fn is_pdf(content: &[u8]) -> bool {
    let is_header = |bytes: &[u8]| matches!(bytes, [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.']);
    let headed = content.windows(PDF_HEADER_LENGTH).take(PDF_HEADER_WITHIN).any(is_header);
    let bare = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start();
    headed && ![&b"MZ"[..], b"\x7fELF", b"#!", b"<", b"PK"].iter().any(|other| bare.starts_with(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_holds() {
        let late = |bytes: usize| [&vec![b' '; bytes][..], b"%PDF-1.4\n"].concat();
        for (content, media_type) in [
            (b"%PDF-1.7\n".to_vec(), Some(MediaType::Pdf)),
            (b"\xef\xbb\xbf%PDF-1.4\n".to_vec(), Some(MediaType::Pdf)),
            (b"\n%PDF-2.0\n".to_vec(), Some(MediaType::Pdf)),
            (b" %PDF-1.7".to_vec(), Some(MediaType::Pdf)),
            (late(500), Some(MediaType::Pdf)),
            (late(1_023), Some(MediaType::Pdf)),
            (late(1_024), None),
            (b"\x89PNG\r\n\x1a\n".to_vec(), Some(MediaType::Png)),
            (b"\xff\xd8\xff\xe0".to_vec(), Some(MediaType::Jpeg)),
            (b"PK\x03\x04 and no more".to_vec(), None),
            (b"PK\x03\x04 %PDF-1.4".to_vec(), None),
            (b"MZ\x90\0".to_vec(), None),
            (b"MZ\x90\0%PDF-1.4".to_vec(), None),
            (b"\x7fELF%PDF-1.4".to_vec(), None),
            (b"#!/bin/sh\n".to_vec(), None),
            (b"#!/bin/sh\n#%PDF-1.4".to_vec(), None),
            (b"<!doctype html>".to_vec(), None),
            (b"\xef\xbb\xbf <html>%PDF-1.4".to_vec(), None),
            (b"%PDF-".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(MediaType::of(&content), media_type, "{:?}", String::from_utf8_lossy(&content));
        }
    }

    #[test]
    fn a_name_ends_as_its_content_has_it() {
        for (name, ends) in [("a.pdf", true), ("a.PDF", true), ("a.exe", false), ("pdf", false), ("a.pdf.exe", false)] {
            assert_eq!(MediaType::Pdf.ends(name), ends, "{name}");
        }
        assert!(MediaType::Jpeg.ends("a.jpeg") && MediaType::Jpeg.ends("a.jpg"));
    }
}
