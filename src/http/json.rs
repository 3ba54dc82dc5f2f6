//! Bodies: read with limits, parsed with pointers, checked, or refused.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::all_faults::{Required, all_faults};
use super::node::Node;
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::values::check_digits::holds_id_number;
use crate::values::marks::is_unseen;
use crate::values::text::{as_entered, read_fault};

/// Limits of a JSON or form body.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    /// Most bytes of a body.
    pub bytes: usize,
    /// Longest wait for the whole body.
    pub patience: Duration,
}

/// SHA-256 of the body that was read, for the fingerprint of an idempotent request.
#[derive(Debug, Clone, Copy)]
pub struct BodyDigest(pub [u8; 32]);

/// A JSON body that has passed every check of its shape.
#[derive(Debug)]
pub struct Valid<T>(pub T);

impl<T: DeserializeOwned + Validate + ToSchema + 'static> FromRequest for Valid<T> {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move { parse(&json_bytes(&request, payload).await?).map(Valid) })
    }
}

/// The bytes of a JSON body, whose digest is noted for whoever compares requests.
///
/// # Errors
/// 415, 413, 408.
pub(super) async fn json_bytes(request: &HttpRequest, payload: Payload) -> Result<BytesMut, Refusal> {
    expect_content_type(request, "application/json")?;
    let bytes = read(request, payload).await?;
    request.extensions_mut().insert(BodyDigest(Sha256::digest(&bytes).into()));
    Ok(bytes)
}

/// Refuses any content type but `expected`, whose parameters are ignored: JSON and forms are UTF-8.
///
/// # Errors
/// 415.
pub fn expect_content_type(request: &HttpRequest, expected: &'static str) -> Result<(), Refusal> {
    let given = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(Refusal::of(Code::UnsupportedMediaType).with("expected", expected))
}

/// Reads a whole body within the limits.
///
/// # Errors
/// 413 when it is larger, 408 when it comes too slowly, 400 when it breaks off.
pub async fn read(request: &HttpRequest, payload: Payload) -> Result<BytesMut, Refusal> {
    let limits = request
        .app_data::<web::Data<BodyLimits>>()
        .map_or(BodyLimits { bytes: 1 << 20, patience: Duration::from_secs(30) }, |limits| ***limits);
    let too_large = || Refusal::of(Code::BodyTooLarge).with("max", limits.bytes);
    let announced =
        request.headers().get("content-length").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.bytes) {
        return Err(too_large());
    }
    let collect = async {
        let mut payload = payload;
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| Refusal::of(Code::Malformed).because(error))?;
            if bytes.len() + chunk.len() > limits.bytes {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    tokio::time::timeout(limits.patience, collect).await.unwrap_or_else(|_| Err(Refusal::of(Code::RequestTimeout)))
}

/// Parses and checks JSON.
///
/// # Errors
/// 400 for what is no JSON, 422 with pointers for what is wrong in it.
pub fn parse<T: DeserializeOwned + Validate + ToSchema>(bytes: &[u8]) -> Result<T, Refusal> {
    checked(&node_of(bytes)?)
}

/// What a node is, if it passes every check of its shape.
pub(super) fn checked<T: DeserializeOwned + Validate + ToSchema>(node: &Node) -> Result<T, Refusal> {
    let value: T = read_node(node)?;
    value.validate().map_err(|errors| {
        let mut found = Vec::new();
        collect_faults("", &errors, &mut found);
        Refusal::invalid(found)
    })?;
    Ok(value)
}

/// Parses JSON as strictly as every body is: no repeated keys, no array in the place of an object.
///
/// # Errors
/// 400 for what is no JSON, 422 with a pointer for everything that is missing, unknown or wrong.
pub fn parse_json<T: DeserializeOwned + ToSchema>(bytes: &[u8]) -> Result<T, Refusal> {
    read_node(&node_of(bytes)?)
}

fn node_of(bytes: &[u8]) -> Result<Node, Refusal> {
    serde_json::from_slice(bytes)
        .map_err(|error| Refusal::of(Code::JsonSyntax).with("line", error.line()).with("column", error.column()))
}

fn read_node<T: DeserializeOwned + ToSchema>(node: &Node) -> Result<T, Refusal> {
    as_entered(|| {
        T::deserialize(node).map_err(|error| {
            let faults = all_faults::<T>(node, &Required::of::<T>());
            let first = || vec![field_error("", &error.to_string())];
            Refusal::invalid(if faults.is_empty() { first() } else { faults })
        })
    })
}

