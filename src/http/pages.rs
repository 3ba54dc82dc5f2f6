//! What is a page for people: in the language that its address asks for, and a page, too, where it is refused.

use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Language;
use super::answer::POLICY;

/// Where pages for everybody begin.
const PAGES: &str = "/notices/";

/// How the paths of pages end that an app asks for with a token.
const OF_APPS: &str = "-page";

/// What the address of a page says.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// In which language; else that of `Accept-Language`.
    #[param(inline)]
    pub lang: Option<Language>,
}

/// Whether a request is for a page.
fn is_page(request: &ServiceRequest) -> bool {
    request.path().starts_with(PAGES) || request.path().ends_with(OF_APPS)
}

/// The language of the answer: as the address of a page asks, else as the browser does.
pub(super) fn language_of(request: &ServiceRequest) -> Language {
    let asked = request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="));
    let asked = asked.filter(|_| is_page(request)).and_then(|tag| Language::ALL.into_iter().find(|l| l.tag() == tag));
    asked.unwrap_or_else(|| Language::wanted_by(request))
}

/// Whether a browser asks for a page, so that a refusal is one, too.
pub(super) fn is_browsed(request: &ServiceRequest) -> bool {
    let accepts = request.headers().get(ACCEPT).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    request.path().starts_with(PAGES) && request.method() == "GET" && accepts.contains("text/html")
}

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage<'a> {
    language: Language,
    kind: &'static str,
    request_id: &'a str,
}

impl RefusedPage<'_> {
    fn text(&self, key: &str) -> String {
        self.language.text(&format!("page.{key}"), [])
    }

    fn said(&self, part: &str) -> String {
        self.text(&format!("{}.{part}", self.kind))
    }
}

/// The page in the place of a problem document, with its status and headers.
pub(super) fn refused(problem: &HttpResponse, language: Language, request_id: &str) -> HttpResponse {
    let status = problem.status();
    let kind = match status {
        _ if status.is_server_error() => "later",
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => "later",
        _ => "missing",
    };
    let mut response = HttpResponseBuilder::new(status);
    response.insert_header((CONTENT_TYPE, "text/html; charset=utf-8"));
    response.insert_header((CONTENT_LANGUAGE, language.tag()));
    response.insert_header((CONTENT_SECURITY_POLICY, POLICY));
    if let Some(seconds) = problem.headers().get(RETRY_AFTER) {
        response.insert_header((RETRY_AFTER, seconds.clone()));
    }
    response.body(RefusedPage { language, kind, request_id }.render().unwrap_or_default())
}
