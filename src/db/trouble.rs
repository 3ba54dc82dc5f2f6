//! What an error of a database means for whoever ran the statement: whether it passes, and what may help.
//!
//! On PostgreSQL the SQLSTATE decides, as far as diesel tells it: it has kinds for 40001, 25006 and 08xxx and keeps all
//! other codes to itself. Whether a connection is gone (57P01, 57P02) the pool asks the connection. For what is left
//! (40P01, 55P03, 57014, 53xxx, 58030) there is nothing but the message; connections ask for English ones. SQLite has
//! one language, and its library is part of the program.

use diesel::result::{DatabaseErrorKind, Error};

/// Trouble that is nobody's fault and passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Others were in the way: a fresh run may pass at once.
    Race,
    /// The connection is gone: another one may do.
    Lost,
    /// The database takes no writes through this connection: after a failover another one may do.
    ReadOnly,
    /// The database cannot now: it is full, shuts down, starts, or was told to stop the statement.
    Passing,
}

/// Beginnings of messages of PostgreSQL, in English, and what their SQLSTATE would say.
const POSTGRES: [(&str, Trouble); 19] = [
    ("deadlock detected", Trouble::Race),                       // 40P01
    ("canceling statement due to lock timeout", Trouble::Race), // 55P03
    ("could not obtain lock", Trouble::Race),                   // 55P03
    ("canceling statement due to", Trouble::Passing),           // 57014
    ("terminating connection", Trouble::Lost),                  // 57P01, 57P02, 57P05, 25P03
    ("server closed the connection", Trouble::Lost),            // 08006, said by libpq itself
    ("no connection to the server", Trouble::Lost),             // the same
    ("could not receive data from server", Trouble::Lost),      // the same
    ("could not send data to server", Trouble::Lost),           // the same
    ("the database system is", Trouble::Passing),               // 57P03
    ("could not extend", Trouble::Passing),                     // 53100
    ("could not write", Trouble::Passing),                      // 53100, 58030
    ("could not read", Trouble::Passing),                       // 58030
    ("could not open file", Trouble::Passing),                  // 58030, 53000
    ("could not fsync", Trouble::Passing),                      // 58030
    ("could not resize shared memory", Trouble::Passing),       // 53100
    ("out of memory", Trouble::Passing),                        // 53200
    ("out of shared memory", Trouble::Passing),                 // 53200
    ("sorry, too many clients already", Trouble::Passing),      // 53300
];

/// Messages of SQLite.
const SQLITE: [(&str, Trouble); 7] = [
    ("database is locked", Trouble::Race),
    ("database table is locked", Trouble::Race),
    ("database schema is locked", Trouble::Race),
    ("database or disk is full", Trouble::Passing),
    ("disk I/O error", Trouble::Passing),
    ("attempt to write a readonly database", Trouble::Passing),
    ("unable to open database file", Trouble::Passing),
];

/// What passes; nothing for what is a defect, or the caller's.
#[must_use]
pub fn trouble(error: &Error) -> Option<Trouble> {
    let Error::DatabaseError(kind, information) = error else {
        return matches!(error, Error::BrokenTransactionManager).then_some(Trouble::Lost);
    };
    match kind {
        DatabaseErrorKind::SerializationFailure => Some(Trouble::Race),
        DatabaseErrorKind::ReadOnlyTransaction => Some(Trouble::ReadOnly),
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => Some(Trouble::Lost),
        DatabaseErrorKind::Unknown => said(information.message()),
        _ => None,
    }
}

fn said(message: &str) -> Option<Trouble> {
    let all = POSTGRES.iter().chain(&SQLITE);
    all.into_iter().find(|(sign, _)| message.starts_with(sign)).map(|(_, trouble)| *trouble)
}

/// Whether the statement gave up waiting for a lock.
#[must_use]
pub fn is_lock_timeout(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, info) if info.message().contains("lock timeout"))
}

/// Whether neither kind nor message tells what an error is, so that the connection should be asked.
pub(super) fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(DatabaseErrorKind::Unknown, _)) && trouble(error).is_none()
}

/// Ends this run of the closure and asks for another, after a race that a fresh look decides.
#[must_use]
pub fn run_again(cause: &str) -> crate::refusal::Refusal {
    of_kind(DatabaseErrorKind::SerializationFailure, cause)
}

/// The database takes no writes.
pub(super) fn read_only(cause: &str) -> crate::refusal::Refusal {
    of_kind(DatabaseErrorKind::ReadOnlyTransaction, cause)
}

fn of_kind(kind: DatabaseErrorKind, cause: &str) -> crate::refusal::Refusal {
    crate::refusal::Refusal::Database(Error::DatabaseError(kind, Box::new(cause.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_is_wrong() {
        use DatabaseErrorKind::{
            ClosedConnection, ForeignKeyViolation, ReadOnlyTransaction, SerializationFailure, Unknown,
        };
        for (kind, message, expected) in [
            (SerializationFailure, "in any language", Some(Trouble::Race)),
            (ReadOnlyTransaction, "in any language", Some(Trouble::ReadOnly)),
            (ClosedConnection, "in any language", Some(Trouble::Lost)),
            (Unknown, "deadlock detected", Some(Trouble::Race)),
            (Unknown, "canceling statement due to lock timeout", Some(Trouble::Race)),
            (Unknown, "canceling statement due to statement timeout", Some(Trouble::Passing)),
            (Unknown, "canceling statement due to user request", Some(Trouble::Passing)),
            (Unknown, "terminating connection due to administrator command", Some(Trouble::Lost)),
            (Unknown, "database is locked", Some(Trouble::Race)),
            (Unknown, "invalid byte sequence for encoding \"UTF8\": 0x00", None),
            (Unknown, "relation \"the database system is\" does not exist", None),
            (Unknown, "no such table: plans", None),
            (ForeignKeyViolation, "canceling statement due to", None),
        ] {
            let error = Error::DatabaseError(kind, Box::new(message.to_owned()));
            assert_eq!(trouble(&error), expected, "{message}");
        }
        assert_eq!(trouble(&Error::BrokenTransactionManager), Some(Trouble::Lost));
        assert_eq!(trouble(&Error::NotFound), None);
    }
}
