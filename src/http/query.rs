//! Query strings: each key once, but where a list takes several values, none unknown, each of its type. Everything that
//! is wrong is named at once: the parameters in the order of the contract, then what it does not know, as it stands.

mod words;

use std::collections::HashMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};

use self::words::Words;
use super::all_faults::FAULTS_MAX;
use super::json::{field_error, shown};
use super::page::PageAsk;
use crate::refusal::{Code, Fault, FieldError, Refusal};
use crate::values::text::as_entered;

/// A parsed query. `T` denies unknown fields.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + IntoParams> FromRequest for Query<T> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Query))
    }
}

/// The query of what takes none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

impl IntoParams for NoQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Vec::new()
    }
}

/// Parses a query string.
///
/// # Errors
/// 400 that names every parameter that is wrong.
pub fn parse<T: DeserializeOwned + IntoParams>(query: &str) -> Result<T, Refusal> {
    let given = given(Code::ParameterInvalid, query)?;
    read(&given).map_err(|first| {
        let known = parameters::<T>();
        let mut faults = faults_of::<T>(&given, &known);
        faults.extend(strange::<T>(&given, &known));
        refused(faults, first)
    })
}

/// Parses the query of a list: its filter, what every list takes, and the filter as it was asked for, in one order.
///
/// # Errors
/// 400 that names every parameter that is wrong.
pub fn listed<F: DeserializeOwned + IntoParams>(request: &HttpRequest) -> Result<(F, PageAsk, String), Refusal> {
    let of_page = |one: &Given| one.name == "limit" || one.name == "cursor";
    let (page, mut own): (Vec<_>, Vec<_>) =
        given(Code::ParameterInvalid, request.query_string())?.into_iter().partition(of_page);
    let (filter, ask) = match (read::<F>(&own), read::<PageAsk>(&page)) {
        (Ok(filter), Ok(ask)) => (filter, ask),
        (Err(first), _) | (_, Err(first)) => {
            let known = parameters::<F>();
            let mut faults = faults_of::<F>(&own, &known);
            faults.extend(faults_of::<PageAsk>(&page, &parameters::<PageAsk>()));
            faults.extend(strange::<F>(&own, &known));
            return Err(refused(faults, first));
        }
    };
    for one in &mut own {
        one.values.sort();
    }
    own.sort_by(|one, other| one.name.cmp(&other.name));
    let pairs: Vec<(&str, &str)> =
        own.iter().flat_map(|one| one.values.iter().map(|value| (one.name.as_str(), value.as_str()))).collect();
    let asked = serde_urlencoded::to_string(&pairs).map_err(Refusal::internal)?;
    // A cursor is of a filter, so it is looked at when that is one.
    Ok((filter, ask.opened(request)?, asked))
}

/// Parses a form, and refuses under `code`.
///
/// # Errors
/// Names the first field that is wrong, as OAuth has one error.
pub fn parse_form<T: DeserializeOwned>(code: Code, form: &str) -> Result<T, Refusal> {
    let given = given(code, form)?;
    let mut wrong = given.iter().filter_map(|one| match one.values.as_slice() {
        _ if one.has_control() => Some(one.wrong(Fault::ControlCharacter)),
        [_] => None,
        _ => Some(one.wrong(Fault::Duplicate)),
    });
    match wrong.next() {
        Some(fault) => Err(Refusal::listing(code, vec![fault])),
        None => read(&given).map_err(|first| Refusal::listing(code, vec![first])),
    }
}

/// A key of a query, with all values that it is given.
#[derive(Debug)]
struct Given {
    name: String,
    values: Vec<String>,
}

impl Given {
    fn has_control(&self) -> bool {
        self.values.iter().chain([&self.name]).any(|text| text.chars().any(char::is_control))
    }

    fn wrong(&self, fault: Fault) -> FieldError {
        FieldError::new(shown(&self.name), fault)
    }

    /// What is wrong with it as a parameter of `T`, whatever else is given or lacking.
    fn fault<T: DeserializeOwned>(&self) -> Option<FieldError> {
        let alone = read::<T>(std::slice::from_ref(self)).err();
        alone.filter(|fault| fault.pointer == shown(&self.name))
    }
}

/// The keys of a query, in the order in which they come first.
fn given(code: Code, query: &str) -> Result<Vec<Given>, Refusal> {
    let wrong = |fault| Refusal::listing(code, vec![FieldError::new("query", fault)]);
    check_escapes(query).map_err(wrong)?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|_| wrong(Fault::Format))?;
    let mut given: Vec<Given> = Vec::new();
    let mut places = HashMap::new();
    for (name, value) in pairs {
        let place = *places.entry(name.clone()).or_insert(given.len());
        match given.get_mut(place) {
            Some(known) => known.values.push(value),
            None => given.push(Given { name, values: vec![value] }),
        }
    }
    Ok(given)
}

