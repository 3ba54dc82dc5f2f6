//! Batches: many writes of one kind in one transaction. Each row goes through the verb of the single write, in a
//! savepoint of its own, so that what is refused of one leaves the others as they are.

use serde::Serialize;

use super::actor::Actor;
use super::shown::{Shown, shaped};
use crate::db::{Id, Tx};
use crate::http::{Problem, RowRead, Rows};
use crate::refusal::{Code, Fault, FieldError, Refusal, Refused};

/// A row of a batch.
pub trait BatchRow: Send + 'static {
    /// What makes two rows the same thing: the field that says it, and what it says.
    fn same_by(&self) -> Option<(&'static str, String)>;

    /// Rows are written in the order of these, then of what makes them the same, so that two batches wait for each
    /// other in one order.
    fn turn(&self) -> Id;
}

/// A thing that may be made in batches; [`batch!`](crate::batch) says its shape.
pub trait Batched: Shown + 'static {
    /// What a batch of them is answered with.
    type Whole: Serialize;

    /// The answer, of each row in their order.
    fn whole(items: Vec<Result<Self::Out, Problem>>) -> Self::Whole;
}

/// What became of rows, each at the place of its row.
pub type Outcomes<T> = Vec<Result<T, Refused>>;

/// Writes rows, each by `work`.
///
/// # Errors
/// 422 with everything that is wrong, where all or nothing was asked for; what no caller can mend.
pub fn write<T: BatchRow, M>(
    tx: &mut Tx<'_>,
    rows: &Rows<T>,
    work: impl Fn(&mut Tx<'_>, &T) -> Result<M, Refusal>,
) -> Result<Outcomes<M>, Refusal> {
    let mut turns: Vec<(usize, &RowRead<T>)> = rows.items.iter().enumerate().collect();
    turns.sort_by_cached_key(|(index, item)| {
        let row = item.row.as_ref().ok();
        (row.map(BatchRow::turn), row.and_then(BatchRow::same_by), *index)
    });
    let mut outcomes = Vec::with_capacity(turns.len());
    for (index, item) in turns {
        let at = format!("/items/{index}");
        let outcome = match (&item.row, twice(rows, index, item)) {
            (Err(refused), _) => Err(refused.clone()),
            (Ok(_), Some(refused)) => Err(refused),
            (Ok(row), None) => in_savepoint(tx, &at, |tx| work(tx, row))?,
        };
        outcomes.push((index, outcome.map_err(|refused| refused.below(&at))));
    }
    outcomes.sort_by_key(|(index, _)| *index);
    let (_, outcomes): (Vec<usize>, Outcomes<M>) = outcomes.into_iter().unzip();
    if rows.atomic { all_or_nothing(outcomes) } else { Ok(outcomes) }
}

/// One row: what is refused of it is taken back alone, and what the rules say of it is said at its place.
fn in_savepoint<M>(
    tx: &mut Tx<'_>,
    at: &str,
    work: impl FnOnce(&mut Tx<'_>) -> Result<M, Refusal>,
) -> Result<Result<M, Refused>, Refusal> {
    let said = tx.findings.len();
    let outcome = tx.savepoint(work);
    tx.findings.iter_mut().skip(said).for_each(|finding| finding.move_below(at));
    match outcome {
        Ok(made) => Ok(Ok(made)),
        Err(refusal) => refusal.of_caller().map(Err),
    }
}

/// The refusal of a row that says the same as an earlier one.
fn twice<T: BatchRow>(rows: &Rows<T>, index: usize, item: &RowRead<T>) -> Option<Refused> {
    let refused = |field: &str, first: usize| {
        let error = FieldError::new(field, Fault::Duplicate).with("first", format!("/items/{first}")).said("rows");
        Refused { errors: vec![error], ..Refused::of(Code::Invalid) }
    };
    if let Some(first) = item.same_as {
        return Some(refused("", first));
    }
    let (field, own) = item.row.as_ref().ok()?.same_by()?;
    let says_it = |earlier: &RowRead<T>| {
        earlier.row.as_ref().ok().and_then(BatchRow::same_by).is_some_and(|(_, said)| said == own)
    };
    rows.items.iter().take(index).position(says_it).map(|first| refused(field, first))
}

/// Everything that is wrong with any of them, else all of them.
fn all_or_nothing<M>(outcomes: Outcomes<M>) -> Result<Outcomes<M>, Refusal> {
    let refused = outcomes.iter().enumerate().filter_map(|(index, outcome)| Some((index, outcome.as_ref().err()?)));
    let mut whole = Refused::of(Code::BatchRefused);
    let mut count = 0_usize;
    for (index, refused) in refused {
        count += 1;
        if refused.errors.is_empty() && refused.findings.is_empty() {
            let error = FieldError::new(format!("/items/{index}"), Fault::Refused);
            whole.errors.push(error.with("problem", refused.code.slug()));
        }
        whole.errors.extend(refused.errors.iter().cloned());
        whole.findings.extend(refused.findings.iter().cloned());
    }
    if count == 0 {
        return Ok(outcomes);
    }
    Err(Refusal::Refused(Box::new(whole)).with("refused", count))
}

/// The answer to a batch as `by` sees it, with the names of all its things asked for once.
///
/// # Errors
/// When the database fails.
pub fn shown<T: Batched>(
    tx: &mut Tx<'_>,
    outcomes: &Outcomes<T>,
    by: &Actor,
    request_id: &str,
) -> Result<T::Whole, Refusal> {
    let mut made = shaped(tx, outcomes.iter().flatten(), by)?.into_iter();
    let shown = |outcome: &Result<T, Refused>| match outcome {
        Ok(_) => made.next().map(Ok).ok_or_else(|| Refusal::internal("a thing without its shape")),
        Err(refused) => Ok(Err(Problem::of(refused, by.language, request_id))),
    };
    Ok(T::whole(outcomes.iter().map(shown).collect::<Result<_, Refusal>>()?))
}

/// The shapes of a batch: what is sent, and what is answered.
///
/// ```text
/// batch! {
///     /// Pupils that are entered together.
///     pub struct StudentBatchIn of StudentIn;
///     /// What became of them.
///     pub struct StudentBatchOut, StudentBatchItemOut of Student as StudentOut;
/// }
/// ```
#[macro_export]
macro_rules! batch {
    (
        $(#[$in_meta:meta])*
        pub struct $in:ident of $row:ty;
        $(#[$out_meta:meta])*
        pub struct $out:ident, $item:ident of $thing:ty as $shape:ty;
    ) => {
        $(#[$in_meta])*
        #[derive(Debug, Clone, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "it says the shape; `Rows` reads each row by itself")]
        pub struct $in {
            /// Each as it is sent alone.
            #[schema(min_items = 1, max_items = 200)]
            pub items: Vec<$row>,
            /// Whether nothing is done when one of them is refused; otherwise each stands on its own.
            #[serde(default)]
            pub atomic: bool,
        }

        $(#[$out_meta])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $out {
            /// How many were made.
            pub made: i32,
            /// How many were refused; a repeat need send no more than these.
            pub refused: i32,
            /// Each row, in the order in which they were sent.
            pub items: Vec<$item>,
            /// What the rules said about this write, where they said something.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub findings: Option<Vec<$crate::http::FindingOut>>,
        }

        /// What became of one row.
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $item {
            /// Its place in `items` of the request, from 0.
            pub index: i32,
            /// The status that it would have had alone: 201, or that of its problem.
            pub status: i32,
            /// What was made of it; null where it was refused.
            pub made: Option<$shape>,
            /// Why it was refused, with pointers into the whole body; null where it was made.
            pub problem: Option<$crate::http::Problem>,
        }

        impl $crate::auth::batch::Batched for $thing {
            type Whole = $out;

            fn whole(items: Vec<Result<$shape, $crate::http::Problem>>) -> $out {
                let (mut done, mut refused) = (0, 0);
                let items = (0_i32..).zip(items).map(|(index, item)| match item {
                    Ok(made) => {
                        done += 1;
                        $item { index, status: 201, made: Some(made), problem: None }
                    }
                    Err(problem) => {
                        refused += 1;
                        $item { index, status: i32::from(problem.status), made: None, problem: Some(problem) }
                    }
                });
                let items = items.collect();
                $out { made: done, refused, items, findings: None }
            }
        }
    };
}
