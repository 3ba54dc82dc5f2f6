//! SQL of groups and their members; the scope comes first.

use diesel::dsl::count_star;
use diesel::prelude::*;
use time::Date;

use super::model::{Group, GroupFilter, GroupMember, GroupMemberFilter, GroupMemberRow, GroupRow, Pupil};
use crate::auth::scope::{groups_of_children, staff_of};
use crate::auth::{Scope, Seen};
use crate::db::schema::{classes, enrollments, group_members, organisations, service_groups, students};
use crate::db::{Id, Placed, Tx};
use crate::enrollments::enrollments::EnrollmentState;
use crate::http::Listing;
use crate::refusal::{Code, Refusal};
use crate::{page, stored};

stored!(service_groups, GroupRow, taken => Refusal::of(Code::AlreadyExists).with("field", "project_id, name"));

stored!(group_members, GroupMemberRow, taken => Refusal::of(Code::VersionMismatch));

/// Groups within a scope, with the paths of their schools.
macro_rules! seen {
    ($tx:expr, $scope:expr) => {{
        let query = service_groups::table
            .inner_join(organisations::table)
            .select((GroupRow::as_select(), organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnChildren(user) => query.filter(service_groups::id.eq_any(groups_of_children!(*user, $tx.today))),
            Scope::OwnGroups(user) => query.filter(service_groups::leader_id.eq_any(staff_of!(*user).nullable())),
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for Group {
    type Filter = GroupFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        Ok(seen!(tx, scope).filter(service_groups::id.eq(id)).first::<Self>(tx.conn).optional()?)
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<GroupFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = seen!(tx, scope);
        let mut query = page!(seen, service_groups, at, { plan_id, project_id, school_id, [state] });
        if let Some(leader) = at.filter.leader_id {
            query = query.filter(service_groups::leader_id.eq(leader));
        }
        Ok(query.load::<Self>(tx.conn)?)
    }
}

type LoadedMember = (GroupMemberRow, Id, EnrollmentState, String);

fn member((row, person_id, state, path): LoadedMember) -> GroupMember {
    GroupMember { row, person_id, takes_part: state == EnrollmentState::Active, path }
}

/// Members within a scope.
macro_rules! members_seen {
    ($scope:expr) => {{
        let query = group_members::table
            .inner_join(students::table.on(students::id.eq(group_members::student_id)))
            .inner_join(enrollments::table.on(enrollments::id.eq(group_members::enrollment_id)))
            .inner_join(organisations::table.on(organisations::id.eq(group_members::school_id)))
            .select((GroupMemberRow::as_select(), students::person_id, enrollments::state, organisations::path))
            .into_boxed();
        match $scope {
            Scope::OwnGroups(user) => {
                let led = service_groups::table
                    .filter(service_groups::leader_id.eq_any(staff_of!(*user).nullable()))
                    .select(service_groups::id);
                query.filter(group_members::group_id.eq_any(led))
            }
            scope => {
                let bounds = scope.bounds();
                query.filter(organisations::path.ge(bounds.from).and(organisations::path.lt(bounds.to)))
            }
        }
    }};
}

impl Seen for GroupMember {
    type Filter = GroupMemberFilter;
    type Key = Id;

    fn find_in(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Option<Self>, Refusal> {
        let found = members_seen!(scope).filter(group_members::id.eq(id)).first::<LoadedMember>(tx.conn);
        Ok(found.optional()?.map(member))
    }

    fn list_in(tx: &mut Tx<'_>, scope: &Scope, at: &Listing<GroupMemberFilter>) -> Result<Vec<Self>, Refusal> {
        let seen = members_seen!(scope);
        let mut query = page!(seen, group_members, at, { group_id, student_id, school_id });
        if let Some(day) = at.filter.on {
            let stays = group_members::to_on.is_null().or(group_members::to_on.ge(day.0));
            query = query.filter(group_members::from_on.le(day.0)).filter(stays);
        }
        Ok(query.load::<LoadedMember>(tx.conn)?.into_iter().map(member).collect())
    }
}

/// Members of a group on a day or later, the first to come first.
pub(super) fn members_since(tx: &mut Tx<'_>, group: Id, day: Date) -> Result<Vec<GroupMember>, Refusal> {
    let query = members_seen!(&Scope::Everything)
        .filter(group_members::group_id.eq(group))
        .filter(group_members::to_on.is_null().or(group_members::to_on.ge(day)))
        .order(group_members::id);
    Ok(query.load::<LoadedMember>(tx.conn)?.into_iter().map(member).collect())
}

/// Holds all groups of a project until the transaction ends, so that nobody is put into two of them at once.
pub(super) fn hold_project(tx: &mut Tx<'_>, project: Id) -> Result<(), Refusal> {
    diesel::update(service_groups::table.filter(service_groups::project_id.eq(project)))
        .set(service_groups::updated_at.eq(service_groups::updated_at))
        .execute(tx.conn)?;
    Ok(())
}

/// The groups of a project that are not dissolved.
pub(super) fn of_project(tx: &mut Tx<'_>, project: Id) -> Result<Vec<Group>, Refusal> {
    let query = seen!(tx, &Scope::Everything).filter(service_groups::project_id.eq(project));
    let standing = query.filter(service_groups::dissolved_on.is_null()).order(service_groups::id);
    Ok(standing.load::<Placed<GroupRow>>(tx.conn)?)
}

type LoadedPupil = (Id, Id, Id, i32, Option<Id>, Option<String>, Option<Date>);

fn pupil((enrollment_id, student_id, person_id, grade, class_id, class_name, joins_on): LoadedPupil) -> Pupil {
    Pupil { enrollment_id, student_id, person_id, grade: i64::from(grade), class_id, class_name, joins_on }
}

/// The columns of a pupil who takes part.
macro_rules! pupil_columns {
    () => {
        (
            enrollments::id,
            students::id,
            students::person_id,
            students::grade,
            students::class_id,
            classes::name.nullable(),
            enrollments::joins_on,
        )
    };
}

/// Everybody who takes part in a project, in the order of their enrollments.
pub(super) fn taking_part_in(tx: &mut Tx<'_>, project: Id) -> Result<Vec<Pupil>, Refusal> {
    let query = enrollments::table
        .inner_join(students::table.on(students::id.eq(enrollments::student_id)))
        .left_join(classes::table.on(students::class_id.eq(classes::id.nullable())))
        .filter(enrollments::project_id.eq(project).and(enrollments::state.eq(EnrollmentState::Active)))
        .order(enrollments::id)
        .select(pupil_columns!());
    Ok(query.load::<LoadedPupil>(tx.conn)?.into_iter().map(pupil).collect())
}

/// Who of some groups takes part on a day, each with its group, in the order of their enrollments.
pub(super) fn taking_part_on(tx: &mut Tx<'_>, groups: &[Id], day: Date) -> Result<Vec<(Id, Pupil)>, Refusal> {
    let query = group_members::table
        .inner_join(enrollments::table.on(enrollments::id.eq(group_members::enrollment_id)))
        .inner_join(students::table.on(students::id.eq(enrollments::student_id)))
        .left_join(classes::table.on(students::class_id.eq(classes::id.nullable())))
        .filter(group_members::group_id.eq_any(groups).and(group_members::from_on.le(day)))
        .filter(group_members::to_on.is_null().or(group_members::to_on.ge(day)))
        .filter(enrollments::state.eq(EnrollmentState::Active))
        .order(enrollments::id)
        .select((group_members::group_id, pupil_columns!()));
    let found = query.load::<(Id, LoadedPupil)>(tx.conn)?;
    Ok(found.into_iter().map(|(group, loaded)| (group, pupil(loaded))).collect())
}

/// How many attend some classes.
pub(super) fn rolls(tx: &mut Tx<'_>, classes_of: &[Id]) -> Result<Vec<(Option<Id>, i64)>, Refusal> {
    let wanted: Vec<Option<Id>> = classes_of.iter().copied().map(Some).collect();
    let query = students::table
        .filter(students::class_id.eq_any(wanted).and(students::state.eq("attending")))
        .group_by(students::class_id)
        .select((students::class_id, count_star()));
    Ok(query.load(tx.conn)?)
}

/// How many classes each grade of a school has in a school year.
pub(super) fn classes_by_grade(tx: &mut Tx<'_>, school: Id, school_year: &str) -> Result<Vec<(i32, i64)>, Refusal> {
    let query = classes::table
        .filter(classes::school_id.eq(school).and(classes::school_year.eq(school_year)))
        .group_by(classes::grade)
        .select((classes::grade, count_star()));
    Ok(query.load(tx.conn)?)
}

/// Of each group, who of which class takes part on a day: group, class, how many.
pub(super) fn shares(tx: &mut Tx<'_>, groups: &[Id], day: Date) -> Result<Vec<(Id, Option<Id>, i64)>, Refusal> {
    let query = group_members::table
        .inner_join(students::table.on(students::id.eq(group_members::student_id)))
        .inner_join(enrollments::table.on(enrollments::id.eq(group_members::enrollment_id)))
        .filter(group_members::group_id.eq_any(groups).and(enrollments::state.eq(EnrollmentState::Active)))
        .filter(group_members::from_on.le(day))
        .filter(group_members::to_on.is_null().or(group_members::to_on.ge(day)))
        .group_by((group_members::group_id, students::class_id))
        .select((group_members::group_id, students::class_id, count_star()));
    Ok(query.load(tx.conn)?)
}

/// Takes out a member who has not begun.
pub(super) fn delete_member(tx: &mut Tx<'_>, id: Id) -> Result<(), Refusal> {
    diesel::delete(group_members::table.find(id)).execute(tx.conn)?;
    Ok(())
}