/// Reads a `T`, or says what stands against it first.
fn read<T: DeserializeOwned>(given: &[Given]) -> Result<T, FieldError> {
    if let Some(one) = given.iter().find(|one| one.has_control()) {
        return Err(one.wrong(Fault::ControlCharacter));
    }
    let words = given.iter().map(|one| (one.name.as_str(), Words(one.values.iter().map(String::as_str).collect())));
    let deserializer = serde::de::value::MapDeserializer::new(words);
    as_entered(|| serde_path_to_error::deserialize(deserializer)).map_err(|error| {
        let path = error.path().to_string();
        let path = shown(path.split_once('[').map_or(path.as_str(), |(name, _)| name)); // of several values
        let pointer = if path == "." { String::new() } else { format!("/{path}") };
        let fault = field_error(&pointer, &serde::de::value::Error::to_string(error.inner()));
        FieldError { pointer: fault.pointer.trim_start_matches('/').to_owned(), ..fault }
    })
}

/// What the contract says that `T` takes: names, and whether they have to be there.
fn parameters<T: IntoParams>() -> Vec<(String, bool)> {
    let all = T::into_params(|| Some(ParameterIn::Query)).into_iter();
    all.map(|one| (one.name, one.required == Required::True)).collect()
}

/// What is wrong with the parameters that `T` takes, in the order of the contract.
fn faults_of<T: DeserializeOwned>(given: &[Given], known: &[(String, bool)]) -> Vec<FieldError> {
    let fault = |(name, is_required): &(String, bool)| match given.iter().find(|one| one.name == *name) {
        Some(one) => one.fault::<T>(),
        None => is_required.then(|| FieldError::new(name.as_str(), Fault::Required)),
    };
    known.iter().filter_map(fault).collect()
}

/// What is given that `T` does not take, as it stands.
fn strange<T: DeserializeOwned>(given: &[Given], known: &[(String, bool)]) -> Vec<FieldError> {
    let others = given.iter().filter(|one| known.iter().all(|(name, _)| *name != one.name));
    others.filter_map(Given::fault::<T>).take(FAULTS_MAX).collect()
}

fn refused(mut faults: Vec<FieldError>, first: FieldError) -> Refusal {
    faults.truncate(FAULTS_MAX);
    Refusal::listing(Code::ParameterInvalid, if faults.is_empty() { vec![first] } else { faults })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Id;
    use crate::http::{AnyOf, PageLimit};

    #[derive(Debug, Deserialize, IntoParams)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        #[expect(dead_code, reason = "only its parsing is of interest")]
        #[param(inline)]
        of: Id,
        #[expect(dead_code, reason = "only its parsing is of interest")]
        #[param(inline)]
        most: Option<PageLimit>,
        #[expect(dead_code, reason = "only its parsing is of interest")]
        #[param(inline)]
        any: Option<AnyOf<Id>>,
    }

    const ID: &str = "0192f0c1-2b3a-7c4d-8e5f-60718293a4b5";

    #[test]
    fn everything_that_is_wrong_is_named_in_the_order_of_the_contract() {
        let twice = format!("any={ID}&any={ID}");
        for (query, faults) in [
            (format!("of={ID}&most=7&{twice}"), vec![]),
            (String::new(), vec![("of", Fault::Required)]),
            ("most=0".to_owned(), vec![("of", Fault::Required), ("most", Fault::OutOfRange)]),
            (
                format!("z=1&any=x&{twice}&most=7&y=%00&of={ID}&most=7&z=2"),
                vec![
                    ("most", Fault::Duplicate),
                    ("any", Fault::Format),
                    ("z", Fault::Unknown),
                    ("y", Fault::ControlCharacter),
                ],
            ),
            (
                format!("of=%00&any={ID}&430602%20201303%2015002X=1"),
                vec![("of", Fault::ControlCharacter), ("*", Fault::Unknown)],
            ),
            (format!("of={ID}&most=%zz"), vec![("query", Fault::Format)]),
        ] {
            let found = match parse::<Asked>(&query) {
                Ok(_) => Vec::new(),
                Err(Refusal::Refused(refused)) => refused.errors.clone(),
                Err(other) => unreachable!("{other}"),
            };
            let found: Vec<_> = found.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
            assert_eq!(found, faults, "{query}");
        }
    }

    #[test]
    fn no_answer_names_more_than_fifty() {
        let query: Vec<String> = (0..1_000).map(|number| format!("x{number}=1")).collect();
        let Err(Refusal::Refused(refused)) = parse::<Asked>(&query.join("&")) else { unreachable!("it passed") };
        assert_eq!(refused.errors.len(), FAULTS_MAX);
    }
}
