//! Why something was not done: one type for every slice, free of HTTP, and the one table of codes with their statuses.
//!
//! A slice says `Refusal::of(Code::NotFound)`; the edge of the service turns it into a problem document in the reader's
//! language (`locales/problems.yml`). Causes are logged there and never sent.

use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};
pub use crate::values::fault::{Fault, FieldError};

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $slug:literal, $status:literal;)+) => {
        /// Every way in which the service refuses.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$meta])* $name),+ }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable word that clients switch on.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),+ }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }
        }
    };
}

codes! {
    /// The request cannot be parsed at all.
    Malformed = "malformed-request", 400;
    /// The body is not JSON.
    JsonSyntax = "json-syntax", 400;
    /// A path or query parameter is unknown, repeated or of the wrong form.
    ParameterInvalid = "parameter-invalid", 400;
    /// The cursor was not made by this list with these filters.
    CursorInvalid = "cursor-invalid", 400;
    /// A header is of the wrong form.
    HeaderInvalid = "header-invalid", 400;
    /// `Idempotency-Key` where an answer must not be stored.
    KeyRefused = "idempotency-key-refused", 400;
    /// No `Idempotency-Key` where money or seats move.
    KeyRequired = "idempotency-key-required", 400;
    /// OAuth: the request lacks a parameter or has a wrong one (RFC 6749 §5.2).
    OauthInvalidRequest = "invalid-request", 400;
    /// OAuth: this grant type is not offered.
    OauthUnsupportedGrant = "unsupported-grant-type", 400;
    /// The secret was right, but the account holds no such role today.
    NoActiveRole = "no-active-role", 400;
    /// OAuth: wrong name, password, secret or refresh token; deliberately one answer for all.
    OauthInvalidGrant = "invalid-grant", 400;
    /// OAuth: an unknown client, or its secret is wrong.
    OauthInvalidClient = "invalid-client", 401;
    /// No token, or one that does not hold.
    Unauthenticated = "unauthenticated", 401;
    /// The caller's role may not do this.
    Forbidden = "forbidden", 403;
    /// The role may not be granted by the caller, or not there.
    GrantForbidden = "grant-forbidden", 403;
    /// A temporary secret must be replaced before anything else.
    SecretChangeDue = "secret-change-due", 403;
    /// No such thing, or none that the caller may know of.
    NotFound = "not-found", 404;
    /// The path exists, the method does not.
    MethodNotAllowed = "method-not-allowed", 405;
    /// The client was too slow with its body.
    RequestTimeout = "request-timeout", 408;
    /// The state does not allow this verb.
    StateConflict = "state-conflict", 409;
    /// What is not submitted cannot be told of.
    NotSubmitted = "not-submitted", 409;
    /// The term still runs.
    TermRuns = "term-runs", 409;
    /// The pupil has no signed enrollment with a fee at the school.
    NothingToCharge = "nothing-to-charge", 409;
    /// What is approved is not what was signed.
    TermsChanged = "terms-changed", 409;
    /// The survey takes no answers today.
    SurveyNotOpen = "survey-not-open", 409;
    /// Something with this natural key exists.
    AlreadyExists = "already-exists", 409;
    /// Dated rows of one subject would overlap.
    Overlap = "overlap", 409;
    /// The pupil attends a school already.
    AlreadyAttending = "already-attending", 409;
    /// The guardianship of this person for this child was blocked.
    GuardianshipBlocked = "guardianship-blocked", 409;
    /// The two records cannot be of one person.
    NotDuplicates = "not-duplicates", 409;
    /// What is to be erased is still needed: a charge is open.
    StillNeeded = "still-needed", 409;
    /// One of the two persons has attended where the caller does not see it.
    BeyondScope = "beyond-scope", 409;
    /// One of the projects that are signed for together has no seat left.
    ProjectFull = "project-full", 409;
    /// A field that stays as it was created.
    ImmutableField = "immutable-field", 409;
    /// Nobody does this to their own account.
    SelfForbidden = "self-forbidden", 409;
    /// Nobody decides on what they filed or asked for themselves.
    OwnRequest = "own-request", 409;
    /// What the request refers to is gone, or something refers to what it takes away.
    ReferenceChanged = "reference-changed", 409;
    /// The first request under this key is still running.
    KeyInFlight = "idempotency-in-flight", 409;
    /// The row has changed since it was read.
    VersionMismatch = "version-mismatch", 412;
    /// The body is larger than the limit.
    BodyTooLarge = "body-too-large", 413;
    /// The body is not `application/json`, or the form not a form.
    UnsupportedMediaType = "unsupported-media-type", 415;
    /// Fields are missing, unknown or wrong.
    Invalid = "invalid", 422;
    /// A date is needed that the calendar does not hold.
    CalendarMissing = "calendar-missing", 422;
    /// No policy profile is in force on the date.
    ProfileMissing = "profile-missing", 422;
    /// A rule of the policy stops the step; `findings` say which and where.
    RefusedByRules = "refused-by-rules", 422;
    /// Some rows of a batch were refused that is done as a whole or not at all.
    BatchRefused = "batch-refused", 422;
    /// A code that is good for nothing, for whatever reason; deliberately one answer for all.
    CodeRefused = "code-refused", 422;
    /// The same key came with another request.
    KeyReused = "idempotency-key-reused", 422;
    /// `If-Match` is required.
    PreconditionRequired = "precondition-required", 428;
    /// Too many requests, or too many wrong passwords.
    TooManyRequests = "too-many-requests", 429;
    /// A defect of the service.
    Internal = "internal", 500;
    /// The database is out of reach, or the service has more work than it can queue.
    Unavailable = "unavailable", 503;
}

