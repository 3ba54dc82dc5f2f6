//! Every column of the database that refers to a person, and what becomes of it. A test reads the live schema and
//! compares: whoever adds such a column decides here, and lets `student_status::merges` move it where it moves.

/// What a merge does with rows that refer to the merged person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMerge {
    /// They refer to the surviving person from then on; the slice that owns them moves them.
    Moves,
    /// Tombstones of earlier merges lead to the surviving person.
    Repoints,
    /// They stay: whoever was erased is never joined with anybody.
    Stays,
}

/// What a bulk export gives of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnExport {
    /// The rows, within the scope of who exports; numbers masked.
    Rows,
    /// Nothing.
    Nothing,
}

/// What the end of retention does with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnErasure {
    /// The row goes.
    Delete,
    /// The row stays for the statistics, without names and numbers.
    KeepBare,
    /// The row stays until its own retention ends: it is evidence.
    Keep,
}

/// A column that refers to `persons`.
#[derive(Debug, Clone, Copy)]
pub struct PersonColumn {
    pub table: &'static str,
    pub column: &'static str,
    pub on_merge: OnMerge,
    pub on_export: OnExport,
    pub on_erasure: OnErasure,
}

/// The table.
pub const PERSON_COLUMNS: &[PersonColumn] = &[
    PersonColumn {
        table: "persons",
        column: "merged_into_id",
        on_merge: OnMerge::Repoints,
        on_export: OnExport::Nothing,
        on_erasure: OnErasure::KeepBare,
    },
    PersonColumn {
        table: "erasures",
        column: "person_id",
        on_merge: OnMerge::Stays,
        on_export: OnExport::Nothing,
        on_erasure: OnErasure::Keep,
    },
    PersonColumn {
        table: "students",
        column: "person_id",
        on_merge: OnMerge::Moves,
        on_export: OnExport::Rows,
        on_erasure: OnErasure::KeepBare,
    },
    PersonColumn {
        table: "guardianships",
        column: "person_id",
        on_merge: OnMerge::Moves,
        on_export: OnExport::Rows,
        on_erasure: OnErasure::KeepBare,
    },
    PersonColumn {
        table: "consents",
        column: "person_id",
        on_merge: OnMerge::Moves,
        on_export: OnExport::Rows,
        on_erasure: OnErasure::Delete,
    },
    PersonColumn {
        table: "access_log_persons",
        column: "person_id",
        on_merge: OnMerge::Moves,
        on_export: OnExport::Nothing,
        on_erasure: OnErasure::Keep,
    },
    PersonColumn {
        table: "enrollments",
        column: "person_id",
        on_merge: OnMerge::Moves,
        on_export: OnExport::Rows,
        on_erasure: OnErasure::KeepBare,
    },
    PersonColumn {
        table: "charges",
        column: "person_id",
        on_merge: OnMerge::Moves,
        on_export: OnExport::Rows,
        on_erasure: OnErasure::Keep,
    },
    PersonColumn {
        table: "term_fees",
        column: "person_id",
        on_merge: OnMerge::Moves,
        on_export: OnExport::Nothing,
        on_erasure: OnErasure::Keep,
    },
    PersonColumn {
        table: "survey_answers",
        column: "person_id",
        on_merge: OnMerge::Moves,
        on_export: OnExport::Nothing,
        on_erasure: OnErasure::KeepBare,
    },
];
