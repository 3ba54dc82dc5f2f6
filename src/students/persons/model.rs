//! A person: numbers, sealed, and nothing else.

use time::Date;

use crate::auth::access_log::SeenPerson;
use crate::db::{Id, Instant, Placed};
use crate::refusal::{Fault, FieldError};
use crate::row;
use crate::values::identifiers::{IdNumber, StudentNumber};

row! {
    /// The row of a person.
    pub struct PersonRow of persons, "person", "persons" {
        id: Id,
        #[serde(skip)]
        id_number_sealed: Option<String>,
        id_number_hash: Option<String>,
        #[serde(skip)]
        student_number_sealed: Option<String>,
        student_number_hash: Option<String>,
        /// The person that this one was merged into; then this is a tombstone.
        merged_into_id: Option<Id>,
        merge_document: Option<String>,
        /// What came together when it was joined, sealed; of a tombstone only.
        #[serde(skip)]
        joined_sealed: Option<String>,
        /// What showed that it was joined by mistake.
        separation_document: Option<String>,
        /// Since when nothing is known of it any more.
        erased_on: Option<Date>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

/// A person with the path of the school from which it is looked at.
pub type Person = Placed<PersonRow>;

impl Person {
    /// The person alone: it is not looked at as a pupil of one school.
    #[must_use]
    pub fn seen(&self) -> SeenPerson {
        SeenPerson { person_id: self.id, school_id: None }
    }
}

/// The numbers of a person, both optional (三.1: with or without a student number).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    pub id_number: Option<IdNumber>,
    pub student_number: Option<StudentNumber>,
}

impl Numbers {
    /// The numbers, with the ID number that a student number of kind `G` is made from.
    ///
    /// # Errors
    /// The student number is made from another ID number.
    pub fn completed(&self) -> Result<Self, FieldError> {
        let implied = self.student_number.as_ref().and_then(StudentNumber::id_number);
        match (&self.id_number, implied) {
            (Some(given), Some(implied)) if *given != implied => {
                Err(FieldError::new("/student_number", Fault::Mismatch).said("id-number"))
            }
            (given, implied) => {
                Ok(Self { id_number: given.clone().or(implied), student_number: self.student_number.clone() })
            }
        }
    }

    /// These numbers, and where one is missing the one of `known`.
    #[must_use]
    pub fn or(&self, known: &Self) -> Self {
        Self {
            id_number: self.id_number.clone().or_else(|| known.id_number.clone()),
            student_number: self.student_number.clone().or_else(|| known.student_number.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(id: Option<&str>, student: Option<&str>) -> Numbers {
        Numbers {
            id_number: id.and_then(|text| IdNumber::new(text).ok()),
            student_number: student.and_then(|text| StudentNumber::new(text).ok()),
        }
    }

    #[test]
    fn a_student_number_of_kind_g_says_the_id_number() {
        let (id, other) = (Some("43060220130315002X"), Some("11010519491231002X"));
        let (g, l) = (Some("G43060220130315002X"), Some("L430621201601010007"));
        assert_eq!(numbers(None, g).completed(), Ok(numbers(id, g)));
        assert_eq!(numbers(id, g).completed(), Ok(numbers(id, g)));
        assert_eq!(numbers(other, l).completed(), Ok(numbers(other, l)));
        assert_eq!(numbers(None, l).completed(), Ok(numbers(None, l)));
        let wrong = FieldError::new("/student_number", Fault::Mismatch).said("id-number");
        assert_eq!(numbers(other, g).completed(), Err(wrong));
    }
}
