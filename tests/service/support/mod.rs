//! What every test stands on.

pub mod amendments;
pub mod app;
pub mod contract;
pub mod databases;
pub mod enrollments;
pub mod fees;
pub mod groundwork;
pub mod materials;
pub mod meeting;
pub mod partners;
pub mod plans;
pub mod process;
pub mod pupils;
pub mod staff;
pub mod world;

/// Runs one story on SQLite and on PostgreSQL, as two tests.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "not every story uses all of its file's imports")]
            use super::*;

            #[actix_web::test]
            async fn sqlite() {
                story($crate::support::databases::Kind::Sqlite).await;
            }

            #[actix_web::test]
            async fn postgres() {
                story($crate::support::databases::Kind::Postgres).await;
            }

            async fn story(kind: $crate::support::databases::Kind) {
                let Some($app) = $crate::support::app::TestApp::start(kind).await else { return };
                $body
            }
        }
    )+};
}
