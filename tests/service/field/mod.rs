//! Sequences from the field that once went wrong, each kept as data (`tests/data/field`) and played to its end.

mod document;
mod got;
mod replay;
mod set_up;
mod upload;

use rstest::rstest;

use self::replay::play;
use crate::support::databases::Kind::{self, Postgres, Sqlite};

#[rstest]
#[actix_web::test]
async fn b07_a_project_renamed_by_itself_keeps_its_children(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B07-project").await;
}

#[rstest]
#[actix_web::test]
async fn b41_a_later_opening_makes_a_late_draft_timely(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B41-later").await;
}

#[rstest]
#[actix_web::test]
async fn b19_who_paid_in_part_is_told_so_elsewhere(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B19-part-paid").await;
}

#[rstest]
#[actix_web::test]
async fn b31_credit_codes_are_what_their_check_character_says(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B31").await;
}

#[rstest]
#[actix_web::test]
async fn b37_closed_days_take_service_and_move_no_deadline(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B37").await;
}

#[test]
fn every_sequence_is_played() {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/field")).unwrap();
    for name in files.map(|file| file.unwrap().file_name().into_string().unwrap()) {
        let sequence = name.strip_suffix(".json").unwrap();
        let is_played = include_str!("mod.rs").contains(&format!("play(kind, \"{sequence}\")"));
        assert!(is_played || sequence == "common", "{name}");
    }
}