/// Parameters of a message.
pub type Params = BTreeMap<&'static str, String>;

/// What was refused, and all that the reader needs to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub code: Code,
    pub params: Params,
    pub errors: Vec<FieldError>,
    pub findings: Vec<Finding>,
    /// Seconds after which a repeat makes sense.
    pub retry_after_s: Option<u32>,
    /// Methods that the path has, for `Allow`.
    pub allow: Option<String>,
    /// What the token must be good for, for `WWW-Authenticate`.
    pub scope: Option<&'static str>,
    /// For the log only.
    pub cause: Option<String>,
}

impl Refused {
    /// Nothing but a code.
    #[must_use]
    pub fn of(code: Code) -> Self {
        Self {
            code,
            params: Params::new(),
            errors: Vec::new(),
            findings: Vec::new(),
            retry_after_s: None,
            allow: None,
            scope: None,
            cause: None,
        }
    }

    /// The same of a part of the body that stands at `at`: what is wrong, and what the rules say.
    #[must_use]
    pub fn below(mut self, at: &str) -> Self {
        self.errors.iter_mut().for_each(|error| error.pointer.insert_str(0, at));
        self.findings.iter_mut().for_each(|finding| finding.move_below(at));
        self
    }
}

/// Why a request, a command or a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The database failed; the edge answers 503 or 500 and logs the cause.
    #[error("database: {0}")]
    Database(#[from] diesel::result::Error),
    /// Anything with a code.
    #[error("{}: {:?}", .0.code.slug(), .0)]
    Refused(Box<Refused>),
}

impl Refusal {
    /// A refusal with nothing but its code.
    #[must_use]
    pub fn of(code: Code) -> Self {
        Self::Refused(Box::new(Refused::of(code)))
    }

