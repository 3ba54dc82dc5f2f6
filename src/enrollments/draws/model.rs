//! What was drawn, as it is told.

use crate::db::Id;
use crate::enrollments::choice_windows::ChoiceWindow;
use crate::enrollments::enrollments::{DrawOutcome, With};

/// A number of a project, and what was drawn of it.
pub type Number = (i32, DrawOutcome);

/// What was drawn of a project.
#[derive(Debug, Clone)]
pub struct ProjectResult {
    pub project_id: Id,
    pub project_name: String,
    pub seats: i64,
    pub seats_min: Option<i64>,
    /// In their order, from 1.
    pub numbers: Vec<Number>,
}

/// A draw, by project.
#[derive(Debug, Clone)]
pub struct Results {
    pub window: ChoiceWindow,
    pub projects: Vec<ProjectResult>,
}

/// All that says why a wish was drawn so.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub seats: i64,
    pub seed: Option<String>,
    pub of_project: Vec<Number>,
}

/// A wish with its explanation.
pub type Explained = With<Explanation>;

impl Explanation {
    /// The last number that has a seat.
    #[must_use]
    pub fn last_seat(&self) -> Option<i32> {
        let seats = self.of_project.iter().filter(|(_, outcome)| *outcome == DrawOutcome::Seat);
        seats.map(|(number, _)| *number).max()
    }

    /// How many waited with numbers up to its own when it was drawn, itself included.
    #[must_use]
    pub fn place_in_line(&self, own: i32) -> usize {
        let waits = |(number, outcome): &&Number| *outcome == DrawOutcome::Waitlist && *number <= own;
        self.of_project.iter().filter(waits).count()
    }
}
