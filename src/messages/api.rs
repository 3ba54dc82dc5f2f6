//! `/sign-in-codes`.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, post, web};

use super::CanSend;
use crate::auth::tries::Try;
use crate::auth::{OfSecret, Unsigned};
use crate::http::{Answered, Problem, ServiceConfig, Valid};
use crate::refusal::{Code, Fault, Refusal};
use crate::values::identifiers::Phone;
use crate::{body, messages};

body! {
    /// To which telephone a code is sent.
    pub struct SignInCodeIn {
        /// As it is on record with the school or authority, however it is written.
        #[schema(inline)]
        phone: Phone,
    }
}

/// Routes of this slice.
pub fn routes(config: &mut ServiceConfig) {
    config.service(request_sign_in_code);
}

/// Sends a code to a telephone, to sign in with; whether it reaches anybody is not said 发送登录验证码
#[utoipa::path(tag = "sign-in", params(OfSecret), request_body = SignInCodeIn,
    responses((status = 202, description = "A code comes, if the telephone reaches one account"),
        (status = 404, description = "This service sends no messages", body = Problem,
            content_type = "application/problem+json")))]
#[post("/sign-in-codes")]
async fn request_sign_in_code(
    unsigned: Unsigned,
    Valid(body): Valid<SignInCodeIn>,
    can_send: web::Data<CanSend>,
) -> Answered {
    if !can_send.0 {
        return Err(Refusal::of(Code::NotFound));
    }
    if body.phone.dialled().is_none() {
        return Err(Refusal::field("/phone", Fault::Format));
    }
    let (from, language) = (Try::of_message(unsigned.address), unsigned.language);
    unsigned.runs("sign-in", move |tx| messages::send_code(tx, &body.phone, &from, language)).await?;
    Ok(HttpResponse::Accepted().insert_header((CACHE_CONTROL, "no-store")).finish())
}
