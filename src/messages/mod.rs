//! Messages to telephones: the codes for signing in. A request only plans one; a job hands it to the gateway, so that
//! nobody's answer waits for the other side, or says whether there was anything to send.

mod api;
mod gateway;

pub use self::api::routes;
pub use self::gateway::{Gateway, Message};

use serde_json::json;
use time::Duration;

use crate::auth::sign_in_codes::{self, LIFETIME};
use crate::auth::tries::Try;
use crate::db::{Id, Json, Tx};
use crate::http::Language;
use crate::jobs::Work::{Inside, Outside as Errands};
use crate::jobs::{self, Errand, Job, Kind, Outcome, Outside, Pool};
use crate::refusal::Refusal;
use crate::values::identifiers::Phone;

/// Whether the service can send messages at all.
#[derive(Debug, Clone, Copy)]
pub struct CanSend(pub bool);

/// The kind of job that hands a message over.
const SEND: Kind = Kind {
    name: "send-message",
    pool: Pool::Work,
    tries_max: 3,
    first_delay: Duration::seconds(2),
    lease: Duration::seconds(30),
    has_work: None,
    work: Inside(|_, _| Ok(Outcome::Done)),
};

/// The same with the gateway of the settings.
#[must_use]
pub fn kind(errand: &'static dyn Errand) -> Kind {
    Kind { work: Errands(errand), ..SEND }
}

/// A seal opens in its own job alone.
fn place(key: &str) -> String {
    format!("jobs.message:{key}")
}

/// Makes a code for a telephone and plans its message; for one that reaches nobody, a job that sends nothing.
///
/// # Errors
/// 429 for a telephone or an address that asks too often.
pub fn send_code(tx: &mut Tx<'_>, phone: &Phone, from: &Try, language: Language) -> Result<(), Refusal> {
    let dialled = phone.dialled().unwrap_or_default();
    let made = sign_in_codes::make(tx, &dialled, from)?;
    let (id, minutes) = (Id::fresh().to_string(), LIFETIME.whole_minutes());
    let said = minutes.to_string();
    let text = language.text("message.sign-in-code", [("code", made.code.as_str()), ("minutes", said.as_str())]);
    let message = Message { id: id.clone(), phone: made.dialled, code: made.code, minutes, text };
    let plain = serde_json::to_vec(&(made.reaches, message)).map_err(Refusal::internal)?;
    let sealed = tx.sealing.seal(&place(&id), &plain).map_err(Refusal::internal)?;
    jobs::plan(tx, &SEND, &id, Json(json!({ "sealed": sealed })), Duration::ZERO)
}

/// Hands messages to a gateway.
pub struct Sending {
    pub gateway: Gateway,
}

impl Outside for Sending {
    type Plan = Option<Message>;
    type Done = ();

    /// The message, unless there is nobody to send it to, or its code is over.
    fn plan(&self, tx: &mut Tx<'_>, job: &Job) -> Result<Option<Message>, Refusal> {
        let sealed = job.payload.0.get("sealed").and_then(serde_json::Value::as_str).unwrap_or_default();
        let plain = tx.sealing.open(&place(&job.unique_key), sealed).map_err(Refusal::internal)?;
        let (reaches, message): (bool, Message) = serde_json::from_slice(&plain).map_err(Refusal::internal)?;
        let is_over = job.created_at.plus(LIFETIME) <= tx.now;
        Ok(Some(message).filter(|_| reaches && !is_over))
    }

    async fn act(&self, message: Option<Message>) -> Result<(), Refusal> {
        match message {
            Some(message) => self.gateway.send(&message).await,
            None => Ok(()),
        }
    }

    fn settle(&self, _: &mut Tx<'_>, _: &Job, (): &()) -> Result<Outcome, Refusal> {
        Ok(Outcome::Done)
    }
}
