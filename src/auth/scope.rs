//! What a caller may see, as a filter that every query of a list and of a single row takes alike.
//!
//! This is the one place that may name tables of higher floors.

use super::actor::Actor;
use super::organisations::{OrganisationKind, ids_on};
use super::permission::{Permission, Reach};
use crate::db::Id;

/// How far a caller sees under one permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Everything,
    /// The organisation with this path, and all below it.
    Subtree(String),
    /// The school with this path; nothing hangs on a school.
    School(String),
    /// The same, and what hangs on an authority above it: for partners, whom a school finds with all its authorities.
    Chain(String),
    /// What belongs to this account.
    Own(Id),
    /// The children whose guardian this account is today, with the right to read.
    OwnChildren(Id),
    /// The pupils of the classes that this account teaches today.
    OwnPupils(Id),
    /// The groups and sessions at which this account serves.
    OwnGroups(Id),
}

impl Scope {
    /// The scope of `actor` under `P`; nothing visible where the role does not have it.
    #[must_use]
    pub fn of<P: Permission>(actor: &Actor) -> Self {
        match P::reach(actor.role) {
            Some(Reach::Everything) => Self::Everything,
            Some(Reach::Subtree) if actor.role.held_at() == Some(OrganisationKind::School) => {
                Self::School(actor.path.clone())
            }
            Some(Reach::Subtree) => Self::Subtree(actor.path.clone()),
            Some(Reach::Chain) => Self::Chain(actor.path.clone()),
            Some(Reach::OwnChildren) => Self::OwnChildren(actor.user_id),
            Some(Reach::OwnPupils) => Self::OwnPupils(actor.user_id),
            Some(Reach::OwnGroups) => Self::OwnGroups(actor.user_id),
            Some(Reach::Own) | None => Self::Own(actor.user_id),
        }
    }

    /// Whether something at `path` lies in the scope; what has no organisation (`""`) lies in `Everything` alone.
    #[must_use]
    pub fn holds_path(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Subtree(root) | Self::School(root) => !root.is_empty() && path.starts_with(root.as_str()),
            Self::Chain(root) => {
                !root.is_empty()
                    && (path.starts_with(root.as_str()) || above(path).is_some_and(|at| root.starts_with(at)))
            }
            Self::Own(_) | Self::OwnChildren(_) | Self::OwnPupils(_) | Self::OwnGroups(_) => false,
        }
    }
}

/// A scope as the values of one condition, so that every query has one static form on both databases.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Paths from here …
    pub from: String,
    /// … to here, this one not included.
    pub to: String,
    /// What has no organisation belongs to it.
    pub placeless: bool,
    /// The one account; nil for none.
    pub own: Id,
    /// What hangs on these organisations belongs to it.
    pub above: Vec<Id>,
    /// The one organisation that they hold, if that is known: then an index of its rows has them in order.
    pub only: Option<Id>,
}

impl Scope {
    /// The scope's bounds.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let range = |from: &str, to: String| {
            let (from, above) = (from.to_owned(), Vec::new());
            Bounds { from, to, placeless: false, own: Id::NIL, above, only: None }
        };
        match self {
            Self::Everything => Bounds { placeless: true, ..range("", "~".to_owned()) },
            Self::Subtree(root) => range(root, end_of(root)),
            Self::School(root) => Bounds { only: ids_on(root).pop(), ..range(root, end_of(root)) },
            Self::Chain(root) => Bounds { above: ids_on(root), ..range(root, end_of(root)) },
            Self::Own(id) => Bounds { own: *id, ..range("", String::new()) },
            Self::OwnChildren(_) | Self::OwnPupils(_) | Self::OwnGroups(_) => range("", String::new()),
        }
    }
}

/// Ids of the organisations within bounds, as a subquery.
macro_rules! organisations_in {
    ($bounds:expr) => {
        organisations::table
            .filter(organisations::path.ge($bounds.from.clone()).and(organisations::path.lt($bounds.to.clone())))
            .select(organisations::id.nullable())
    };
}

/// Whether an account lies within bounds.
macro_rules! users_in {
    ($bounds:expr) => {
        users::organisation_id
            .eq_any($crate::auth::scope::organisations_in!($bounds))
            .or(users::organisation_id.is_null().and($bounds.placeless.into_sql::<Bool>()).nullable())
            .or(users::id.eq($bounds.own).nullable())
    };
}

/// Ids of the schools within bounds, as a subquery.
macro_rules! schools_in {
    ($bounds:expr) => {{
        use $crate::db::schema::organisations as nodes;
        nodes::table
            .filter(nodes::path.ge($bounds.from.clone()).and(nodes::path.lt($bounds.to.clone())))
            .select(nodes::id)
    }};
}

