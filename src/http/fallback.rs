//! What no route takes: 405 with `Allow` when the path exists under another method, 404 otherwise.

use std::future::{Ready, ready};

use actix_web::dev::ResourceDef;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;

use crate::refusal::{Code, Refusal};

/// The paths of the contract and their methods.
#[derive(Clone)]
pub struct Routes(Vec<(ResourceDef, String)>);

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
            present.iter().filter(|(_, has)| *has).map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
        };
        let paths = &contract.paths.paths;
        Self(paths.iter().map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item))).collect())
    }

    fn methods(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(route, _)| route.is_match(path)).map(|(_, methods)| methods.as_str())
    }
}

/// The default service: 405 or 404.
#[expect(clippy::needless_pass_by_value, reason = "a handler's arguments")]
pub fn refuse(request: HttpRequest, routes: web::Data<Routes>) -> Ready<Result<HttpResponse, Refusal>> {
    ready(Err(match routes.methods(request.path()) {
        Some(methods) => Refusal::of(Code::MethodNotAllowed).with("allow", methods).allowing(methods.to_owned()),
        None => Refusal::of(Code::NotFound),
    }))
}
