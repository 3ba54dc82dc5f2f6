//! Where a request comes from: the peer, or what trusted proxies say of it; and how often it may sign in.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

use crate::refusal::{Code, Refusal};

/// Proxies whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

impl TrustedProxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }
}

/// The nearest address that is not a trusted proxy.
#[must_use]
pub fn address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let Some(trusted) = request.app_data::<web::Data<TrustedProxies>>() else { return Some(peer) };
    if !trusted.trusts(peer) {
        return Some(peer);
    }
    let forwarded = request.headers().get_all("x-forwarded-for").map(|value| value.to_str().unwrap_or("?"));
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        // What a trusted proxy wrote and nobody can read ends the walk: everything before it may be made up.
        let Some(address) = hop_address(hop.trim()) else { break };
        nearest = address;
        if !trusted.trusts(address) {
            break;
        }
    }
    Some(nearest)
}

/// An address as a place: of IPv6 the network, which one household has whole.
#[must_use]
pub fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V6(address) => format!("{:x}/64", address.to_bits() >> 64),
        address @ IpAddr::V4(_) => address.to_string(),
    }
}

/// The address that a request comes from, for a handler.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

impl FromRequest for ClientAddress {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(address(request))))
    }
}

/// An address, with or without a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|with_port| with_port.ip()))
}

/// How often one address may try to sign in.
pub struct SignInLimit(DefaultKeyedRateLimiter<IpAddr>);

impl SignInLimit {
    /// So many tries a minute, all at once if need be: a school's guardians may share one address.
    #[must_use]
    pub fn per_minute(tries: NonZeroU32) -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(tries)))
    }

    /// Counts a try. Requests without a peer address come from inside the process.
    ///
    /// # Errors
    /// 429.
    pub fn count(&self, address: Option<IpAddr>) -> Result<(), Refusal> {
        let Some(address) = address else { return Ok(()) };
        let passed = self.0.check_key(&address).is_ok();
        if passed { Ok(()) } else { Err(Refusal::of(Code::TooManyRequests).retry_after(10)) }
    }

    /// Drops addresses that have been quiet.
    pub fn forget_quiet(&self) {
        self.0.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let trusted = || TrustedProxies(vec!["10.0.0.0/8".parse().unwrap_or_else(|_| IpNet::default())]);
        let seen_through = |peer: &str, forwarded: &'static str| {
            let peer = peer.parse().ok()?;
            let request = TestRequest::default()
                .app_data(web::Data::new(trusted()))
                .peer_addr(peer)
                .insert_header(("x-forwarded-for", forwarded))
                .to_http_request();
            address(&request).map(|address| address.to_string())
        };
        for (peer, forwarded, seen) in [
            ("10.1.2.3:80", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
            ("10.1.2.3:80", "203.0.113.9, 198.51.100.7:4711", "198.51.100.7"),
            ("10.1.2.3:80", "203.0.113.9, unknown", "10.1.2.3"),
            ("192.0.2.1:80", "203.0.113.9", "192.0.2.1"),
        ] {
            assert_eq!(seen_through(peer, forwarded).as_deref(), Some(seen), "{forwarded}");
        }
    }
}
