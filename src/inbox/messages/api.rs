//! `/me/messages`.

use actix_web::{get, post};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::model::{MessageFilter, MessagesReadIn};
use super::{Message, MessageKind};
use crate::auth::access_log::SeenPerson;
use crate::auth::permission::OwnMessages;
use crate::auth::{Actor, By, List, Marking, Read, Role, Shown, Write};
use crate::db::{Asked, Id, Instant, NameField, NameOf, Names};
use crate::http::{Answer, Answered, FindingOut, Key, Page, ServiceConfig, Valid};
use crate::inbox::messages;
use crate::values::iso_date;

/// A message to the caller 消息.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageOut {
    pub id: Id,
    pub kind: MessageKind,
    /// In which role it is for the caller.
    pub role: Role,
    /// A sentence in the reader's language.
    pub text: String,
    /// What it is about, as in paths: `enrollments`.
    pub resource: String,
    /// Its id there.
    pub resource_id: Id,
    pub school_id: Option<Id>,
    pub school_name: Option<String>,
    /// The pupil; null where it is about none.
    pub student_id: Option<Id>,
    pub student_name: Option<String>,
    /// The project; null where it is about none.
    pub project_id: Option<Id>,
    pub project_name: Option<String>,
    /// Until when something is to be done; else null.
    #[serde(with = "iso_date::option")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// Null until it is marked as read.
    pub read_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Messages that were not read 未读消息.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreadMessagesOut {
    /// How many there are.
    pub unread: i64,
    /// What the rules said about this write; in answers to writes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingOut>>,
}

impl Shown for Message {
    type Out = MessageOut;
    const SHOWS_PUPILS: bool = true;
    const NAMES: &'static [NameOf] = &[NameOf::Student, NameOf::Project, NameOf::Organisation];

    fn asks(&self, _: &Actor, asked: &mut Asked) {
        asked.of(NameOf::Student, self.student_id);
        asked.of(NameOf::Project, self.project_id);
        asked.of(NameOf::Organisation, self.school_id);
    }

    fn changed_at(&self) -> Option<Instant> {
        Some(self.updated_at)
    }

    fn persons(&self) -> Vec<SeenPerson> {
        self.seen_at().into_iter().collect()
    }

    fn shown_to(&self, by: &Actor, names: &Names) -> MessageOut {
        let name = |of, id: Option<Id>| Option::<String>::named(names, of, id);
        let (student_name, project_name) =
            (name(NameOf::Student, self.student_id), name(NameOf::Project, self.project_id));
        let school_name = name(NameOf::Organisation, self.school_id);
        let due = self.row.due();
        let text = by.language.text(
            &format!("inbox.{}", self.kind.as_str()),
            [
                ("student", student_name.as_deref().unwrap_or_default()),
                ("project", project_name.as_deref().unwrap_or_default()),
                ("school", school_name.as_deref().unwrap_or_default()),
                ("day", due.as_str()),
            ],
        );
        MessageOut {
            id: self.id,
            kind: self.kind,
            role: self.role,
            text,
            resource: self.resource.clone(),
            resource_id: self.resource_id,
            school_id: self.school_id,
            school_name,
            student_id: self.student_id,
            student_name,
            project_id: self.project_id,
            project_name,
            due_on: self.due_on,
            read_at: self.read_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_my_messages).service(count_my_unread_messages).service(read_my_messages);
}

/// What the caller is told of, in the order in which it happened; `sort=-created` has the latest first 我的消息
#[utoipa::path(tag = "messages", params(List<MessageFilter, Key>),
    responses((status = 200, description = "A page of messages", body = Page<MessageOut>), OwnMessages))]
#[get("/me/messages")]
async fn list_my_messages(by: By<OwnMessages>, list: List<MessageFilter, Key>) -> Answered {
    list.shows(by, |tx, by, at| by.list::<Message>(tx, at)).await
}

/// How many messages the caller has not read 未读消息数
#[utoipa::path(tag = "messages",
    responses((status = 200, description = "The number", body = UnreadMessagesOut), OwnMessages))]
#[get("/me/messages/unread")]
async fn count_my_unread_messages(by: By<OwnMessages>, read: Read) -> Answered {
    read.one(by, |tx, by| Answer::ok(&UnreadMessagesOut { unread: messages::unread(tx, by)?, findings: None }, 1)).await
}

/// Marks messages as read; a repeat changes nothing 标记已读
#[utoipa::path(tag = "messages", request_body = MessagesReadIn,
    responses((status = 200, description = "How many are still unread", body = UnreadMessagesOut), OwnMessages))]
#[post("/me/messages/read")]
async fn read_my_messages(by: By<OwnMessages>, write: Write<Marking>, Valid(body): Valid<MessagesReadIn>) -> Answered {
    write
        .transact(by, move |tx, by| {
            let unread = messages::read(tx, by, &body.message_ids)?;
            Answer::ok(&UnreadMessagesOut { unread, findings: None }, 1)
        })
        .await
}