/// What serde's sentence means. Its values are never passed on: they may be personal.
pub(super) fn field_error(pointer: &str, message: &str) -> FieldError {
    if let Some(fault) = read_fault(message) {
        return FieldError { pointer: pointer.to_owned(), ..fault };
    }
    let named = || message.split('`').nth(1).map(escape).unwrap_or_default();
    let below = |name: String| format!("{pointer}/{name}");
    if message.starts_with("missing field") {
        FieldError::new(below(named()), Fault::Required)
    } else if message.starts_with("unknown field") {
        let name = named();
        let already = pointer.ends_with(&format!("/{name}"));
        FieldError::new(if already { pointer.to_owned() } else { below(name) }, Fault::Unknown)
    } else if message.starts_with("duplicate field") {
        FieldError::new(below(named()), Fault::Duplicate)
    } else if message.starts_with("unknown variant") {
        let allowed = message.split_once("expected ").map_or("", |(_, rest)| rest);
        let allowed = allowed.split(" at line").next().unwrap_or_default().replace("one of ", "").replace('`', "");
        FieldError::new(pointer, Fault::NotOneOf).with("allowed", allowed)
    } else if message.starts_with("invalid type") {
        let fault = FieldError::new(pointer, Fault::WrongType);
        match message.rsplit_once("expected ").and_then(|(_, expected)| expected_kind(expected)) {
            Some(kind) => fault.said(kind),
            None => fault,
        }
    } else if message.starts_with("invalid value") || message.starts_with("number out of range") {
        FieldError::new(pointer, Fault::OutOfRange)
    } else {
        FieldError::new(pointer, Fault::Format)
    }
}

/// What serde expected, as it is said.
fn expected_kind(expected: &str) -> Option<&'static str> {
    let kinds = [
        ("a string", "text"),
        ("string or map", "text"),
        ("enum ", "text"),
        ("a boolean", "flag"),
        ("i", "whole"),
        ("u", "whole"),
        ("a sequence", "list"),
        ("struct ", "object"),
        ("a map", "object"),
    ];
    kinds.into_iter().find(|(start, _)| expected.starts_with(start)).map(|(_, kind)| kind)
}

/// A name as a part of a pointer (RFC 6901) that may come back.
#[must_use]
pub fn escape(key: &str) -> String {
    shown(key).replace('~', "~0").replace('/', "~1")
}

/// The name of a field or parameter as an answer may repeat it: a hostile one must not come back at any length, nor
/// with what does not show, nor an ID number that somebody put in the place of a name.
pub(super) fn shown(name: &str) -> String {
    if holds_id_number(name) {
        return "*".to_owned();
    }
    name.chars().filter(|c| !c.is_control() && !is_unseen(*c)).take(64).collect()
}

