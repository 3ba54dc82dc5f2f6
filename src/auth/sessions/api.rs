//! `/oauth/token` (RFC 6749) and `/oauth/revoke` (RFC 7009).

use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL};
use actix_web::{FromRequest, HttpRequest, HttpResponse, post, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::LocalBoxFuture;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Brought, Opened, Refreshed, WantedRole};
use crate::auth::keys::TOKEN_LIFETIME;
use crate::auth::password::Hasher;
use crate::auth::tries::Try;
use crate::auth::users::UserKind;
use crate::auth::{Issuer, Role, sessions};
use crate::db::{Db, Id, Mode, Origin, Tx};
use crate::http::client::{self, SignInLimit};
use crate::http::edge::RequestInfo;
use crate::http::{Answered, Form, Problem, ServiceConfig};
use crate::refusal::{Code, Fault, FieldError, Refusal};

/// The way to sign in by a code to a telephone (RFC 6749 §4.5).
const BY_CODE: &str = "urn:kehou:oauth:grant-type:sign-in-code";

/// The ways to sign in. Other ways may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// A person with a password.
    Password,
    /// A refresh token for new tokens.
    RefreshToken,
    /// A machine with its client secret.
    ClientCredentials,
    /// A person with a code that `POST /api/v1/sign-in-codes` has sent to the telephone on record.
    #[serde(rename = "urn:kehou:oauth:grant-type:sign-in-code")]
    SignInCode,
}

/// A request for tokens; each way to sign in reads its own fields.
///
/// What it does not know it ignores (RFC 6749 §3.2): stock clients send `scope` and more.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TokenForm {
    #[schema(value_type = GrantType)]
    grant_type: String,
    /// `password`: the account's name.
    username: Option<String>,
    /// `password`: its password.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<SecretString>,
    /// `refresh_token`: the newest one.
    #[schema(value_type = Option<String>)]
    refresh_token: Option<SecretString>,
    /// `client_credentials`: the account's name, unless it stands in `Authorization: Basic`.
    client_id: Option<String>,
    /// `client_credentials`: its secret, unless it stands in `Authorization: Basic`.
    #[schema(value_type = Option<String>, format = Password)]
    client_secret: Option<SecretString>,
    /// A code to a telephone: the telephone, however it is written.
    phone: Option<String>,
    /// A code to a telephone: its six digits.
    #[schema(value_type = Option<String>, format = Password)]
    code: Option<SecretString>,
    /// In which role to act, for an account that has several; when nothing is said, the longest-standing one, and with
    /// a refresh token that of before.
    #[schema(value_type = Option<Role>)]
    role: Option<String>,
    /// At which organisation to act, for an account with the role at several.
    organisation_id: Option<Id>,
}

/// A refresh token to end.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RevokeForm {
    /// The refresh token.
    #[schema(value_type = String)]
    token: SecretString,
}

/// Tokens (RFC 6749 §5.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenOut {
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds for which the access token holds.
    pub expires_in: i64,
    /// Good for one use, and comes again for 30 s in case the answer was lost; any other second use ends the sign-in.
    /// Missing for machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Seconds until the sign-in ends, however often it is renewed. Missing for machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_expires_in: Option<i64>,
    /// The role in which this token acts.
    pub role: Role,
    pub organisation_id: Option<Id>,
    /// The secret is temporary: `POST /api/v1/me/change-secret` is all that this token is good for.
    pub secret_change_due: bool,
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(issue_token).service(revoke_token);
}

/// Signs in, or renews a sign-in 登录
#[utoipa::path(tag = "sign-in",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Tokens for one role", body = TokenOut),
        (status = 401, description = "The client is unknown or its secret wrong", body = Problem,
            content_type = "application/problem+json")))]
#[post("/oauth/token")]
async fn issue_token(
    from: Unstored,
    Form(form): Form<TokenForm>,
    db: web::Data<Db>,
    hasher: web::Data<Hasher>,
    issuer: web::Data<Issuer>,
) -> Answered {
    let wanted = WantedRole { role: wanted_role(form.role.as_deref())?, organisation_id: form.organisation_id };
    let opened = match form.grant_type.as_str() {
        "password" => {
            let (name, secret) = (needed("username", form.username)?, needed("password", form.password)?);
            sign_in(&from, &db, &hasher, UserKind::Person, name, secret, wanted).await?
        }
        "client_credentials" => {
            let (name, secret) = match from.basic.clone() {
                Some(basic) => basic,
                None => (needed("client_id", form.client_id)?, needed("client_secret", form.client_secret)?),
            };
            sign_in(&from, &db, &hasher, UserKind::Machine, name, secret, wanted).await?
        }
        "refresh_token" => {
            let token = needed("refresh_token", form.refresh_token)?;
            let done =
                db.write(from.origin(), Mode::Commit, move |tx| sessions::refresh(tx, reveal(&token), &wanted)).await?;
            match done {
                Refreshed::Opened(opened) => *opened,
                Refreshed::Refused => return Err(Refusal::of(Code::OauthInvalidGrant)),
            }
        }
        BY_CODE => {
            let (phone, code) = (needed("phone", form.phone)?, needed("code", form.code)?);
            let tried = Try::of_message(from.address);
            let open = move |tx: &mut Tx<'_>| {
                let brought = Brought { phone: &phone, code: reveal(&code), from: &tried };
                sessions::open_by_code(tx, &brought, &wanted)
            };
            match db.write(from.origin(), Mode::Commit, open).await? {
                Refreshed::Opened(opened) => *opened,
                Refreshed::Refused => return Err(Refusal::of(Code::OauthInvalidGrant)),
            }
        }
        _ => return Err(Refusal::of(Code::OauthUnsupportedGrant)),
    };
    let out = token_out(&issuer, opened)?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(out))
}

