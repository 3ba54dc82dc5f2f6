//! 二.4: costs are shared, and nobody profits.

use kehou::rules::document::ExpenseCategory;
use serde_json::{Value, json};

use crate::support::{Case, numbers};

fn income(lines: &[(&str, i64)], charges: bool) -> Case {
    let lines: Value = lines.iter().map(|(source, fen)| json!({"source": source, "amount_fen": fen})).collect();
    let case = Case::compliant().set("/budget/income", lines);
    let free = json!({"kind": "free", "amount_fen": null, "price_document": null});
    if charges { case } else { case.set("/projects/1/fee", free) }
}

#[test]
fn cost_sharing_names_its_sources() {
    for (lines, charges, says) in [
        (vec![], false, vec!["error /budget/income"]),
        (vec![], true, vec!["error /budget/income"]),
        (vec![("public_money", 0), ("guardians", 0)], true, vec!["error /budget/income"]),
        (vec![("public_money", 1)], false, vec![]),
        (vec![("school", 1)], false, vec![]),
        (vec![("donation", 1)], false, vec![]),
        (vec![("public_money", 1)], true, vec!["error/guardians-missing /budget/income"]),
        (vec![("public_money", 1), ("guardians", 0)], true, vec!["error/guardians-missing /budget/income"]),
        (vec![("guardians", 1)], true, vec!["warning/guardians-alone /budget/income"]),
        (vec![("guardians", 1), ("school", 0)], true, vec!["warning/guardians-alone /budget/income"]),
        (vec![("guardians", 1), ("school", 1)], true, vec![]),
        (vec![("guardians", 1), ("public_money", 1)], true, vec![]),
    ] {
        assert_eq!(income(&lines, charges).says("cost-sharing"), says, "{lines:?} {charges}");
    }
    assert_eq!(income(&[], true).only("cost-sharing").clause, "二.4");
}

#[test]
fn non_profit_compares_income_with_cost_and_equal_passes() {
    for (guardians, profits) in [(399_999, false), (400_000, false), (400_001, true)] {
        let case = Case::compliant().set("/budget/income/0/amount_fen", json!(guardians));
        let expected: &[&str] = if profits { &["error /budget"] } else { &[] };
        assert_eq!(case.says("non-profit"), expected, "{guardians}");
    }
    let finding = Case::compliant().set("/budget/income/0/amount_fen", json!(400_001)).only("non-profit");
    assert_eq!(numbers(&finding, ["income_yuan", "cost_yuan"]), ["10000.01", "10000.00"]);
    assert_eq!(finding.clause, "二.4");
}

#[test]
fn non_profit_refuses_what_the_profile_refuses_to_pay() {
    let under = |refused| Case::compliant().under(|profile| profile.expense_categories_refused = refused);
    assert_eq!(under(vec![ExpenseCategory::Utilities]).says("non-profit"), [] as [&str; 0]);
    let case = under(vec![ExpenseCategory::Utilities, ExpenseCategory::TeacherPay]);
    assert_eq!(case.says("non-profit"), ["error/category /budget/expenses/0/category"]);
    let nothing = case.set("/budget/expenses/0/amount_fen", json!(0)).set("/budget/income", json!([]));
    assert_eq!(nothing.says("non-profit"), [] as [&str; 0], "a line without money");
}

#[test]
fn non_profit_adds_all_lines_and_passes_an_empty_budget() {
    let empty = Case::compliant().set("/budget/income", json!([])).set("/budget/expenses", json!([]));
    assert_eq!(empty.says("non-profit"), [] as [&str; 0]);
    let line = |fen: i64| json!({"category": "utilities", "amount_fen": fen});
    let split = Case::compliant().set("/budget/expenses", json!([line(400_000), line(599_999)]));
    assert_eq!(split.says("non-profit"), ["error /budget"]);
    // Fifty lines of the largest amount are no overflow.
    let most: Value = (0..50).map(|_| json!({"source": "school", "amount_fen": 1_000_000_000_000_i64})).collect();
    assert_eq!(Case::compliant().set("/budget/income", most).says("non-profit"), ["error /budget"]);
}
