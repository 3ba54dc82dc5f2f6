//! 公益普惠 (二.4): the cost is shared between public money, the school and guardians, and nobody profits.

use super::catalogue::{COST_SHARING, NON_PROFIT};
use super::document::{IncomeSource, PlanExpense};
use super::submission::{Submission, Verdict};
use crate::values::money::yuan;

/// `cost-sharing`: the budget names its sources, guardians among them if they pay; guardians alone are no sharing.
pub(super) fn cost_sharing(plan: &Submission<'_>) -> Verdict {
    let income = || plan.document.budget.income.iter().filter(|line| line.amount_fen.get() > 0);
    let from_guardians = income().any(|line| line.source == IncomeSource::Guardians);
    let from_others = income().any(|line| line.source != IncomeSource::Guardians);
    let charges = plan.projects().any(|(_, project)| project.fee.paid_fen().is_some());
    let error = || plan.error(&COST_SHARING, "/budget/income");
    let finding = match (from_guardians, from_others) {
        (false, false) => Some(error()),
        (false, true) if charges => Some(error().variant("guardians-missing")),
        (true, false) => Some(plan.warning(&COST_SHARING, "/budget/income").variant("guardians-alone")),
        _ => None,
    };
    finding.into()
}

/// `non-profit`: planned income is not more than planned cost; equal passes. Nor is money planned for what the profile
/// refuses.
pub(super) fn non_profit(plan: &Submission<'_>) -> Verdict {
    let budget = &plan.document.budget;
    let income: i64 = budget.income.iter().map(|line| line.amount_fen.get()).sum();
    let cost: i64 = budget.expenses.iter().map(|line| line.amount_fen.get()).sum();
    let profit = (income > cost).then(|| {
        plan.error(&NON_PROFIT, "/budget")
            .with("income_fen", income)
            .with("income_yuan", yuan(income))
            .with("cost_fen", cost)
            .with("cost_yuan", yuan(cost))
    });
    let refused = |line: &&(usize, &PlanExpense)| {
        plan.profile.expense_categories_refused.contains(&line.1.category) && line.1.amount_fen.get() > 0
    };
    let category = |(index, line): (usize, &PlanExpense)| {
        let finding = plan
            .error(&NON_PROFIT, format!("/budget/expenses/{index}/category"))
            .variant("category")
            .with("category_zh", line.category.zh())
            .with("category_en", line.category.en());
        plan.by("expense_categories_refused", finding)
    };
    let lines: Vec<(usize, &PlanExpense)> = budget.expenses.iter().enumerate().collect();
    let refused = lines.iter().filter(refused).map(|line| category(*line));
    profit.into_iter().chain(refused).collect::<Vec<_>>().into()
}