    /// A defect: logged with its cause, shown without.
    #[must_use]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::of(Code::Internal).because(cause)
    }

    /// The database or the service cannot take this now.
    #[must_use]
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::of(Code::Unavailable).because(cause).retry_after(2)
    }

    /// Wrong fields of a body.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::of(Code::Invalid).edit(|r| r.errors = errors)
    }

    /// One wrong field of a body.
    #[must_use]
    pub fn field(pointer: &str, fault: Fault) -> Self {
        Self::invalid(vec![FieldError::new(pointer, fault)])
    }

    /// The same fault in the words of its place.
    #[must_use]
    pub fn said(self, said: &'static str) -> Self {
        self.edit(|r| r.errors.iter_mut().for_each(|error| error.said = error.clone().said(said).said))
    }

    /// Refuses a body with wrong fields.
    ///
    /// # Errors
    /// 422 with all of them, where there are any.
    pub fn unless_none(errors: Vec<FieldError>) -> Result<(), Self> {
        if errors.is_empty() { Ok(()) } else { Err(Self::invalid(errors)) }
    }

    /// Refuses to change what stays as it was created: fields, each with whether it is kept.
    ///
    /// # Errors
    /// 409 that names the first field that is not.
    pub fn unless_kept<'a>(fields: impl IntoIterator<Item = (&'a str, bool)>) -> Result<(), Self> {
        match fields.into_iter().find(|(_, kept)| !kept) {
            Some((field, _)) => Err(Self::at(Code::ImmutableField, field, Fault::Immutable)),
            None => Ok(()),
        }
    }

    /// Where a body names what was not found: the fault of that field. Anything else stays as it is.
    #[must_use]
    pub fn named_at(self, pointer: &str) -> Self {
        if self.code() == Some(Code::NotFound) { Self::field(pointer, Fault::NotFound) } else { self }
    }

    /// Says where in the body what the rules find has its cause.
    #[must_use]
    pub fn findings_at(self, pointer: &str) -> Self {
        self.edit(|r| r.findings.iter_mut().for_each(|finding| pointer.clone_into(&mut finding.pointer)))
    }

    /// The same where no body names what the rules find something about.
    #[must_use]
    pub fn without_places(self) -> Self {
        self.findings_at("")
    }

    /// What is wrong with a part of the body that stands at `at`.
    #[must_use]
    pub fn below(self, at: &str) -> Self {
        self.edit(|r| r.errors.iter_mut().for_each(|error| error.pointer.insert_str(0, at)))
    }

    /// The code, what is wrong and what the rules say; the database's own failures, and those of the service, stay what
    /// they are.
    ///
    /// # Errors
    /// What no caller can mend.
    pub fn of_caller(self) -> Result<Refused, Self> {
        match self {
            Self::Refused(refused) if refused.code.status() < 500 => Ok(*refused),
            other => Err(other),
        }
    }

    /// One wrong parameter or header under `code`.
    #[must_use]
    pub fn at(code: Code, pointer: &str, fault: Fault) -> Self {
        Self::of(code).edit(|r| r.errors = vec![FieldError::new(pointer, fault)])
    }

    /// Wrong parameters or headers under `code`.
    #[must_use]
    pub fn listing(code: Code, errors: Vec<FieldError>) -> Self {
        Self::of(code).edit(|r| r.errors = errors)
    }

    /// Rules stop the step: everything that they say, warnings too.
    #[must_use]
    pub fn by_rules(findings: Vec<Finding>) -> Self {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        Self::of(Code::RefusedByRules).with("errors", errors).edit(|r| r.findings = findings)
    }

    /// The state does not allow the verb; `can` is what it does allow.
    #[must_use]
    pub fn state(state: &str, can: &[&str]) -> Self {
        Self::of(Code::StateConflict).with("state", state).with("can", can.join(", "))
    }

    /// The verb that the state does not allow, with what leads to a state that does, if anything does.
    #[must_use]
    pub fn verb(self, of: &str, verb: &str, steps: &[&str]) -> Self {
        self.with("of", of).with("verb", verb).with("steps", steps.join(", "))
    }

    /// Adds a parameter of the message.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.edit(|r| {
            r.params.insert(name, value.to_string());
        })
    }

    /// Adds what the log should say.
    #[must_use]
    pub fn because(self, cause: impl std::fmt::Display) -> Self {
        self.edit(|r| r.cause = Some(cause.to_string()))
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.edit(|r| r.retry_after_s = Some(seconds))
    }

    /// Names the scope that a token would need.
    #[must_use]
    pub fn needing(self, scope: &'static str) -> Self {
        self.edit(|r| r.scope = Some(scope))
    }

    /// Names the methods that a path has.
    #[must_use]
    pub fn allowing(self, methods: String) -> Self {
        self.edit(|r| r.allow = Some(methods))
    }

    /// The code, if it is not the database.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Database(_) => None,
            Self::Refused(refused) => Some(refused.code),
        }
    }

    fn edit(mut self, change: impl FnOnce(&mut Refused)) -> Self {
        if let Self::Refused(refused) = &mut self {
            change(refused);
        }
        self
    }
}

/// Turns a broken unique index into the slice's own refusal; anything else stays what it was.
pub fn on_unique(refusal: impl FnOnce() -> Refusal) -> impl FnOnce(diesel::result::Error) -> Refusal {
    use diesel::result::{DatabaseErrorKind, Error};
    move |error| match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => refusal(),
        other => Refusal::Database(other),
    }
}
