//! Problem documents (RFC 9457): every refusal, also the framework's own, in the reader's language.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use diesel::result::{DatabaseErrorKind, Error};
use serde::Serialize;
use utoipa::ToSchema;

use super::Language;
use crate::db::trouble;
use crate::finding::{Finding, Severity};
use crate::refusal::{Code, FieldError, Refusal, Refused};

/// A refusal as clients see it (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Stable URN of the kind of problem: `urn:kehou:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:kehou:problem:invalid")]
    pub kind: String,
    /// What kind of problem this is, in a few words.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong here, and what would help.
    pub detail: String,
    /// Stable word to switch on; new ones may come.
    #[schema(example = "invalid")]
    pub code: String,
    /// Names this request in the service's log.
    pub request_id: String,
    /// Wrong fields or parameters, if that is the problem.
    pub errors: Vec<ErrorOut>,
    /// What the rules say, if a rule refused.
    pub findings: Vec<FindingOut>,
    /// RFC 6749 error code; at `/oauth` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// RFC 6749 error description; at `/oauth` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

/// One wrong field or parameter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorOut {
    /// JSON pointer into the body, or the name of the parameter or header.
    #[schema(example = "/display_name")]
    pub pointer: String,
    /// Stable word to switch on; new ones may come.
    #[schema(example = "too-long")]
    pub code: String,
    /// A sentence in the reader's language.
    pub message: String,
}

/// What one rule of the policy says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingOut {
    /// Rule id; new ones may come.
    #[schema(example = "service-end-time")]
    pub rule: String,
    pub severity: Severity,
    /// Part and section of the policy document; empty where another document set the value.
    #[schema(example = "三.2")]
    pub clause: String,
    /// Number of the document that set what was compared with: of the policy, or of another authority's.
    pub document: String,
    /// JSON pointer into the plan document or the body.
    pub pointer: String,
    /// The same, and where else the same is found: one fault is one finding.
    pub places: Vec<String>,
    /// A sentence in the reader's language.
    pub message: String,
    /// The values that were compared, by name.
    pub params: std::collections::BTreeMap<String, String>,
    /// Id of the exemption that turned an error into a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exemption: Option<String>,
}

/// Findings as sentences.
#[must_use]
pub fn findings_out(findings: &[Finding], language: Language) -> Vec<FindingOut> {
    findings.iter().map(|finding| FindingOut::of(finding, language)).collect()
}

impl FindingOut {
    /// A finding as a sentence.
    #[must_use]
    pub fn of(finding: &Finding, language: Language) -> Self {
        Self {
            rule: finding.rule.clone().into_owned(),
            severity: finding.severity,
            clause: finding.clause.clone().into_owned(),
            document: finding.document.clone(),
            pointer: finding.pointer.clone(),
            places: finding.all_places(),
            message: message_of(finding, language),
            params: finding.params.iter().map(|(k, v)| (k.clone().into_owned(), v.clone())).collect(),
            exemption: finding.exemption.clone(),
        }
    }
}

/// What it says, and what an exemption does to it.
fn message_of(finding: &Finding, language: Language) -> String {
    let params = || finding.params.iter().map(|(k, v)| (k.as_ref(), v.as_str()));
    let sentence = language.text(&finding.text_key(), params());
    match finding.exemption_key() {
        Some(key) => sentence + &language.text(key, params()),
        None => sentence,
    }
}

/// What was refused, in sentences.
fn detail_of(refused: &Refused, language: Language) -> String {
    let mut params = refused.params.clone();
    for (name, said, of) in SAID_BY_THEIR_NAMES {
        if let Some(words) = refused.params.get(name) {
            params.insert(said, language.listed(of, words));
        }
    }
    let given = |name| refused.params.get(name).is_some_and(|words: &String| !words.is_empty());
    let key = format!("problem.{}.detail", refused.code.slug());
    let text = |below| language.text(&format!("{key}{below}"), params.iter().map(|(k, v)| (*k, v.as_str())));
    let is_final = refused.params.contains_key("can") && !given("can");
    let mut sentences = vec![text(match (given("verb"), is_final) {
        (true, true) => ".verb-final",
        (true, false) => ".verb",
        (false, true) => ".final",
        (false, false) => "",
    })];
    if given("steps") {
        sentences.push(text(".steps"));
    }
    if let (Some(of), Some(state)) = (refused.params.get("of"), refused.params.get("state")) {
        sentences.extend(language.known(&format!("way-out.{of}.{state}")));
    }
    language.joined(&sentences)
}

/// Parameters that are words, under which name they are said, and where their names stand.
const SAID_BY_THEIR_NAMES: [(&str, &str, &str); 5] = [
    ("state", "state_said", "state"),
    ("can", "can_said", "verb"),
    ("verb", "verb_said", "verb"),
    ("steps", "steps_said", "verb"),
    ("field", "field_said", "key"),
];

