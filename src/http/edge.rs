//! The outermost layer: names each request, renders what was refused, and logs one line.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};
use prometheus::HistogramVec;

use super::Language;
use super::problem::render;
use crate::refusal::{Code, Refusal};
use crate::values::check_digits::holds_id_number;

/// Carries the request's name in both directions.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request id that is taken from a caller.
const REQUEST_ID_LENGTH_MAX: usize = 64;

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
/// Never one that is not rendered already.
pub async fn edge<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<actix_web::body::BoxBody>, Error> {
    let began = std::time::Instant::now();
    let info = RequestInfo { id: request_id(&request), language: Language::wanted_by(&request) };
    request.extensions_mut().insert(info.clone());
    let method = request.method().clone();
    let oauth = request.path().starts_with("/oauth/");

    let response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => {
            let refusal = framework_refusal(error.as_response_error().status_code().as_u16());
            let rendered = render(&refusal, info.language, &info.id, oauth);
            return Err(actix_web::error::InternalError::from_response("refused", rendered).into());
        }
    };
    let mut response = rendered(response, &info, oauth);
    add_headers(&mut response, &info);

    let elapsed = began.elapsed();
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    if let Some(Timings(timings)) = response.request().app_data::<web::Data<Timings>>().map(web::Data::get_ref) {
        let status = response.status();
        let labels = [method.as_str(), route.as_str(), status.as_str()];
        timings.with_label_values(&labels).observe(elapsed.as_secs_f64());
    }
    let caller = response.request().extensions().get::<CallerNote>().map(|note| note.0.clone());
    log::info!(
        target: "kehou::access",
        request_id = info.id.as_str(),
        method = method.as_str(),
        route = route.as_str(),
        status = response.status().as_u16(),
        micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        caller = caller.as_deref().unwrap_or("-");
        "request"
    );
    Ok(response)
}

/// Renders a refusal from below, and replaces the framework's own bare errors.
fn rendered(
    response: ServiceResponse<actix_web::body::BoxBody>,
    info: &RequestInfo,
    oauth: bool,
) -> ServiceResponse<actix_web::body::BoxBody> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let refusal = response.response().error().and_then(|error| error.as_error::<Refusal>());
    let problem = match refusal {
        Some(refusal) => render(refusal, info.language, &info.id, oauth),
        None if is_problem(&response) => return response,
        None => render(&framework_refusal(status.as_u16()), info.language, &info.id, oauth),
    };
    let (request, bare) = response.into_parts();
    let mut rendered = ServiceResponse::new(request, problem);
    for (name, value) in bare.headers() {
        if name != CONTENT_TYPE && !rendered.headers().contains_key(name) {
            rendered.headers_mut().append(name.clone(), value.clone()); // what layers between added, CORS above all
        }
    }
    rendered
}

fn is_problem<B>(response: &ServiceResponse<B>) -> bool {
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

fn add_headers<B>(response: &mut ServiceResponse<B>, info: &RequestInfo) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&info.id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.append(VARY, HeaderValue::from_static("Authorization, Accept-Language"));
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
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
