//! What a guardian sends.

use crate::body;
use crate::db::Id;

body! {
    /// The wishes of a child, the first one first; none takes back what was wished.
    pub struct WishesIn {
        /// A window that the guardian sees.
        choice_window_id: Id,
        /// The pupil, as its school has entered it.
        student_id: Id,
        /// Projects of the window's plan that have limited seats, each once.
        #[schema(max_items = 10)]
        #[validate(length(max = 10, code = "too-many"))]
        project_ids: Vec<Id>,
    }
}
