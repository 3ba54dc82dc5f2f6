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
async fn b11_checks_filing_and_charge_count_the_same_days(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B11").await;
}

#[rstest]
#[actix_web::test]
async fn b11_an_exemption_lifts_its_project_and_its_days_only(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B11-only").await;
}

#[rstest]
#[actix_web::test]
async fn b03_no_money_once_no_day_of_service_is_left(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B03").await;
}

#[rstest]
#[actix_web::test]
async fn b04_who_joins_in_december_pays_from_then_on(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B04").await;
}

#[rstest]
#[actix_web::test]
async fn b04_who_signs_in_september_pays_from_then_on(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B04-september").await;
}

#[rstest]
#[actix_web::test]
async fn b10_a_pupil_of_next_february_cannot_apply_for_this_autumn(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B10").await;
}

#[rstest]
#[actix_web::test]
async fn b09_a_corrected_grade_is_a_finding_on_what_stands(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B09").await;
}

#[rstest]
#[actix_web::test]
async fn x2_a_later_opening_leaves_no_service_before_it_unnoticed(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "X2").await;
}

#[rstest]
#[actix_web::test]
async fn b20_a_blocked_guardian_stays_blocked_under_any_spelling(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B20").await;
}

#[rstest]
#[actix_web::test]
async fn x1_no_prose_takes_an_id_number(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "X1").await;
}

#[rstest]
#[actix_web::test]
async fn b07_a_project_renamed_in_the_document_keeps_its_children(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B07").await;
}

#[rstest]
#[actix_web::test]
async fn b07_a_project_renamed_by_itself_keeps_its_children(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B07-project").await;
}

#[rstest]
#[actix_web::test]
async fn b07_a_project_renamed_by_an_amendment_keeps_its_children(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B07-amendment").await;
}

#[rstest]
#[actix_web::test]
async fn b02_after_the_last_day_to_apply_nobody_does(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B02").await;
}

#[rstest]
#[actix_web::test]
async fn b01_a_place_on_a_waitlist_takes_no_hour(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B01").await;
}

#[rstest]
#[actix_web::test]
async fn b06_a_plan_filed_anew_leaves_nobody_with_the_old_one(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B06").await;
}

#[rstest]
#[actix_web::test]
async fn b21_rights_that_need_read_bring_it_or_are_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B21").await;
}

#[rstest]
#[actix_web::test]
async fn b33_a_new_leader_is_judged_from_the_amendment_on(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B33").await;
}

#[rstest]
#[actix_web::test]
async fn b33_a_leader_who_has_left_may_stay_named(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B33-left").await;
}

#[rstest]
#[actix_web::test]
async fn b34_two_licences_in_a_row_cover_a_term(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B34").await;
}

#[rstest]
#[actix_web::test]
async fn b34_holidays_between_two_licences_are_no_gap(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B34-holiday").await;
}

#[rstest]
#[actix_web::test]
async fn b34_a_gap_between_two_licences_is_found(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B34-gap").await;
}

#[rstest]
#[actix_web::test]
async fn b32_a_credit_code_may_read_as_an_id_number(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B32").await;
}

#[rstest]
#[actix_web::test]
async fn b41_what_was_filed_in_time_stays_in_time(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B41").await;
}

#[rstest]
#[actix_web::test]
async fn b41_a_later_opening_makes_a_late_draft_timely(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B41-later").await;
}

#[rstest]
#[actix_web::test]
async fn b50_a_pdf_may_begin_within_its_first_kilobyte(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B50").await;
}

#[rstest]
#[actix_web::test]
async fn b51_content_types_and_not_names_say_what_holds_macros(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B51").await;
}

#[rstest]
#[actix_web::test]
async fn b27_a_class_of_another_year_and_its_leavers_are_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B27").await;
}

#[rstest]
#[actix_web::test]
async fn b30_invisible_marks_in_names_are_refused(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B30").await;
}

#[rstest]
#[actix_web::test]
async fn b19_who_left_without_paying_is_charged_elsewhere(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B19").await;
}

#[rstest]
#[actix_web::test]
async fn b19_who_paid_in_part_is_told_so_elsewhere(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B19-part-paid").await;
}

#[rstest]
#[actix_web::test]
async fn b23_who_only_pays_sees_what_is_to_be_paid(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B23").await;
}

#[rstest]
#[actix_web::test]
async fn b31_credit_codes_are_what_their_check_character_says(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B31").await;
}

#[rstest]
#[actix_web::test]
async fn b36_one_leader_in_two_clubs_at_one_hour_is_found(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B36").await;
}

#[rstest]
#[actix_web::test]
async fn b37_closed_days_take_service_and_move_no_deadline(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B37").await;
}

#[rstest]
#[actix_web::test]
async fn b37_closed_days_are_made_up_by_an_exempted_weekend(#[values(Sqlite, Postgres)] kind: Kind) {
    play(kind, "B37-weekend").await;
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
