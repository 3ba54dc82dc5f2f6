//! What the benchmarks share that put the service under load: a server, schools, a driver, and the twin.

pub mod driver;
pub mod pgbench;
pub mod school;
pub mod server;
pub mod table;

/// The master key of the databases.
pub const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
pub const TODAY: &str = "2024-09-10";

/// Connections that enroll: as many as pgbench has clients.
pub const WRITERS: usize = 8;

/// What a day of writing leaves. The service's connections keep their plans: over an empty table they would be made for
/// one, and be slow until the server's own ANALYZE.
pub const EARLIER_KEYS: &str = "INSERT INTO idempotency_keys \
    (user_id, idempotency_key, fingerprint, status, body, created_at) \
    SELECT user_id, gen_random_uuid()::text, 'earlier', 201, repeat('x', 600), now() \
    FROM sessions, generate_series(1, 5)";
pub const ENROLLMENTS: &str = "/api/v1/enrollments";