/// Wrong fields as sentences.
#[must_use]
pub fn errors_out(errors: &[FieldError], language: Language) -> Vec<ErrorOut> {
    errors.iter().map(|error| ErrorOut::of(error, language)).collect()
}

impl Problem {
    /// What was refused, as its reader sees it.
    #[must_use]
    pub fn of(refused: &Refused, language: Language, request_id: &str) -> Self {
        let slug = refused.code.slug();
        let params = || refused.params.iter().map(|(name, value)| (*name, value.as_str()));
        Self {
            kind: format!("urn:kehou:problem:{slug}"),
            title: language.text(&format!("problem.{slug}.title"), params()),
            status: refused.code.status(),
            detail: detail_of(refused, language),
            code: slug.to_owned(),
            request_id: request_id.to_owned(),
            errors: errors_out(&refused.errors, language),
            findings: findings_out(&refused.findings, language),
            error: None,
            error_description: None,
        }
    }

    /// Adds what OAuth clients read (RFC 6749 §5.2).
    fn for_oauth(mut self, code: Code) -> Self {
        let error = match code {
            Code::OauthUnsupportedGrant => "unsupported_grant_type",
            Code::OauthInvalidGrant | Code::NoActiveRole => "invalid_grant",
            Code::OauthInvalidClient => "invalid_client",
            Code::Unavailable | Code::Internal => "temporarily_unavailable",
            Code::TooManyRequests => "slow_down",
            _ => "invalid_request",
        };
        self.error = Some(error.to_owned());
        self.error_description = Some(self.detail.clone());
        self
    }
}

impl ErrorOut {
    fn of(error: &FieldError, language: Language) -> Self {
        let mut params = error.params.clone();
        if let Some(problem) = error.params.get("problem") {
            params.insert("why".to_owned(), language.text(&format!("problem.{problem}.title"), []));
        }
        let params = params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Self {
            pointer: error.pointer.clone(),
            code: error.code.slug().to_owned(),
            message: language.text(&error.text_key(), params),
        }
    }
}

/// What a refusal is to the reader. A database failure that passes is 503. A broken reference is the caller's to look
/// at again: `db::Db::write` has run the closure anew already, so it is no race that a fresh look decides. The rest is
/// a defect.
fn refused_of(refusal: &Refusal) -> Refused {
    match refusal {
        Refusal::Refused(refused) => Refused::clone(refused),
        Refusal::Database(error) => {
            let cause = error.to_string();
            let (code, retry_after_s) = match error {
                _ if trouble(error).is_some() => (Code::Unavailable, Some(2)),
                Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => (Code::ReferenceChanged, None),
                _ => (Code::Internal, None),
            };
            Refused { cause: Some(cause), retry_after_s, ..Refused::of(code) }
        }
    }
}

/// The answer to a refused request; the cause goes to the log.
pub(super) fn render(refusal: &Refusal, language: Language, request_id: &str, oauth: bool) -> HttpResponse {
    let refused = refused_of(refusal);
    if let Some(cause) = &refused.cause {
        let level = match refused.code {
            Code::ReferenceChanged => log::Level::Warn, // a race at best, a check that is missing at worst
            code if code.status() >= 500 => log::Level::Error,
            _ => log::Level::Info,
        };
        log::log!(level, request_id, code = refused.code.slug(); "{cause}");
    }
    let mut problem = Problem::of(&refused, language, request_id);
    if oauth {
        problem = problem.for_oauth(refused.code);
    }
    let status = StatusCode::from_u16(refused.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponseBuilder::new(status);
    response.insert_header((CONTENT_TYPE, "application/problem+json"));
    response.insert_header((CONTENT_LANGUAGE, language.tag()));
    if let Some(seconds) = refused.retry_after_s {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    if let Some(allow) = &refused.allow {
        response.insert_header((ALLOW, allow.as_str()));
    }
    if let Some(challenge) = challenge(&refused) {
        response.insert_header((WWW_AUTHENTICATE, challenge));
    }
    response.body(serde_json::to_string(&problem).unwrap_or_default())
}

/// RFC 6750 §3: which token would do.
fn challenge(refused: &Refused) -> Option<String> {
    let scope = refused.scope.map(|scope| format!(" scope=\"{scope}\"")).unwrap_or_default();
    match refused.code.status() {
        401 if refused.code == Code::OauthInvalidClient => Some("Basic realm=\"kehou\"".to_owned()),
        401 => Some(format!("Bearer{scope}")),
        403 if !scope.is_empty() => Some(format!("Bearer error=\"insufficient_scope\",{scope}")),
        _ => None,
    }
}

/// Refusals leave a handler as they are; `http/edge` renders them, because only it knows the reader.
impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(refused_of(self).code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The rules know nothing of the contract, so what `Severity` looks like there is said here.
impl utoipa::PartialSchema for Severity {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some(
                "`error` stops the step, `warning` is shown and recorded, `signal` goes to the supervisor only",
            ))
            .enum_values(Some(["error", "warning", "signal"]))
            .into()
    }
}

impl ToSchema for Severity {}
