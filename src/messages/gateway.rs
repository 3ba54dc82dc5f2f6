//! The way of a code to a telephone: an HTTP service that sends messages, or, for development, a file that somebody
//! reads.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::private;
use crate::refusal::Refusal;

/// Longest wait for the other side.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message, as the gateway gets it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Message {
    /// Names the message for the other side: one that comes twice is one.
    pub id: String,
    /// As it is dialled; of another country with `+`.
    pub phone: String,
    pub code: String,
    /// Minutes for which the code is good.
    pub minutes: i64,
    /// The whole text, for gateways that take no parts.
    pub text: String,
}

/// How codes leave the house.
#[derive(Debug, Clone)]
pub enum Gateway {
    /// POST of the message as JSON, with a bearer token where there is one. Any 2xx is a success.
    Http { url: String, token: Option<SecretString>, client: reqwest::Client },
    /// One line of JSON for each message, in a file that nobody else may read.
    File(PathBuf),
}

impl Gateway {
    /// The gateway of the settings; none where neither is set.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn of(url: Option<&str>, token: Option<&str>, file: Option<PathBuf>) -> Result<Option<Self>, String> {
        match (url, file) {
            (Some(_), Some(_)) => Err("KEHOU_SMS_FILE: not together with KEHOU_SMS_URL".to_owned()),
            (Some(url), None) => {
                let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
                let client = client.build().map_err(|error| format!("KEHOU_SMS_URL: {error}"))?;
                Ok(Some(Self::Http { url: url.to_owned(), token: token.map(SecretString::from), client }))
            }
            (None, file) => Ok(file.map(Self::File)),
        }
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// What the other side answered, without the message.
    pub(super) async fn send(&self, message: &Message) -> Result<(), Refusal> {
        let body = serde_json::to_string(message).map_err(Refusal::internal)?;
        match self {
            Self::Http { url, token, client } => {
                let ask = client.post(url).header("content-type", "application/json").body(body);
                let ask = match token {
                    Some(token) => ask.bearer_auth(token.expose_secret()),
                    None => ask,
                };
                let failed = |error: reqwest::Error| Refusal::unavailable(error.without_url());
                let answer = ask.send().await.map_err(failed)?;
                answer.error_for_status().map(drop).map_err(failed)
            }
            Self::File(path) => {
                let written = private::append(path).and_then(|mut file| writeln!(file, "{body}"));
                written.map_err(|error| Refusal::unavailable(format!("KEHOU_SMS_FILE: {error}")))
            }
        }
    }
}
