//! The outermost layer: names each request, renders what was refused, and logs one line.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use prometheus::HistogramVec;

use super::compression::Accepted;
use super::problem::render;
use super::{Language, pages};
use crate::refusal::{Code, Refusal};
use crate::values::check_digits::holds_id_number;

/// Carries the request's name in both directions.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request id that is taken from a caller.
const REQUEST_ID_LENGTH_MAX: usize = 64;

/// The page of the contract takes tokens: it loads nothing from elsewhere, makes nothing of texts, and stands in no
/// other page.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// What every layer below may ask about the request.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    pub id: String,
    pub language: Language,
}

impl RequestInfo {
    /// What [`edge`] noted of this request.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let noted = request.extensions().get::<Self>().cloned();
        noted.unwrap_or_else(|| Self { id: String::new(), language: Language::default() })
    }
}

/// Counts and times requests, by method, route and status.
#[derive(Clone)]
pub struct Timings(pub HistogramVec);

/// Who called, for the access log; noted by `auth` once it knows.
#[derive(Debug, Clone)]
pub struct CallerNote(pub String);

/// The middleware.
///
/// # Errors
/// What a layer below gave as an error, finished like every other answer: its request is gone, so that no response can
/// be made of it here.
pub async fn edge<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let visit = Visit::begin(&request);
    let mut request = request;
    // Every GET is a HEAD, too; the server library keeps the body back.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    match next.call(request).await {
        Ok(response) => {
            let (request, response) = response.map_into_boxed_body().into_parts();
            let route = request.match_pattern();
            let caller = request.extensions().get::<CallerNote>().map(|note| note.0.clone());
            let response = visit.end(response, route.as_deref(), caller.as_deref());
            Ok(ServiceResponse::new(request, response))
        }
        Err(error) => {
            let response = visit.end(response_of(error), None, None);
            Err(InternalError::from_response("refused", response).into())
        }
    }
}

/// A request on its way through the service: what its answer needs, whichever way it comes back.
struct Visit {
    began: Instant,
    info: RequestInfo,
    /// One of a few words: whatever else callers make up is counted and logged as `other`.
    method: &'static str,
    oauth: bool,
    is_docs: bool,
    /// Whether a refusal is a page.
    is_browsed: bool,
    timings: Option<web::Data<Timings>>,
    accepted: Accepted,
}

impl Visit {
    fn begin(request: &ServiceRequest) -> Self {
        let info = RequestInfo { id: request_id(request), language: pages::language_of(request) };
        request.extensions_mut().insert(info.clone());
        Self {
            began: Instant::now(),
            info,
            method: method(request.method()),
            oauth: request.path().starts_with("/oauth/"),
            is_docs: request.path().starts_with("/docs"),
            is_browsed: pages::is_browsed(request),
            timings: request.app_data::<web::Data<Timings>>().cloned(),
            accepted: Accepted::of(request.request()),
        }
    }

    /// The answer as it leaves: rendered, with the headers that all have, counted and logged.
    fn end(self, response: HttpResponse, route: Option<&str>, caller: Option<&str>) -> HttpResponse {
        let mut response = self.rendered(response);
        add_headers(&mut response, &self.info);
        if self.is_docs {
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(DOCS_POLICY));
        }
        let elapsed = self.began.elapsed();
        let (route, status) = (route.unwrap_or("unmatched"), response.status());
        if let Some(Timings(timings)) = self.timings.as_ref().map(web::Data::get_ref) {
            let labels = [self.method, route, status.as_str()];
            timings.with_label_values(&labels).observe(elapsed.as_secs_f64());
        }
        log::info!(
            target: "kehou::access",
            request_id = self.info.id.as_str(),
            method = self.method,
            route,
            status = status.as_u16(),
            micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
            caller = caller.unwrap_or("-");
            "request"
        );
        self.accepted.applied(response)
    }

    /// Renders a refusal from below, and replaces the framework's own bare errors.
    fn rendered(&self, response: HttpResponse) -> HttpResponse {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return response;
        }
        let render = |refusal: &Refusal| render(refusal, self.info.language, &self.info.id, self.oauth);
        let mut problem = match response.error().and_then(|error| error.as_error::<Refusal>()) {
            Some(refusal) => render(refusal),
            None if is_problem(&response) => return response,
            None => render(&framework_refusal(status.as_u16())),
        };
        if self.is_browsed {
            problem = pages::refused(&problem, self.info.language, &self.info.id);
        }
        for (name, value) in response.headers() {
            if name != CONTENT_TYPE && !problem.headers().contains_key(name) {
                problem.headers_mut().append(name.clone(), value.clone()); // what layers between added, CORS above all
            }
        }
        problem
    }
}

/// What the layers below would have answered, and what it came from: `from_error` alone forgets what they added.
fn response_of(error: Error) -> HttpResponse {
    let added = error.error_response().headers().clone();
    let mut response = HttpResponse::from_error(error);
    *response.headers_mut() = added;
    response
}

fn is_problem(response: &HttpResponse) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json")
}

/// A refusal for a status that the framework chose.
fn framework_refusal(status: u16) -> Refusal {
    let code = match status {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        408 => Code::RequestTimeout,
        413 => Code::BodyTooLarge,
        415 => Code::UnsupportedMediaType,
        429 => Code::TooManyRequests,
        503 => Code::Unavailable,
        400..=499 => Code::Malformed,
        _ => Code::Internal,
    };
    Refusal::of(code)
}

fn add_headers(response: &mut HttpResponse, info: &RequestInfo) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&info.id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.append(VARY, HeaderValue::from_static("Authorization, Accept-Language"));
    let speaks = |kind: &HeaderValue| kind == "application/json" || kind == "application/problem+json";
    if headers.get(CONTENT_TYPE).is_some_and(speaks) && !headers.contains_key(CONTENT_LANGUAGE) {
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(info.language.tag()));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
}

/// The word under which a method is counted and logged.
fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// The caller's own id if it is short and plain, or a new one.
fn request_id(request: &ServiceRequest) -> String {
    let fresh = || uuid::Uuid::now_v7().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    match given {
        Some(id) if id.is_empty() || id.len() > REQUEST_ID_LENGTH_MAX || holds_id_number(id) => fresh(),
        Some(id) if id.chars().all(plain) => id.to_owned(),
        _ => fresh(),
    }
}
