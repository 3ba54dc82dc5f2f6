//! `/notice-receipts`.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::NoticeReceiptCountsOut;
use super::{NoticeReceipt, NoticeReceiptFilter, ReceiptAnswer, ReceiptCountsFilter, ReceiptReach};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::ReadNoticeReceipts;
use crate::auth::{Actor, By, List, Lookup, Shown};
use crate::db::{Asked, Id, Instant, NameField, NameOf, Names};
use crate::enrollments::notice_receipts;
use crate::http::{Answered, Page, ServiceConfig};
use crate::students::guardianships::Relation;

/// A guardian who is told of a plan, and what has come of it 告知回执.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeReceiptOut {
    pub guardianship_id: Id,
    /// The guardian.
    pub guardian_name: String,
    pub relation: Relation,
    pub student_id: Id,
    pub student_name: String,
    /// Of the class that the pupil is in now; null where it is in none.
    pub class_name: Option<String>,
    /// `paper` for who has no account: the school tells it otherwise.
    pub reach: ReceiptReach,
    /// Since when the message is there; null where there is none yet.
    pub made_available_at: Option<Instant>,
    /// When it was marked as read; null until then.
    pub opened_at: Option<Instant>,
    /// Of the child's guardians, whichever has given it.
    pub answer: ReceiptAnswer,
}

impl Shown for NoticeReceipt {
    type Out = NoticeReceiptOut;
    const SHOWS_PUPILS: bool = true;
    const NAMES: &'static [NameOf] = &[NameOf::Student, NameOf::ClassOfStudent];

    fn asks(&self, _: &Actor, asked: &mut Asked) {
        asked.of(NameOf::Student, self.student_id);
        asked.of(NameOf::ClassOfStudent, self.student_id);
    }

    fn persons(&self) -> Vec<SeenPerson> {
        vec![self.seen_at()]
    }

    fn shown_to(&self, _: &Actor, names: &Names) -> NoticeReceiptOut {
        NoticeReceiptOut {
            guardianship_id: self.guardianship.id,
            guardian_name: self.guardianship.contact_name.clone(),
            relation: self.guardianship.relation,
            student_id: self.student_id,
            student_name: String::named(names, NameOf::Student, self.student_id),
            class_name: Option::named(names, NameOf::ClassOfStudent, self.student_id),
            reach: self.reach(),
            made_available_at: self.made_available_at,
            opened_at: self.opened_at,
            answer: self.answer,
        }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(count_notice_receipts).service(list_notice_receipts);
}

/// Guardians who are told of a plan: by message or on paper, opened or not, and what they have answered 告知回执
#[utoipa::path(tag = "notices", params(List<NoticeReceiptFilter>),
    responses((status = 200, description = "A page of receipts", body = Page<NoticeReceiptOut>), ReadNoticeReceipts))]
#[get("/notice-receipts")]
async fn list_notice_receipts(by: By<ReadNoticeReceipts>, list: List<NoticeReceiptFilter>) -> Answered {
    list.shows_whole(by, notice_receipts::list).await
}

/// The same in numbers, by class or grade 告知回执统计
#[utoipa::path(tag = "notices", params(ReceiptCountsFilter),
    responses((status = 200, description = "The numbers", body = NoticeReceiptCountsOut), ReadNoticeReceipts))]
#[get("/notice-receipts/counts")]
async fn count_notice_receipts(by: By<ReadNoticeReceipts>, lookup: Lookup<ReceiptCountsFilter>) -> Answered {
    lookup
        .counts(by, |tx, by, asked| {
            let numbers = |&(count, reached, opened, joined, declined, silent): &_| {
                [count, reached, opened, joined, declined, silent]
            };
            Ok(NoticeReceiptCountsOut::of(notice_receipts::counts(tx, by, asked)?, numbers))
        })
        .await
}
