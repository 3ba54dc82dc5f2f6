//! The body of a batch: many rows, each read by itself.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use validator::Validate;

use super::json::{checked, json_bytes, parse_json};
use super::node::Node;
use crate::refusal::{Fault, FieldError, Refusal, Refused};

/// Rows of a batch.
pub const ROWS_MAX: usize = 200;

/// A JSON body of many rows, `{"items": […], "atomic": …}`: each is read by itself, so that what is wrong in one is
/// said of that one.
#[derive(Debug)]
pub struct Rows<T> {
    pub items: Vec<RowRead<T>>,
    /// Whether all of them are done, or none.
    pub atomic: bool,
}

/// A row as it was read.
#[derive(Debug)]
pub struct RowRead<T> {
    pub row: Result<T, Refused>,
    /// The first row that is the same to the letter, if that is another one.
    pub same_as: Option<usize>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RowNodes {
    #[schema(value_type = Vec<Object>)]
    items: Vec<Node>,
    #[serde(default)]
    atomic: bool,
}

impl<T: DeserializeOwned + Validate + ToSchema + 'static> FromRequest for Rows<T> {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move { rows_of(&json_bytes(&request, payload).await?) })
    }
}

/// Reads rows.
fn rows_of<T: DeserializeOwned + Validate + ToSchema>(bytes: &[u8]) -> Result<Rows<T>, Refusal> {
    let RowNodes { items, atomic } = parse_json(bytes)?;
    match items.len() {
        0 => return Err(Refusal::field("/items", Fault::Required)),
        1..=ROWS_MAX => {}
        _ => return Err(Refusal::invalid(vec![FieldError::new("/items", Fault::TooMany).with("max", ROWS_MAX)])),
    }
    let mut read = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let row = match checked(item) {
            Ok(row) => Ok(row),
            Err(Refusal::Refused(refused)) => Err(*refused),
            Err(other) => return Err(other),
        };
        let same_as = items.iter().take(index).position(|earlier| earlier == item);
        read.push(RowRead { row, same_as });
    }
    Ok(Rows { items: read, atomic })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::text::Line;

    #[derive(Debug, Deserialize, Validate, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only its parsing is of interest")]
        name: Line<1, 4>,
    }

    #[test]
    fn each_row_is_read_by_itself() {
        let body = br#"{"items":[{"name":"a"},{"name":""},{"name":"a"}]}"#;
        let Ok(Rows { items, atomic }) = rows_of::<Body>(body) else { unreachable!("it is JSON") };
        let wrong = |row: &RowRead<Body>| row.row.as_ref().err().map(|refused| refused.errors.len());
        let read: Vec<_> = items.iter().map(|row| (wrong(row), row.same_as)).collect();
        assert_eq!((read, atomic), (vec![(None, None), (Some(1), None), (None, Some(0))], false));
        for (body, pointer, fault) in [
            (r#"{"items":[]}"#, "/items", Fault::Required),
            (r#"{"items":{}}"#, "/items", Fault::WrongType),
            (r#"{"items":[{}],"all":true}"#, "/all", Fault::Unknown),
            (r#"{"atomic":true}"#, "/items", Fault::Required),
        ] {
            let refused = rows_of::<Body>(body.as_bytes());
            let Err(Refusal::Refused(refused)) = refused else { unreachable!("{body} passed") };
            assert_eq!(refused.errors.first().map(|e| (e.pointer.as_str(), e.code)), Some((pointer, fault)), "{body}");
        }
    }
}
