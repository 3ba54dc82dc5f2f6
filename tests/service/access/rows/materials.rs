//! Materials.

use super::schools::school;
use crate::access::matrix::{On, Own, PLACES, Place, Reach, Row, Sibling};
use crate::support::app::TestApp;
use crate::support::materials::Form;

const READERS: Reach = &[("bureau", &[Own, Sibling]), ("school_admin", &[Own])];
const WRITERS: Reach = &[("school_admin", &[Own])];

pub const ROWS: &[Row] = &[
    ("list_materials", On::List, READERS),
    ("create_material", On::New, WRITERS),
    ("get_material", On::Existing, READERS),
    ("get_material_content", On::Existing, READERS),
    ("delete_material", On::Existing, WRITERS),
];

/// At each place one of the school's own.
pub async fn prepare(app: &TestApp) {
    for place in PLACES {
        let account = ["school-admin", "sibling-school-admin", "other-school-admin"][place as usize];
        let id = app.world.organisation(school(place)).to_string();
        let made = Form::of(&id, None, "other", "a.pdf").ask(app, account).expect(201).await;
        app.world.keep(&format!("materials {place:?}"), made.id());
    }
}

/// An upload at a place. It cannot be rehearsed: where it is allowed, its content is wrong.
pub fn upload(app: &TestApp, place: Place, allowed: bool) -> Vec<u8> {
    let id = app.world.organisation(school(place)).to_string();
    let form = Form::of(&id, None, "other", "b.pdf");
    if allowed { form.content(*b"MZ").bytes() } else { form.bytes() }
}

pub fn id(app: &TestApp, place: Place) -> String {
    app.world.kept(&format!("materials {place:?}"))
}

/// Refusals of an allowed cell that are about the content, not about access.
pub fn state_refusal(id: &str) -> Option<&'static str> {
    (id == "create_material").then_some("invalid")
}