/// Whether a joined organisation lies within bounds, or hangs on an authority above them.
macro_rules! in_chain {
    ($bounds:expr) => {{
        use $crate::db::schema::organisations as nodes;
        nodes::path
            .ge($bounds.from.clone())
            .and(nodes::path.lt($bounds.to.clone()))
            .or(nodes::parent_id.eq_any($bounds.above.clone()))
    }};
}

/// Ids of the persons who attend a school within bounds, as a subquery.
macro_rules! pupils_in {
    ($bounds:expr) => {{
        use $crate::db::schema::students as pupils;
        pupils::table
            .filter(pupils::state.eq("attending"))
            .filter(pupils::school_id.eq_any($crate::auth::scope::schools_in!($bounds)))
            .select(pupils::person_id)
    }};
}

/// Ids of the persons whose guardian an account is on a day with the right to read, as a subquery. It is asked in every
/// query, so that from the commit of its end a guardianship reads nothing.
macro_rules! children_of {
    ($user:expr, $today:expr) => {{
        use $crate::db::schema::guardianships as held;
        held::table
            .filter(held::user_id.eq($user).and(held::state.eq("active")).and(held::starts_on.le($today)))
            .filter(held::ends_on.is_null().or(held::ends_on.ge($today)))
            .filter(held::rights.like("% read %"))
            .select(held::person_id)
    }};
}

/// Ids of the persons for whom an account reads or pays on a day, as a subquery: who only pays sees what is to be paid,
/// and nothing else of the child.
macro_rules! children_paid_for {
    ($user:expr, $today:expr) => {{
        use $crate::db::schema::guardianships as held;
        held::table
            .filter(held::user_id.eq($user).and(held::state.eq("active")).and(held::starts_on.le($today)))
            .filter(held::ends_on.is_null().or(held::ends_on.ge($today)))
            .filter(held::rights.like("% read %").or(held::rights.like("% pay %")))
            .select(held::person_id)
    }};
}

/// Ids of the guardianships that an account holds on a day, as a subquery.
macro_rules! guardianships_of {
    ($user:expr, $today:expr) => {{
        use $crate::db::schema::guardianships as held;
        held::table
            .filter(held::user_id.eq($user).and(held::state.eq("active")).and(held::starts_on.le($today)))
            .filter(held::ends_on.is_null().or(held::ends_on.ge($today)))
            .select(held::id)
    }};
}

/// Ids of the classes that an account teaches on a day, as a subquery. It is asked in every query, so that from the
/// commit of its end a teacher sees nobody by it.
macro_rules! classes_taught {
    ($user:expr, $today:expr) => {{
        use $crate::db::schema::class_teachers as taught;
        taught::table
            .filter(taught::user_id.eq($user).and(taught::state.eq("standing")).and(taught::starts_on.le($today)))
            .filter(taught::ends_on.is_null().or(taught::ends_on.ge($today)))
            .select(taught::class_id.nullable())
    }};
}

/// Ids of the pupils of those classes, as a subquery.
macro_rules! pupils_taught {
    ($user:expr, $today:expr) => {{
        use $crate::db::schema::students as pupils;
        let classes = $crate::auth::scope::classes_taught!($user, $today);
        pupils::table.filter(pupils::state.eq("attending").and(pupils::class_id.eq_any(classes))).select(pupils::id)
    }};
}

/// Ids of the members of staff who work under an account, as a subquery: one at most, but for who has left.
macro_rules! staff_of {
    ($user:expr) => {{
        use $crate::db::schema::staff_members as serving;
        serving::table
            .filter(serving::user_id.eq($user).and(serving::state.eq("active").nullable()))
            .select(serving::id)
    }};
}

/// Ids of the sessions at which an account serves, as a subquery.
macro_rules! sessions_served {
    ($user:expr) => {{
        use $crate::db::schema::session_staff as served;
        let serving = $crate::auth::scope::staff_of!($user);
        served::table
            .filter(served::staff_member_id.eq_any(serving).and(served::state.ne("released")))
            .select(served::session_id)
    }};
}

/// Ids of the pupils who stay in the groups at whose sessions an account serves, as a subquery.
macro_rules! pupils_served {
    ($user:expr) => {{
        use $crate::db::schema::{group_members as staying, service_sessions as held};
        let sessions = $crate::auth::scope::sessions_served!($user);
        let groups = held::table.filter(held::id.eq_any(sessions)).select(held::group_id);
        staying::table
            .filter(staying::group_id.eq_any(groups).and(staying::to_on.is_null()))
            .select(staying::student_id)
    }};
}

