//! A table for people: as a page to print, and as a workbook for a spreadsheet. What people wrote is text in both, and
//! never a formula.

use askama::Template;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};
use time::Date;

use super::{File, Language};
use crate::refusal::Refusal;
use crate::values::money::yuan;

/// Media type of a workbook.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Number(i64),
    /// Fen, shown as yuan.
    Money(i64),
    /// To be filled in by hand.
    Blank,
}

impl Cell {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Money(fen) => yuan(*fen),
            Self::Blank => String::new(),
        }
    }

    const fn is_number(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Money(_))
    }
}

/// A column: what stands above it, and how wide it is, in digits.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub width: u16,
}

/// A table with what stands above and below it.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub title: String,
    /// Under the title.
    pub heads: Vec<String>,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// Below the table.
    pub feet: Vec<String>,
    /// The day on which it was made.
    pub made_on: Date,
    /// Name of the workbook, without its ending.
    pub name: String,
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct SheetPage<'a> {
    language: Language,
    sheet: &'a Sheet,
}

impl SheetPage<'_> {
    fn lang(&self) -> &'static str {
        match self.language {
            Language::Zh => "zh-CN",
            Language::En => "en",
        }
    }
}

impl Sheet {
    /// As a page to read and to print; it needs no script and no outside download.
    ///
    /// # Errors
    /// A defect of the page.
    pub fn page(&self, language: Language) -> Result<File, Refusal> {
        let html = SheetPage { language, sheet: self }.render().map_err(Refusal::internal)?;
        Ok(File { media_type: "text/html; charset=utf-8", save_as: None, bytes: html.into_bytes(), version: 1 })
    }

    /// As a workbook.
    ///
    /// # Errors
    /// A defect: it cannot be written.
    pub fn workbook(&self) -> Result<File, Refusal> {
        let bytes = self.written().map_err(Refusal::internal)?;
        Ok(File { media_type: WORKBOOK, save_as: Some(format!("{}.xlsx", self.name)), bytes, version: 1 })
    }

    fn written(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let (year, month, day) = (self.made_on.year(), self.made_on.month(), self.made_on.day());
        // The same table is the same bytes all day.
        let made = ExcelDateTime::from_ymd(u16::try_from(year).unwrap_or(2000), u8::from(month), day)?;
        book.set_properties(&DocProperties::new().set_title(&self.title).set_creation_datetime(&made));
        let sheet = book.add_worksheet();
        let title = Format::new().set_bold().set_font_size(14);
        let boxed = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        let text = boxed.clone().set_text_wrap();
        let head = text.clone().set_bold().set_align(FormatAlign::Center);
        let money = boxed.clone().set_num_format("#,##0.00");
        let mut row = 0;
        sheet.write_string_with_format(row, 0, &self.title, &title)?;
        for line in &self.heads {
            row += 1;
            sheet.write_string(row, 0, line)?;
        }
        row += 1;
        for (at, column) in (0..).zip(&self.columns) {
            sheet.set_column_width(at, column.width)?;
            sheet.write_string_with_format(row, at, &column.name, &head)?;
        }
        sheet.set_freeze_panes(row + 1, 0)?;
        sheet.set_repeat_rows(row, row)?;
        for cells in &self.rows {
            row += 1;
            for (at, cell) in (0..).zip(cells) {
                match cell {
                    Cell::Text(said) => sheet.write_string_with_format(row, at, said, &text)?,
                    Cell::Number(number) => sheet.write_number_with_format(row, at, exact(*number), &boxed)?,
                    Cell::Money(fen) => sheet.write_number_with_format(row, at, exact(*fen) / 100.0, &money)?,
                    Cell::Blank => sheet.write_blank(row, at, &boxed)?,
                };
            }
        }
        for line in &self.feet {
            row += 1;
            sheet.write_string(row, 0, line)?;
        }
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        book.save_to_buffer()
    }
}

/// A number as spreadsheets have it: exact up to 2⁵³, far more than a school pays.
#[allow(clippy::cast_precision_loss)]
const fn exact(number: i64) -> f64 {
    number as f64
}
