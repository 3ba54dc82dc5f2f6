//! Accounts, role grants, one's own account, and background jobs.

use serde_json::{Value, json};

use super::{EVERYONE, PLATFORM, schools};
use crate::access::matrix::{On, Other, Own, Place, Reach, Row, Sibling, first_id};
use crate::support::app::TestApp;

const ADMINISTRATORS: Reach =
    &[("platform_admin", &[Own, Sibling, Other]), ("bureau", &[Own, Sibling]), ("school_admin", &[Own])];

pub const ROWS: &[Row] = &[
    ("list_my_messages", On::Oneself, EVERYONE),
    ("count_my_unread_messages", On::Oneself, EVERYONE),
    ("read_my_messages", On::Oneself, EVERYONE),
    ("list_users", On::List, ADMINISTRATORS),
    ("create_user", On::New, ADMINISTRATORS),
    ("get_user", On::Existing, ADMINISTRATORS),
    ("update_user", On::Existing, ADMINISTRATORS),
    ("suspend_user", On::Existing, ADMINISTRATORS),
    ("reinstate_user", On::Existing, ADMINISTRATORS),
    ("issue_user_secret", On::Existing, ADMINISTRATORS),
    ("list_role_grants", On::List, ADMINISTRATORS),
    ("create_role_grant", On::New, ADMINISTRATORS),
    ("get_role_grant", On::Existing, ADMINISTRATORS),
    ("confirm_role_grant", On::Existing, ADMINISTRATORS),
    ("end_role_grant", On::Existing, ADMINISTRATORS),
    ("list_invitations", On::List, ADMINISTRATORS),
    ("create_invitation", On::New, ADMINISTRATORS),
    ("get_invitation", On::Existing, ADMINISTRATORS),
    ("revoke_invitation", On::Existing, ADMINISTRATORS),
    ("get_me", On::Oneself, EVERYONE),
    ("change_my_secret", On::Oneself, EVERYONE),
    ("list_jobs", On::Platform, PLATFORM),
    ("get_job", On::Platform, PLATFORM),
    ("retry_job", On::Platform, PLATFORM),
];

/// The account of a place.
pub fn account(place: Place) -> &'static str {
    match place {
        Own => "school-finance",
        Sibling => "sibling-teacher",
        Other => "other-teacher",
    }
}

pub fn body(app: &TestApp, id: &str, place: Place) -> Option<Value> {
    let user = app.world.account(account(place));
    let school = app.world.organisation(schools::school(place));
    match id {
        "read_my_messages" => Some(json!({"message_ids": [kehou::db::Id::NIL]})),
        "create_user" => {
            Some(json!({"kind": "person", "username": "a.new.one", "display_name": "x", "organisation_id": school}))
        }
        "update_user" => {
            Some(json!({"kind": "person", "username": user.username, "display_name": "x", "organisation_id": school}))
        }
        "create_role_grant" => Some(json!({
            "user_id": user.id, "role": "school_admin", "organisation_id": school,
            "starts_on": "2031-01-01", "ends_on": "2031-02-01"
        })),
        // Nobody dials this telephone: the last thing that is looked at, since a secret cannot be rehearsed.
        "create_invitation" => {
            Some(json!({"organisation_id": school, "role": "teacher", "display_name": "x", "phone": "12345"}))
        }
        "change_my_secret" => Some(json!({"current_secret": "not the one", "new_secret": "another good secret"})),
        _ => None,
    }
}

/// An invitation of a teacher to the school of each place.
pub async fn prepare(app: &TestApp) {
    for place in [Own, Sibling, Other] {
        let school = schools::school(place);
        let body = json!({
            "organisation_id": app.world.organisation(school), "role": "teacher", "display_name": "刘老师",
            "phone": "13807304321"
        });
        let ask = app.post("/api/v1/invitations").token(app.world.token("platform-admin")).json(&body);
        app.world.keep(&format!("invitation {school}"), ask.expect(201).await.id());
    }
}

pub async fn id(app: &TestApp, collection: &str, place: Place) -> String {
    let admin = app.world.token("platform-admin");
    let user = app.world.account(account(place)).id.to_string();
    match collection {
        "users" => user,
        "invitations" => app.world.kept(&format!("invitation {}", schools::school(place))),
        "role-grants" => first_id(app, &format!("/api/v1/role-grants?user_id={user}"), admin).await,
        _ => first_id(app, "/api/v1/jobs?kind=forget-sessions", admin).await,
    }
}