/// Ends a sign-in; an unknown token is no error 退出登录
#[utoipa::path(tag = "sign-in",
    request_body(content = RevokeForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The sign-in has ended, if there was one"),
        (status = 401, description = "The credentials of the client cannot be read", body = Problem,
            content_type = "application/problem+json")))]
#[post("/oauth/revoke")]
async fn revoke_token(from: Unstored, Form(form): Form<RevokeForm>, db: web::Data<Db>) -> Answered {
    db.write(from.origin(), Mode::Commit, move |tx| sessions::sign_out(tx, reveal(&form.token))).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).finish())
}

async fn sign_in(
    from: &Unstored,
    db: &Db,
    hasher: &Hasher,
    kind: UserKind,
    name: String,
    secret: SecretString,
    wanted: WantedRole,
) -> Result<Opened, Refusal> {
    let wrong = || match kind {
        UserKind::Person => Refusal::of(Code::OauthInvalidGrant),
        UserKind::Machine => Refusal::of(Code::OauthInvalidClient),
    };
    let known = sessions::check_secret(db, hasher, (&name, from.address), secret).await?;
    let known = known.filter(|known| known.user.kind == kind).ok_or_else(wrong)?;
    let renewable = kind == UserKind::Person;
    let opened =
        db.write(from.origin(), Mode::Commit, move |tx| sessions::open(tx, &known, &wanted, renewable)).await?;
    opened.ok_or_else(wrong)
}

fn token_out(issuer: &Issuer, opened: Opened) -> Result<TokenOut, Refusal> {
    Ok(TokenOut {
        access_token: issuer.sign(&opened.actor)?,
        token_type: "Bearer".to_owned(),
        expires_in: TOKEN_LIFETIME.whole_seconds(),
        refresh_token: opened.refresh_token,
        refresh_expires_in: opened.renewable_for.map(time::Duration::whole_seconds),
        role: opened.actor.role,
        organisation_id: opened.actor.organisation_id,
        secret_change_due: opened.actor.secret_change_due,
    })
}

fn wanted_role(word: Option<&str>) -> Result<Option<Role>, Refusal> {
    let wrong = || {
        let roles: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        let error = FieldError::new("role", Fault::NotOneOf).with("allowed", roles.join(", "));
        Refusal::listing(Code::OauthInvalidRequest, vec![error])
    };
    word.map(|word| Role::parse(word).ok_or_else(wrong)).transpose()
}

fn needed<T>(name: &str, field: Option<T>) -> Result<T, Refusal> {
    field.ok_or_else(|| Refusal::at(Code::OauthInvalidRequest, name, Fault::Required))
}

fn reveal(secret: &SecretString) -> &str {
    secrecy::ExposeSecret::expose_secret(secret)
}

/// A request whose answer is a secret: counted per address, never stored under a key.
struct Unstored {
    request_id: String,
    address: Option<IpAddr>,
    basic: Option<(String, SecretString)>,
}

impl Unstored {
    fn origin(&self) -> Origin {
        Origin { role: "sign-in".to_owned(), request_id: self.request_id.clone(), ..Origin::default() }
    }
}

impl FromRequest for Unstored {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let checked = check(request);
        Box::pin(async move { checked })
    }
}

fn check(request: &HttpRequest) -> Result<Unstored, Refusal> {
    if request.headers().contains_key("idempotency-key") {
        return Err(Refusal::of(Code::KeyRefused));
    }
    if let Some(limit) = request.app_data::<web::Data<SignInLimit>>() {
        limit.count(client::address(request))?;
    }
    let (request_id, address) = (RequestInfo::of(request).id, client::address(request));
    Ok(Unstored { request_id, address, basic: basic(request)? })
}

/// Client name and secret from `Authorization: Basic`: each was encoded as a form's value is, before a colon joined
/// them (RFC 6749 §2.3.1). What no client can be called is an unknown client.
fn basic(request: &HttpRequest) -> Result<Option<(String, SecretString)>, Refusal> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    let wrong = || Refusal::at(Code::OauthInvalidRequest, "Authorization", Fault::Format);
    let text = header.to_str().map_err(|_| wrong())?;
    let Some((scheme, encoded)) = text.split_once(' ') else { return Err(wrong()) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.ok_or_else(wrong)?;
    let (name, secret) = decoded.split_once(':').ok_or_else(wrong)?;
    let unknown = || Refusal::of(Code::OauthInvalidClient);
    let name = form_value(name).ok_or_else(unknown)?;
    let secret = form_value(secret).ok_or_else(unknown)?;
    Ok(Some((name, SecretString::from(secret))))
}

/// The text of a value that was encoded as a form's; nothing where it is not UTF-8 or holds what does not show.
fn form_value(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().ok()?;
    (!text.chars().any(char::is_control)).then(|| text.into_owned())
}
