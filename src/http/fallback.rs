//! What no route takes: 405 with `Allow` when the path exists under another method, 404 otherwise.

use std::collections::{BTreeMap, HashMap};
use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::refusal::{Code, Refusal};

/// The methods of the contract, in the order in which `Allow` names them.
const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

/// The paths of the contract, their methods and their operations.
#[derive(Clone)]
pub struct Routes(Arc<[(String, String)]>, Arc<HashMap<(String, &'static str), String>>);

impl Routes {
    /// Reads them from `openapi/operations.txt`, which the code gives: an operation, its method and its path a line.
    #[must_use]
    pub fn of(operations: &str) -> Self {
        let mut named = HashMap::new();
        let mut paths: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
        for line in operations.lines() {
            let mut words = line.split_whitespace();
            let (Some(id), Some(method), Some(path)) = (words.next(), words.next(), words.next()) else { continue };
            let Some(method) = METHODS.into_iter().find(|known| *known == method) else { continue };
            paths.entry(path).or_default().push(method);
            named.insert((path.to_owned(), method), id.to_owned());
        }
        // In the order of their texts a word comes before the brace of what stands for any id.
        let methods = |of: &[&'static str]| {
            let present = METHODS.into_iter().filter(|method| of.contains(method));
            present.flat_map(with_head).collect::<Vec<_>>().join(", ")
        };
        let paths = paths.into_iter().map(|(path, of)| (path.to_owned(), methods(&of))).collect();
        Self(paths, Arc::new(named))
    }

    /// The id in the contract of what a request calls; empty for what is not in it.
    #[must_use]
    pub fn operation(&self, request: &HttpRequest) -> String {
        let method = METHODS.into_iter().find(|method| request.method().as_str() == *method);
        let key = request.match_pattern().zip(method);
        key.and_then(|key| self.1.get(&key)).cloned().unwrap_or_default()
    }

    /// 405 where the path of a request has not its method. A word in a path comes before what stands for any id.
    #[must_use]
    pub fn refused_method(&self, request: &HttpRequest) -> Option<Refusal> {
        let methods = self.methods(request.path())?;
        let has = methods.split(", ").any(|method| method == request.method().as_str());
        (!has).then(|| allowing(methods))
    }

    fn methods(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(route, _)| fits(route, path)).map(|(_, methods)| methods.as_str())
    }
}

/// Whether a path is one of a route: part by part, where anything but nothing stands for what is in braces.
fn fits(route: &str, path: &str) -> bool {
    let (mut parts, mut asked) = (route.split('/'), path.split('/'));
    loop {
        match (parts.next(), asked.next()) {
            (None, None) => return true,
            (Some(part), Some(asked)) if part == asked || (part.starts_with('{') && !asked.is_empty()) => {}
            _ => return false,
        }
    }
}

/// What is to be had by GET is to be had by HEAD.
fn with_head(method: &'static str) -> impl Iterator<Item = &'static str> {
    [Some(method), (method == "GET").then_some("HEAD")].into_iter().flatten()
}

/// 405 with the methods that a path has.
fn allowing(methods: &str) -> Refusal {
    Refusal::of(Code::MethodNotAllowed).with("allow", methods).allowing(methods.to_owned())
}

/// The default service: 405 or 404.
#[expect(clippy::needless_pass_by_value, reason = "a handler's arguments")]
pub fn refuse(request: HttpRequest, routes: web::Data<Routes>) -> Ready<Result<HttpResponse, Refusal>> {
    ready(Err(match routes.methods(request.path()) {
        Some(methods) => allowing(methods),
        None => Refusal::of(Code::NotFound),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_comes_before_any_id() {
        let routes = Routes::of("b POST /a/counts public\nc PUT /a/{id} public\nd GET /a/{id} public\n");
        assert_eq!(routes.methods("/a/counts"), Some("POST"));
        assert_eq!(routes.methods("/a/other"), Some("GET, HEAD, PUT"));
        for path in ["/a", "/a/", "/a/other/", "/a/other/x", "/b/other"] {
            assert_eq!(routes.methods(path), None, "{path}");
        }
    }
}