/// Checks across fields, from `validator`, without its messages, which echo values.
fn collect_faults(pointer: &str, errors: &ValidationErrors, found: &mut Vec<FieldError>) {
    for (field, kind) in errors.errors() {
        let here = if field == "__all__" { pointer.to_owned() } else { format!("{pointer}/{field}") };
        match kind {
            ValidationErrorsKind::Struct(inner) => collect_faults(&here, inner, found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect_faults(&format!("{here}/{index}"), inner, found);
                }
            }
            ValidationErrorsKind::Field(faults) => {
                for fault in faults {
                    let code = Fault::parse(&fault.code).unwrap_or(Fault::Format);
                    found.push(FieldError::new(here.clone(), code));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::http::all_faults::FAULTS_MAX;
    use crate::values::text::Line;

    #[derive(Debug, Deserialize, Validate, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Slot {
        #[expect(dead_code, reason = "only its parsing is of interest")]
        name: Line<1, 4>,
    }

    #[derive(Debug, Deserialize, Validate, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only its parsing is of interest")]
        slots: Vec<Slot>,
    }

    #[test]
    fn a_pointer_names_the_place_and_never_the_value() {
        for (body, pointer, fault) in [
            (r#"{"slots":[{"name":"a"},{"name":"abcde"}]}"#, "/slots/1/name", Fault::TooLong),
            (r#"{"slots":[{"name":"a","n/m":1}]}"#, "/slots/0/n~1m", Fault::Unknown),
            (r#"{"slots":[{}]}"#, "/slots/0/name", Fault::Required),
            (r#"{"slots":[{"name":7}]}"#, "/slots/0/name", Fault::WrongType),
            (r#"{"slots":[{"name":"a","name":"b"}]}"#, "/slots/0/name", Fault::Duplicate),
            (r"[]", "", Fault::WrongType),
            (r#"{"slots":[["a"]]}"#, "/slots/0", Fault::WrongType),
            (r#"{"slots":{}}"#, "/slots", Fault::WrongType),
            (r#"{"slots":null}"#, "/slots", Fault::WrongType),
            (r#"{"slots":[{"name":"a","43060220130315002X":1}]}"#, "/slots/0/*", Fault::Unknown),
            (r#"{"slots":[],"4306 0220 1303 1500 2X":1}"#, "/*", Fault::Unknown),
            ("{\"slots\":[],\"a\u{200b}b\":1}", "/ab", Fault::Unknown),
            ("{\"slots\":[{\"name\":\"a\u{200b}\"}]}", "/slots/0/name", Fault::ControlCharacter),
        ] {
            let refused = parse::<Body>(body.as_bytes());
            let Err(Refusal::Refused(refused)) = refused else { unreachable!("{body} passed") };
            assert_eq!((refused.code, refused.errors.len()), (Code::Invalid, 1), "{body}");
            assert_eq!(refused.errors.first().map(|e| (e.pointer.as_str(), e.code)), Some((pointer, fault)), "{body}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_named_in_the_order_of_the_contract() {
        for (body, faults) in [
            (
                r#"{"slots":[{"name":""},{},{"name":7,"x":1},{"name":"abc"}],"y":2}"#,
                vec![
                    ("/slots/0/name", Fault::TooShort),
                    ("/slots/1/name", Fault::Required),
                    ("/slots/2/name", Fault::WrongType),
                    ("/slots/2/x", Fault::Unknown),
                    ("/y", Fault::Unknown),
                ],
            ),
            (r#"{"z":1,"y":2}"#, vec![("/slots", Fault::Required), ("/z", Fault::Unknown), ("/y", Fault::Unknown)]),
            (
                r#"{"slots":[{"x":1,"name":"a","name":"b"},{"name":"abcde"}],"slots":7}"#,
                vec![
                    ("/slots", Fault::Duplicate),
                    ("/slots/0/name", Fault::Duplicate),
                    ("/slots/0/x", Fault::Unknown),
                    ("/slots/1/name", Fault::TooLong),
                ],
            ),
            (
                r#"{"slots":[7,{"name":"a"},null,[]]}"#,
                vec![("/slots/0", Fault::WrongType), ("/slots/2", Fault::WrongType), ("/slots/3", Fault::WrongType)],
            ),
        ] {
            let Err(Refusal::Refused(refused)) = parse::<Body>(body.as_bytes()) else { unreachable!("{body} passed") };
            let found: Vec<_> = refused.errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
            assert_eq!(found, faults, "{body}");
        }
    }

    #[test]
    fn no_answer_names_more_than_fifty() {
        let body = format!(r#"{{"slots":[{}]}}"#, vec!["{}"; 20_000].join(","));
        let Err(Refusal::Refused(refused)) = parse::<Body>(body.as_bytes()) else { unreachable!("it passed") };
        assert_eq!(refused.errors.len(), FAULTS_MAX);
        assert_eq!(refused.errors.last().map(|error| error.pointer.as_str()), Some("/slots/49/name"));
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        for (body, number) in [
            ("20000", Some(20_000)),
            ("2e4", Some(20_000)),
            ("20000.0", Some(20_000)),
            ("2.00001e4", None),
            ("-0.0", Some(0)),
            ("-1.5E1", Some(-15)),
            ("9007199254740991.0", Some(9_007_199_254_740_991)),
            ("9007199254740993.0", None),
            ("1e300", None),
        ] {
            assert_eq!(parse_json::<i64>(body.as_bytes()).ok(), number, "{body}");
        }
    }

    #[test]
    fn what_is_no_json_is_400() {
        for body in ["{".as_bytes(), b"", b"{\"slots\":[]} x", b"\xef\xbb\xbf{}", b"{\"slots\":[\"\xff\"]}", b"[1e999]"]
        {
            let refused = parse::<Body>(body).err().and_then(|refusal| refusal.code());
            assert_eq!(refused, Some(Code::JsonSyntax), "{body:?}");
        }
    }
}
