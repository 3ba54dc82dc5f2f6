//! What no route takes: 405 with `Allow` when the path exists under another method, 404 otherwise.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::ResourceDef;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use crate::refusal::{Code, Refusal};

/// The paths of the contract, their methods and their operations.
#[derive(Clone)]
pub struct Routes(Vec<(ResourceDef, String)>, Arc<HashMap<(String, &'static str), String>>);

impl Routes {
    /// Reads them from the contract, the one list of routes.
    #[must_use]
    pub fn of(contract: &OpenApi) -> Self {
        let methods = |item: &utoipa::openapi::PathItem| {
            let present = [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let names = present.iter().filter(|(_, has)| *has).flat_map(|(name, _)| with_head(name));
            names.collect::<Vec<_>>().join(", ")
        };
        let paths = &contract.paths.paths;
        let named = paths.iter().flat_map(|(path, item)| {
            let each = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
            let named = |(method, operation): (&'static str, &Option<Operation>)| {
                Some(((path.clone(), method), operation.as_ref()?.operation_id.clone()?))
            };
            each.into_iter().filter_map(named).collect::<Vec<_>>()
        });
        let paths = paths.iter().map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item))).collect();
        Self(paths, Arc::new(named.collect()))
    }

    /// The id in the contract of what a request calls; empty for what is not in it.
    #[must_use]
    pub fn operation(&self, request: &HttpRequest) -> String {
        let methods = ["GET", "POST", "PUT", "DELETE"];
        let method = methods.into_iter().find(|method| request.method().as_str() == *method);
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
        self.0.iter().find(|(route, _)| route.is_match(path)).map(|(_, methods)| methods.as_str())
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
