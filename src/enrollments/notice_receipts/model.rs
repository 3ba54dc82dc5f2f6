//! What a guardian was told, has opened, and has answered.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant, Resource};
use crate::students::guardianships::Guardianship;
use crate::{counts, text_enum};

text_enum! {
    /// How a guardian is told 告知途径. Other ways may come.
    pub enum ReceiptReach {
        /// 线上消息
        Message = "message",
        /// 纸质或当面
        Paper = "paper",
    }
}

text_enum! {
    /// What a child's guardians have answered 答复. Other answers may come.
    pub enum ReceiptAnswer {
        /// 已报名
        Joined = "joined",
        /// 不参加
        Declined = "declined",
        /// 尚未答复
        Silent = "silent",
    }
}

/// A guardian of a child for whom a notice is.
#[derive(Debug, Clone, Serialize)]
pub struct NoticeReceipt {
    #[serde(flatten)]
    pub guardianship: Guardianship,
    #[serde(skip)]
    pub student_id: Id,
    /// Since when the message is there; none for who has no account, or has just got one.
    #[serde(skip)]
    pub made_available_at: Option<Instant>,
    #[serde(skip)]
    pub opened_at: Option<Instant>,
    /// What the child's guardians have answered, whichever of them.
    #[serde(skip)]
    pub answer: ReceiptAnswer,
}

impl NoticeReceipt {
    /// How the guardian is told.
    #[must_use]
    pub fn reach(&self) -> ReceiptReach {
        if self.guardianship.user_id.is_some() { ReceiptReach::Message } else { ReceiptReach::Paper }
    }

    /// The child, and where it was seen.
    #[must_use]
    pub fn seen_at(&self) -> SeenPerson {
        self.guardianship.seen_at()
    }
}

impl Resource for NoticeReceipt {
    type Row = <Guardianship as Resource>::Row;
    const NOUN: &'static str = "notice-receipt";
    const PLURAL: &'static str = "notice-receipts";

    fn row(&self) -> &Self::Row {
        self.guardianship.row()
    }

    fn row_mut(&mut self) -> &mut Self::Row {
        self.guardianship.row_mut()
    }

    fn path(&self) -> &str {
        self.guardianship.path()
    }
}

/// Of which plan, and which of the guardians who are told of it.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeReceiptFilter {
    /// A plan with a published notice.
    #[param(inline)]
    pub plan_id: Id,
    /// Only of pupils of this class.
    #[param(inline)]
    pub class_id: Option<Id>,
    /// Only of this answer.
    #[param(inline)]
    pub answer: Option<ReceiptAnswer>,
    /// Only who has opened the message, or only who has not.
    #[param(inline)]
    pub is_opened: Option<bool>,
}

counts! {
    /// By what receipts may be counted.
    pub enum ReceiptGroup as ReceiptGroups {
        Class = "class" {
            /// The pupil's class today.
            class_id: Id = |key| key.id,
            class_name: String = |key| key.name.clone(),
        },
        Grade = "grade" { grade: i32 = |key| key.word.as_deref().and_then(|grade| grade.parse().ok()) },
    }
    /// Receipts in numbers 告知回执统计: guardians, each as often as it has children for whom the notice is.
    pub struct NoticeReceiptCountsOut {
        items: NoticeReceiptCountOut,
        /// How many are to be told.
        count,
        /// How many have an account, so that they have the message.
        reached,
        /// How many have opened it.
        opened,
        /// Of how many the child joins.
        joined,
        /// Of how many the answer is a no.
        declined,
        /// Of how many there is no answer.
        silent,
    }
}

/// By what receipts are counted, and of which plan.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReceiptCountsFilter {
    /// One or two of `class` and `grade`, with a comma between; all together where it is left out.
    #[param(inline)]
    pub group_by: Option<ReceiptGroups>,
    /// A plan with a published notice.
    #[param(inline)]
    pub plan_id: Id,
    /// Only of pupils of this class.
    #[param(inline)]
    pub class_id: Option<Id>,
}
