//! With what slices register their routes: for a thread that serves them, or for the contract.

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa_actix_web::{OpenApiFactory, service_config};

/// Takes routes. Only the contract has them described, once: descriptions of all are large, and threads are many.
pub enum ServiceConfig<'a, 'b> {
    /// Routes that answer.
    Serving(&'a mut web::ServiceConfig),
    /// Routes that tell what they are, too.
    Described(&'a mut service_config::ServiceConfig<'b>),
}

impl ServiceConfig<'_, '_> {
    /// Takes an operation.
    pub fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        match self {
            Self::Serving(config) => {
                config.service(operation);
            }
            Self::Described(config) => {
                config.service(operation);
            }
        }
        self
    }

    /// Takes what another slice registers.
    pub fn configure(&mut self, routes: impl FnOnce(&mut Self)) -> &mut Self {
        routes(self);
        self
    }
}
