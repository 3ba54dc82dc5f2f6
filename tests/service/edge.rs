//! Every answer leaves alike, also what a layer below gave as an error: problem, headers, one line of the log, one
//! count.

use actix_http::Request;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, error, web};
use kehou::http::edge::{Timings, edge};
use kehou::metrics::Metrics;
use kehou::refusal::{Code, Refusal};
use serde_json::Value;

use crate::support::log::{heard, listen_for};

/// A layer between the edge and the routes that lets nothing pass.
async fn fails<B: MessageBody + 'static>(
    request: ServiceRequest,
    _: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut failure: Error = match request.path() {
        "/oauth/refused" | "/refused" => Refusal::of(Code::OauthInvalidClient).because("told to").into(),
        "/large" => error::PayloadError::Overflow.into(),
        "/slow" => error::ErrorRequestTimeout("late"),
        "/broken" => error::ErrorBadGateway("personal data of a child"),
        _ => error::ErrorBadRequest("bad"),
    };
    failure.add_response_mapper(|mut response| {
        let origin = actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
        response.headers_mut().insert(origin, "https://app.example.cn".parse().unwrap());
        response
    });
    Err(failure)
}

async fn failing_service(
    timings: Timings,
) -> impl Service<Request, Response = ServiceResponse<BoxBody>, Error = Error> {
    let app = App::new().app_data(web::Data::new(timings)).default_service(web::to(HttpResponse::Ok));
    init_service(app.wrap(from_fn(fails)).wrap(from_fn(edge))).await
}

#[actix_web::test]
async fn what_a_layer_refuses_as_an_error_leaves_like_every_other_answer() {
    let Timings(timings) = Metrics::new().unwrap().requests;
    let service = failing_service(Timings(timings.clone())).await;
    for (path, status, code) in [
        ("/refused", "401", "invalid-client"),
        ("/oauth/refused", "401", "invalid-client"),
        ("/large", "413", "body-too-large"),
        ("/slow", "408", "request-timeout"),
        ("/broken", "500", "internal"),
        ("/other", "400", "malformed-request"),
    ] {
        let name = format!("edge-{}", path.replace('/', "-"));
        listen_for(&name);
        let counted = || timings.with_label_values(&["PUT", "unmatched", status]).get_sample_count();
        let before = counted();
        let ask = TestRequest::put().uri(path).insert_header(("x-request-id", name.as_str()));
        let request = ask.insert_header(("accept-language", "en")).to_request();
        let response = match service.call(request).await {
            Ok(response) => response.into_parts().1,
            Err(error) => HttpResponse::from_error(error),
        };
        assert_eq!(response.status().as_str(), status, "{path}");
        let header = |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        assert_eq!(header("content-type"), "application/problem+json", "{path}");
        assert_eq!((header("x-request-id"), header("x-content-type-options")), (name.clone(), "nosniff".to_owned()));
        assert_eq!(header("vary"), "Authorization, Accept-Language");
        assert_eq!(
            (header("cache-control"), header("content-language")),
            ("private, no-cache".to_owned(), "en".to_owned())
        );
        assert_eq!(header("access-control-allow-origin"), "https://app.example.cn", "what layers between added stays");
        assert_eq!(!header("www-authenticate").is_empty(), status == "401", "{path}");
        let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((problem["code"].as_str(), problem["request_id"].as_str()), (Some(code), Some(name.as_str())));
        assert_eq!(problem["error"].is_string(), path.starts_with("/oauth/"));
        assert!(!problem.to_string().contains("child"));
        assert_eq!(counted(), before + 1, "{path} is counted once");
        let lines = heard(&name).into_iter().filter(|line| line.starts_with("kehou::access ")).collect::<Vec<_>>();
        assert_eq!(lines.len(), 1, "{path}: {lines:?}");
        assert!(lines[0].contains(&format!(" PUT unmatched {status} ")), "{}", lines[0]);
    }
}
