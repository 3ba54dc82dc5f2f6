//! `/pay-sheets` and `/pay-lines`.

use actix_web::{get, post};
use time::Date;

use super::model::{PayLineFilter, PaySheetFilter};
use super::{PayHold, PayLine, PayLineKind, PaySheet, PaySheetIn, PaySheetState, PersonPay};
use crate::auth::permission::{ApprovePay, ComputePay, ReadPayLines, ReadPaySheets};
use crate::auth::{By, List, Read, Write};
use crate::db::Id;
use crate::delivery::pay_sheets;
use crate::http::{Answered, FindingOut, Page, PathId, ServiceConfig, Valid};
use crate::out;
use crate::rules::document::StaffKind;
use crate::values::iso_date;
use crate::values::month::Month;

out! {
    /// What a school pays for a month 报酬表.
    pub struct PaySheetOut of (sheet, by): PaySheet {
        school_id: Id,
        month: Month = Month::of(sheet.month_on),
        state: PaySheetState,
        /// How many lines it has.
        line_count: i32,
        /// For own staff, by the remuneration standard.
        own_fen: i64,
        /// For external staff, by contract.
        external_fen: i64,
        /// For all of them.
        total_fen: i64,
        /// What it pays each person, in the order of names.
        people: Vec<PersonPay> = sheet.row.people.0.clone(),
        /// What the rules said when it was computed: what it holds back, and what stops it from being approved.
        sheet_findings: Vec<FindingOut> =
            sheet.row.findings.0.iter().map(|finding| FindingOut::of(finding, by.language)).collect(),
        #[serde(with = "iso_date")]
        computed_on: Date,
        /// The account that computed it.
        computed_by_id: Id,
        /// Null until it is approved.
        #[serde(with = "iso_date::option")]
        #[schema(value_type = Option<String>, format = Date)]
        approved_on: Option<Date>,
        /// The account that approved it; null until it is approved.
        approved_by_id: Option<Id>,
    }
    named {
        school_name: String = Organisation(sheet.school_id),
        /// The account that computed it.
        computed_by_name: String = Account(sheet.computed_by_id),
        /// The account that approved it; null until it is approved.
        approved_by_name: Option<String> = Account(sheet.approved_by_id),
    }
}

out! {
    /// What one member of staff is paid for one session 报酬明细.
    pub struct PayLineOut of (line, by): PayLine {
        school_id: Id,
        pay_sheet_id: Id,
        session_id: Id,
        /// The record of who served.
        session_staff_id: Id,
        staff_member_id: Id,
        staff_kind: StaffKind,
        #[serde(with = "iso_date")]
        held_on: Date,
        kind: PayLineKind,
        /// Minutes that are paid; negative where a correction takes some away.
        minutes: i32,
        /// What an hour is paid; null where nobody has agreed on it.
        hourly_fen: Option<i64>,
        /// The contract by which external staff is paid.
        staff_contract_id: Option<Id>,
        /// The standard by which own staff is paid.
        remuneration_standard_id: Option<Id>,
        /// To the fen, half a fen up; negative where a correction takes some away.
        amount_fen: i64,
        /// Why minutes that were served are not paid; null where they are.
        hold: Option<PayHold>,
        /// How many minutes are not paid.
        held_minutes: i32,
    }
    named {
        school_name: String = Organisation(line.school_id),
        staff_member_name: String = StaffMember(line.staff_member_id),
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_pay_sheets)
        .service(create_pay_sheet)
        .service(get_pay_sheet)
        .service(compute_pay_sheet)
        .service(approve_pay_sheet)
        .service(list_pay_lines)
        .service(get_pay_line);
}

/// Pay sheets in the caller's scope, in the order in which they were computed first 报酬表列表
#[utoipa::path(tag = "pay", params(List<PaySheetFilter>),
    responses((status = 200, description = "A page of sheets", body = Page<PaySheetOut>), ReadPaySheets))]
#[get("/pay-sheets")]
async fn list_pay_sheets(by: By<ReadPaySheets>, list: List<PaySheetFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<PaySheet>(tx, at)).await
}

/// Computes what a school pays for a month, as a draft 计算报酬表
#[utoipa::path(tag = "pay", request_body = PaySheetIn,
    responses((status = 201, description = "The new sheet", body = PaySheetOut), ComputePay))]
#[post("/pay-sheets")]
async fn create_pay_sheet(by: By<ComputePay>, write: Write, Valid(body): Valid<PaySheetIn>) -> Answered {
    write.creates(by, move |tx, by| pay_sheets::create(tx, by, &body)).await
}

/// One pay sheet 报酬表
#[utoipa::path(tag = "pay", params(("id" = Id, Path, description = "The sheet")),
    responses((status = 200, description = "The sheet", body = PaySheetOut), ReadPaySheets))]
#[get("/pay-sheets/{id}")]
async fn get_pay_sheet(by: By<ReadPaySheets>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<PaySheet>(tx, id.0)).await
}

/// Computes a draft again 重新计算报酬表
#[utoipa::path(tag = "pay", params(("id" = Id, Path, description = "The sheet")),
    responses((status = 200, description = "The sheet as it is now", body = PaySheetOut), ComputePay))]
#[post("/pay-sheets/{id}/compute")]
async fn compute_pay_sheet(by: By<ComputePay>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| pay_sheets::compute(tx, by, id.0, seen)).await
}

/// Approves what was computed; it never changes again 批准报酬表
#[utoipa::path(tag = "pay", params(("id" = Id, Path, description = "The sheet")),
    responses((status = 200, description = "The sheet as it is now", body = PaySheetOut), ApprovePay))]
#[post("/pay-sheets/{id}/approve")]
async fn approve_pay_sheet(by: By<ApprovePay>, id: PathId, write: Write) -> Answered {
    write.changes(by, move |tx, by, seen| pay_sheets::approve(tx, by, id.0, seen)).await
}

/// Lines of pay sheets in the caller's scope, in the order in which they were computed 报酬明细列表
#[utoipa::path(tag = "pay", params(List<PayLineFilter>),
    responses((status = 200, description = "A page of lines", body = Page<PayLineOut>), ReadPayLines))]
#[get("/pay-lines")]
async fn list_pay_lines(by: By<ReadPayLines>, list: List<PayLineFilter>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<PayLine>(tx, at)).await
}

/// One line of a pay sheet 报酬明细
#[utoipa::path(tag = "pay", params(("id" = Id, Path, description = "The line")),
    responses((status = 200, description = "The line", body = PayLineOut), ReadPayLines))]
#[get("/pay-lines/{id}")]
async fn get_pay_line(by: By<ReadPayLines>, id: PathId, read: Read) -> Answered {
    read.shows(by, move |tx, by| by.find::<PayLine>(tx, id.0)).await
}
