//! Query strings: each key once, but where a list takes several values, none unknown, each of its type.

use std::collections::HashSet;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::json::{field_error, shown};
use super::page::{CursorSeal, PageAsk};
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::values::text::{as_entered, fault};

/// A parsed query. `T` denies unknown fields.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Query))
    }
}

/// Parses a query string.
///
/// # Errors
/// 400 that names the parameter.
pub fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Refusal> {
    parse_as(Code::ParameterInvalid, query)
}

/// Parses the query of a list: its filter, what every list takes, and the filter as it was asked for, in one order.
///
/// # Errors
/// 400 that names the parameter.
pub fn listed<F: DeserializeOwned>(request: &HttpRequest) -> Result<(F, PageAsk, String), Refusal> {
    let of_page = |(key, _): &(String, String)| key == "limit" || key == "cursor";
    let (page, mut filter): (Vec<_>, Vec<_>) = list_pairs(request)?.into_iter().partition(of_page);
    filter.sort();
    let asked = serde_urlencoded::to_string(&filter).map_err(Refusal::internal)?;
    Ok((read(Code::ParameterInvalid, &filter)?, read(Code::ParameterInvalid, &page)?, asked))
}

/// The pairs of a list's query, with what was signed in the place of its cursor.
fn list_pairs(request: &HttpRequest) -> Result<Vec<(String, String)>, Refusal> {
    let mut pairs = pairs(Code::ParameterInvalid, request.query_string())?;
    // A filter may take several values of one key; whether it does is the field's to say.
    if let Some(name) = repeated(&pairs).find(|name| ["limit", "cursor"].contains(name)) {
        return Err(wrong(Code::ParameterInvalid, FieldError::new(name, Fault::Duplicate)));
    }
    if let Some((_, cursor)) = pairs.iter_mut().find(|(key, _)| key == "cursor") {
        *cursor = CursorSeal::of(request)?.opened(cursor)?.to_owned();
    }
    Ok(pairs)
}

/// Parses a query string or a form, and refuses under `code`.
///
/// # Errors
/// Names the parameter.
pub fn parse_as<T: DeserializeOwned>(code: Code, query: &str) -> Result<T, Refusal> {
    let pairs = pairs(code, query)?;
    if let Some(name) = repeated(&pairs).next() {
        return Err(wrong(code, FieldError::new(shown(name), Fault::Duplicate)));
    }
    read(code, &pairs)
}

/// Keys that are given more than once.
fn repeated(pairs: &[(String, String)]) -> impl Iterator<Item = &str> {
    let mut seen = HashSet::new();
    pairs.iter().map(|(key, _)| key.as_str()).filter(move |key| !seen.insert(*key))
}

fn wrong(code: Code, error: FieldError) -> Refusal {
    let pointer = error.pointer.trim_start_matches('/').to_owned();
    Refusal::listing(code, vec![FieldError { pointer, ..error }])
}

/// The pairs of a query.
fn pairs(code: Code, query: &str) -> Result<Vec<(String, String)>, Refusal> {
    let wrong = |name: String, fault| Err(wrong(code, FieldError::new(name, fault)));
    if let Err(fault) = check_escapes(query) {
        return wrong("query".to_owned(), fault);
    }
    let Ok(pairs) = serde_urlencoded::from_str::<Vec<(String, String)>>(query) else {
        return wrong("query".to_owned(), Fault::Format);
    };
    for (key, value) in &pairs {
        let name = shown(key);
        if value.chars().any(char::is_control) || key.chars().any(char::is_control) {
            return wrong(name, Fault::ControlCharacter);
        }
    }
    Ok(pairs)
}

fn read<T: DeserializeOwned>(code: Code, pairs: &[(String, String)]) -> Result<T, Refusal> {
    let mut words: Vec<(&str, Words<'_>)> = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        match words.last_mut() {
            Some((known, words)) if known == key => words.0.push(value), // what a list is asked for is sorted
            _ => words.push((key, Words(vec![value]))),
        }
    }
    let deserializer = serde::de::value::MapDeserializer::new(words.into_iter());
    as_entered(|| serde_path_to_error::deserialize(deserializer)).map_err(|error| {
        let path = error.path().to_string();
        let path = shown(path.split_once('[').map_or(path.as_str(), |(name, _)| name)); // of several values
        let pointer = if path == "." { String::new() } else { format!("/{path}") };
        wrong(code, field_error(&pointer, &serde::de::value::Error::to_string(error.inner())))
    })
}

/// Percent escapes must be whole and give UTF-8; the usual parsers replace what they cannot read.
fn check_escapes(query: &str) -> Result<(), Fault> {
    let mut bytes = Vec::with_capacity(query.len());
    let mut rest = query.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else { return Err(Fault::Format) };
        bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
    }
    std::str::from_utf8(&bytes).map(|_| ()).map_err(|_| Fault::Format)
}

/// A query value: text that becomes what the field asks for.
struct Word<'a>(&'a str);

macro_rules! parsed {
    ($($method:ident $visit:ident $type:ty),+ $(,)?) => {$(
        fn $method<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            match self.0.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(serde::de::Error::custom("invalid type")),
            }
        }
    )+};
}

impl<'de> serde::Deserializer<'de> for Word<'_> {
    type Error = serde::de::value::Error;

    parsed! {
        deserialize_bool visit_bool bool, deserialize_i64 visit_i64 i64, deserialize_i32 visit_i32 i32,
        deserialize_u64 visit_u64 u64, deserialize_u32 visit_u32 u32, deserialize_u16 visit_u16 u16,
    }

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        use serde::de::IntoDeserializer;
        visitor.visit_enum(self.0.into_deserializer())
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u8 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

impl serde::de::IntoDeserializer<'_, serde::de::value::Error> for Word<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// All values of one key: a field that takes one has no other.
struct Words<'a>(Vec<&'a str>);

macro_rules! of_one {
    ($($method:ident),+ $(,)?) => {$(
        fn $method<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.one()?.$method(visitor)
        }
    )+};
}

impl<'a> Words<'a> {
    fn one(self) -> Result<Word<'a>, serde::de::value::Error> {
        match self.0.as_slice() {
            [one] => Ok(Word(one)),
            _ => Err(fault(FieldError::new("", Fault::Duplicate))),
        }
    }
}

impl<'de> serde::Deserializer<'de> for Words<'_> {
    type Error = serde::de::value::Error;

    of_one! {
        deserialize_any, deserialize_bool, deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64,
        deserialize_i128, deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64, deserialize_u128,
        deserialize_f32, deserialize_f64, deserialize_char, deserialize_str, deserialize_string, deserialize_bytes,
        deserialize_byte_buf, deserialize_unit, deserialize_map, deserialize_identifier, deserialize_ignored_any,
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_seq(serde::de::value::SeqDeserializer::new(self.0.into_iter().map(Word)))
    }

    fn deserialize_enum<V: serde::de::Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.one()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_unit_struct<V: serde::de::Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.one()?.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_tuple<V: serde::de::Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Self::Error> {
        self.one()?.deserialize_tuple(len, visitor)
    }

    fn deserialize_tuple_struct<V: serde::de::Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.one()?.deserialize_tuple_struct(name, len, visitor)
    }

    fn deserialize_struct<V: serde::de::Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.one()?.deserialize_struct(name, fields, visitor)
    }
}

impl serde::de::IntoDeserializer<'_, serde::de::value::Error> for Words<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