/// Ids of the groups in which an account's children are or were, as a subquery.
macro_rules! groups_of_children {
    ($user:expr, $today:expr) => {{
        use $crate::db::schema::{group_members as members, students as grouped};
        let children = $crate::auth::scope::children_of!($user, $today);
        members::table
            .inner_join(grouped::table.on(grouped::id.eq(members::student_id)))
            .filter(grouped::person_id.eq_any(children))
            .select(members::group_id)
    }};
}

/// Ids of the schools that an account's children attend, as a subquery.
macro_rules! schools_of_children {
    ($user:expr, $today:expr) => {{
        use $crate::db::schema::students as attended;
        attended::table
            .filter(attended::state.eq("attending"))
            .filter(attended::person_id.eq_any($crate::auth::scope::children_of!($user, $today)))
            .select(attended::school_id)
    }};
}

/// Ids of the plans that are being written, as a subquery: what is filed with them may change.
macro_rules! plans_being_written {
    () => {{
        use $crate::db::schema::plans as written;
        written::table.filter(written::state.eq_any(["draft", "returned"])).select(written::id.nullable())
    }};
}

/// Ids of the plans of which an amendment is being written, as a subquery.
macro_rules! plans_being_amended {
    () => {{
        use $crate::db::schema::plan_amendments as amended;
        amended::table.filter(amended::state.eq_any(["draft", "returned"])).select(amended::plan_id.nullable())
    }};
}

/// Narrows a boxed query to the one organisation of bounds, if they hold one: a range of paths alone would not say that
/// there is one, and its rows would be sorted each time.
macro_rules! at_school {
    ($query:expr, $column:expr, $bounds:expr) => {
        match $bounds.only {
            Some(only) => $query.filter($column.eq(only)),
            None => $query,
        }
    };
}

/// Rows of a table that hangs on organisations, with the paths of theirs, within bounds.
macro_rules! placed {
    ($table:ident, $row:ty, $bounds:expr) => {{
        use $crate::db::schema::organisations as nodes;
        let bounds = $bounds;
        $table::table
            .inner_join(nodes::table)
            .filter(nodes::path.ge(bounds.from).and(nodes::path.lt(bounds.to)))
            .select((<$row>::as_select(), nodes::path))
    }};
}

pub(crate) use {
    at_school, children_of, children_paid_for, classes_taught, groups_of_children, guardianships_of, in_chain, placed,
    plans_being_amended, plans_being_written, pupils_in, pupils_served, pupils_taught, schools_in, schools_of_children,
    sessions_served, staff_of,
};
pub(super) use {organisations_in, users_in};

/// The path of the organisation on which this one hangs; nothing for a root.
fn above(path: &str) -> Option<&str> {
    let (at, _) = path.strip_suffix('/')?.rsplit_once('/')?;
    path.get(..=at.len()).filter(|at| at.len() > 1)
}

/// The first path behind a subtree: paths end in `/`, and `0` follows `/` in byte order.
fn end_of(root: &str) -> String {
    match root.strip_suffix('/') {
        Some(stem) if !stem.is_empty() => format!("{stem}0"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtree_is_the_range_of_its_paths() {
        let scope = Scope::Subtree("/a/b/".to_owned());
        for (path, inside) in [("/a/b/", true), ("/a/b/c/", true), ("/a/", false), ("/a/bb/", false), ("", false)] {
            assert_eq!(scope.holds_path(path), inside, "{path}");
            let in_range = path >= "/a/b/" && path < end_of("/a/b/").as_str();
            assert_eq!(in_range, inside, "{path}");
        }
    }

    #[test]
    fn a_chain_is_a_subtree_and_what_hangs_on_its_authorities() {
        let scope = Scope::Chain("/a/b/c/".to_owned());
        for (path, inside) in [
            ("/a/b/c/", true),
            ("/a/b/c/d/", true),
            ("/a/b/x/", true),
            ("/a/x/", true),
            ("/x/", false),
            ("/a/x/y/", false),
            ("/a/b/x/y/", false),
            ("", false),
        ] {
            assert_eq!(scope.holds_path(path), inside, "{path}");
        }
    }

    #[test]
    fn a_scope_without_a_path_sees_nothing() {
        assert!(!Scope::Chain(String::new()).holds_path("/a/b/"));
        assert!(!Scope::Subtree(String::new()).holds_path("/a/"));
        assert_eq!(end_of(""), "");
    }
}
