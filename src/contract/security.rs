//! How a caller says who it is: a bearer token, and the ways to it that tools know by the words of OAuth 2.0.

use utoipa::openapi::Components;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Password, Scopes, SecurityRequirement, SecurityScheme,
};

/// Where tokens are asked for, and given anew for a refresh token.
const TOKEN_URL: &str = "/oauth/token";

/// Names the schemes.
pub fn tell_schemes(components: &mut Components) {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("`access_token` of `POST /oauth/token`.\n\n`POST /oauth/token` 返回的 `access_token`。"))
        .build();
    // What a token may do follows from the role of its account, so there is nothing to choose from.
    let flows = [
        Flow::Password(Password::with_refresh_url(TOKEN_URL, Scopes::new(), TOKEN_URL)),
        Flow::ClientCredentials(ClientCredentials::new(TOKEN_URL, Scopes::new())),
    ];
    let oauth2 = OAuth2::with_description(
        flows,
        "The same token, for tools that fetch it themselves: people sign in with their password, machines with their \
         client secret.\n\n同一访问令牌，供能自行取得令牌的工具使用：个人以密码登录，系统以客户端密钥登录。",
    );
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("oauth2", SecurityScheme::OAuth2(oauth2));
}

/// Says of an operation whether anybody may call it, or who has a token, however it came by it.
pub fn tell(operation: &mut Operation, is_public: bool) {
    let none: [&str; 0] = [];
    let ways = ["bearer", "oauth2"].map(|scheme| SecurityRequirement::new(scheme, none));
    operation.security = Some(if is_public { Vec::new() } else { ways.into() });
}
