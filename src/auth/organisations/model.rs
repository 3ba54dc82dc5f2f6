//! An organisation as far as access is concerned.

use serde::Serialize;

use crate::db::{Id, Instant};
use crate::text_enum;

text_enum! {
    /// What an organisation is. Other kinds may come.
    pub enum OrganisationKind {
        /// 教育主管部门
        Authority = "authority",
        /// 学校
        School = "school",
        /// 公益组织、社会机构
        Partner = "partner",
    }
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::db::schema::organisations, check_for_backend(crate::db::MultiBackend))]
pub struct Organisation {
    pub id: Id,
    pub kind: OrganisationKind,
    /// Unique within its kind: GB/T 2260 code, school code, unified social credit code.
    pub code: String,
    pub name: String,
    pub parent_id: Option<Id>,
    /// Ids from the root down to this node, each followed by `/`.
    pub path: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Ids of the nodes of a path, from the root down.
#[must_use]
pub fn ids_on(path: &str) -> Vec<Id> {
    path.split('/').filter_map(|id| id.parse().ok()).collect()
}

/// What a node is made from.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    pub kind: OrganisationKind,
    pub code: String,
    pub name: String,
    pub parent_id: Option<Id>,
}
