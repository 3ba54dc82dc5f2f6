//! What many operations say alike stands once, among the components: parameters, headers and problem answers. The form
//! that is used most has the plain name; what is said otherwise stays where it is.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::response::Response;
use utoipa::openapi::{OpenApi, Ref, RefOr};

use super::operations_mut;

/// Two of a kind may be chance.
const SHARED_FROM: usize = 3;

/// How often each form of a name is used.
struct Forms<T> {
    kind: &'static str,
    by_name: BTreeMap<String, Vec<(T, usize)>>,
}

impl<T: Clone + PartialEq> Forms<T> {
    fn of(kind: &'static str) -> Self {
        Self { kind, by_name: BTreeMap::new() }
    }

    fn count(&mut self, name: &str, one: &RefOr<T>) {
        let RefOr::T(one) = one else { return };
        let forms = self.by_name.entry(name.to_owned()).or_default();
        match forms.iter_mut().find(|(known, _)| known == one) {
            Some((_, uses)) => *uses += 1,
            None => forms.push((one.clone(), 1)),
        }
    }

    /// The first of those that are used most.
    fn most_used(&self, name: &str) -> Option<&T> {
        let forms = self.by_name.get(name)?;
        let most = forms.iter().map(|(_, uses)| *uses).max().filter(|uses| *uses >= SHARED_FROM)?;
        forms.iter().find(|(_, uses)| *uses == most).map(|(form, _)| form)
    }

    fn share(&self, name: &str, one: &mut RefOr<T>) {
        if matches!(one, RefOr::T(own) if self.most_used(name) == Some(own)) {
            *one = RefOr::Ref(Ref::new(format!("#/components/{}/{name}", self.kind)));
        }
    }

    fn components(&self) -> BTreeMap<String, RefOr<T>> {
        let shared = |name: &String| Some((name.clone(), RefOr::T(self.most_used(name)?.clone())));
        self.by_name.keys().filter_map(shared).collect()
    }
}

/// `If-Match` and `if_match` as `IfMatch`.
fn in_one_word(name: &str) -> String {
    let parts = name.split(['-', '_', ' ']).map(|part| {
        let mut letters = part.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    parts.collect()
}

/// A name that a query and a path share is two parameters.
fn name_of(parameter: &RefOr<Parameter>) -> String {
    let RefOr::T(parameter) = parameter else { return String::new() };
    let place = if matches!(parameter.parameter_in, ParameterIn::Path) { " of-path" } else { "" };
    in_one_word(&format!("{}{place}", parameter.name))
}

/// `412` as `PreconditionFailed`; what is no problem document is an operation's own.
fn problem_name(status: &str, response: &RefOr<Response>) -> Option<String> {
    let RefOr::T(own) = response else { return None };
    let status = status.parse::<u16>().ok().and_then(|status| StatusCode::from_u16(status).ok())?;
    let is_shared = status == StatusCode::NOT_MODIFIED || own.content.contains_key("application/problem+json");
    is_shared.then(|| in_one_word(status.canonical_reason().unwrap_or_default()))
}

/// Goes through the document, headers first: answers hold them.
pub(super) fn share(contract: &mut OpenApi) {
    let (mut headers, mut answers) = (Forms::<Header>::of("headers"), Forms::<Response>::of("responses"));
    let mut parameters = Forms::<Parameter>::of("parameters");
    each_header(contract, |name, header| headers.count(&in_one_word(name), header));
    each_header(contract, |name, header| headers.share(&in_one_word(name), header));
    each_problem(contract, |name, answer| answers.count(name, answer));
    each_problem(contract, |name, answer| answers.share(name, answer));
    each_parameter(contract, |one| parameters.count(&name_of(one), one));
    each_parameter(contract, |one| parameters.share(&name_of(one), one));
    if let Some(components) = contract.components.as_mut() {
        components.headers = headers.components();
        components.responses = answers.components();
        components.parameters = parameters.components();
    }
}

fn each_header(contract: &mut OpenApi, mut ask: impl FnMut(&str, &mut RefOr<Header>)) {
    for (_, _, operation) in operations_mut(contract) {
        for response in operation.responses.responses.values_mut() {
            let RefOr::T(response) = response else { continue };
            response.headers.iter_mut().for_each(|(name, header)| ask(name, header));
        }
    }
}

fn each_problem(contract: &mut OpenApi, mut ask: impl FnMut(&str, &mut RefOr<Response>)) {
    for (_, _, operation) in operations_mut(contract) {
        for (status, response) in &mut operation.responses.responses {
            if let Some(name) = problem_name(status, response) {
                ask(&name, response);
            }
        }
    }
}

fn each_parameter(contract: &mut OpenApi, mut ask: impl FnMut(&mut RefOr<Parameter>)) {
    for (_, _, operation) in operations_mut(contract) {
        operation.parameters.iter_mut().flatten().for_each(&mut ask);
    }
}
