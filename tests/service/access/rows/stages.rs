//! How a row of a fixture is put into a state behind the service's back: the columns that say the state, and those that
//! the database wants to go with it.

use crate::support::app::TestApp;

/// Puts a row of a table into a state.
pub async fn stage(app: &TestApp, table: &str, state: &str, id: &str) {
    let id = app.id_literal(id);
    app.sql(&format!("UPDATE {table} SET {} WHERE id = {id}", columns(table, state))).await;
}

fn columns(table: &str, state: &str) -> String {
    let when = |holds: bool, value: &str| if holds { value.to_owned() } else { "NULL".to_owned() };
    let said = format!("state = '{state}'");
    match table {
        // Their rows say the state by the moment of its end.
        "role_grants" => {
            let waits = if state == "waiting" { "TRUE" } else { "FALSE" };
            format!("ended_at = {}, waits = {waits}", when(state == "ended", "created_at"))
        }
        "signals" => {
            let (answer, day) = (when(state == "answered", "'why'"), when(state == "answered", "raised_on"));
            let by = when(state == "answered", "(SELECT id FROM users LIMIT 1)");
            format!("{said}, answer = {answer}, answered_on = {day}, answered_by_id = {by}")
        }
        "hazards" => {
            let cleared = state == "cleared";
            format!("{said}, cleared_on = {}, clearance = {}", when(cleared, "found_on"), when(cleared, "'how'"))
        }
        "service_groups" => format!("{said}, dissolved_on = {}", when(state == "dissolved", "'2024-09-10'")),
        "service_sessions" => {
            let closed = state == "closed";
            let (began, ended) = (when(closed || state == "started", "990"), when(closed, "1050"));
            let (form, content) = (when(closed, "'homework'"), when(closed, "'what'"));
            let (day, by) = (when(closed, "held_on"), when(closed, "(SELECT id FROM users LIMIT 1)"));
            format!(
                "{said}, reason = {}, began_at = {began}, ended_at = {ended}, form = {form}, content = {content}, \
                 closed_on = {day}, closed_by_id = {by}",
                when(state == "cancelled", "'why'")
            )
        }
        "pay_sheets" => {
            let (day, by) = (when(state == "approved", "computed_on"), when(state == "approved", "computed_by_id"));
            format!("{said}, approved_on = {day}, approved_by_id = {by}")
        }
        "pickup_persons" => format!("{said}, end_reason = {}", when(state == "ended", "'why'")),
        "year_turns" => format!("{said}, undone_on = {}", when(state == "undone", "'2024-09-10'")),
        "consents" => format!("withdrawn_at = {}", when(state == "withdrawn", "given_at")),
        "partner_bans" => {
            let (day, why) = (when(state == "lifted", "'2024-09-10'"), when(state == "lifted", "'why'"));
            format!("lifted_on = {day}, lift_reason = {why}, lift_document = {why}")
        }
        "students" | "staff_members" => format!("{said}, left_on = {}", when(state == "left", "entered_on")),
        "facilities" => format!("{said}, retired_on = {}", when(state == "retired", "in_use_on")),
        "enrollments" => format!("{said}, offer_ends_on = {}", when(state == "offered", "'2024-09-20'")),
        "class_teachers" => format!("{said}, ends_on = {}", when(state == "ended", "starts_on")),
        "paper_forms" => {
            let looked_at = state != "entered";
            let other = "(SELECT id FROM users WHERE users.id <> paper_forms.entered_by_id LIMIT 1)";
            let (by, day) = (when(looked_at, other), when(looked_at, "signed_on"));
            format!(
                "{said}, checked_by_id = {by}, checked_on = {day}, refusal_reason = {}",
                when(state == "refused", "'why'")
            )
        }
        "choice_windows" => {
            let drawn = state == "drawn";
            let (seed, day) = (when(drawn, "'seed'"), when(drawn, "closes_on"));
            let filing = when(drawn, "(SELECT id FROM filings LIMIT 1)");
            format!("{said}, seed = {seed}, drawn_on = {day}, filing_id = {filing}")
        }
        "guardianships" => format!("{said}, closing_reason = 'why'"),
        "charges" => format!("{said}, paid_fen = 0"),
        "quality_courses" => format!("{said}, ended_on = marked_on, end_reason = 'why'"),
        "exemptions" => format!(
            "{said}, decided_by_id = (SELECT id FROM users LIMIT 1), decided_on = '2024-09-10', document = 'paper'"
        ),
        "partner_agreements" => {
            let (signed, ended) = (state != "drafted", state == "ended");
            let (day, paper) = (when(signed, "'2024-09-10'"), when(signed, "'paper'"));
            let (end, why) = (when(ended, "'2024-09-10'"), when(ended, "'why'"));
            format!("{said}, signed_on = {day}, document = {paper}, ended_on = {end}, end_reason = {why}")
        }
        "staff_contracts" => {
            let (signed, ended) = (when(state != "drafted", "starts_on"), when(state == "ended", "starts_on"));
            let why = when(state == "ended", "'why'");
            format!("{said}, signed_on = {signed}, ended_on = {ended}, end_reason = {why}")
        }
        _ => said,
    }
}
