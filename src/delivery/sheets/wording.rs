//! What sheets are called in the reader's language.

use crate::delivery::pay_sheets::{PaySheetRow, PaySheetState};
use crate::delivery::rosters::AttendanceMark;
use crate::delivery::sessions::SessionDuty;
use crate::http::sheet::Column;
use crate::http::{FindingOut, Language};
use crate::rules::Finding;
use crate::rules::document::StaffKind;
use crate::values::iso_date;

/// The words of a language.
#[derive(Clone, Copy)]
pub(super) struct Words(pub Language);

impl Words {
    pub(super) fn plain(self, key: &str) -> String {
        self.0.text(&format!("sheet.{key}"), [])
    }

    pub(super) fn said(self, key: &str, params: &[(&str, &str)]) -> String {
        self.0.text(&format!("sheet.{key}"), params.iter().copied())
    }

    pub(super) fn column(self, key: &str, width: u16) -> Column {
        Column { name: self.plain(&format!("column-{key}")), width }
    }

    pub(super) fn mark(self, mark: AttendanceMark) -> String {
        self.plain(&format!("mark-{}", mark.as_str()))
    }

    /// What the marks mean.
    pub(super) fn marks(self) -> String {
        self.plain("marks")
    }

    pub(super) fn duty(self, duty: SessionDuty) -> String {
        self.plain(&format!("duty-{}", duty.as_str()))
    }

    pub(super) fn staff_kind(self, kind: StaffKind) -> &'static str {
        match self.0 {
            Language::Zh => kind.zh(),
            Language::En => kind.en(),
        }
    }

    /// Where a pay sheet stands, since when.
    pub(super) fn state(self, sheet: &PaySheetRow) -> String {
        let day = iso_date::text(sheet.approved_on.unwrap_or(sheet.computed_on));
        let key = match sheet.state {
            PaySheetState::Drafted => "pay-drafted",
            PaySheetState::Approved => "pay-approved",
        };
        self.said(key, &[("day", &day)])
    }

    pub(super) fn finding(self, finding: &Finding) -> String {
        FindingOut::of(finding, self.0).message
    }
}
