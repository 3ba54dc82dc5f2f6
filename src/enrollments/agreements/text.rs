//! The text of an agreement, in Chinese: plain, and the same for the same filing, notice and enrollment. The pupil is
//! named by the enrollment alone, so that the text holds nothing of a child.

use std::fmt::Write;

use time::Date;

use crate::db::Id;
use crate::notices::notices::Published;
use crate::rules::document::{PlanProject, PlanSlot, ProviderKind};
use crate::rules::schedule::ProjectFee;
use crate::values::iso_date;
use crate::values::money::yuan;

/// A project that is agreed on, and what the pupil owes for it.
pub(super) struct Part<'a> {
    pub offer: &'a PlanProject,
    pub joins_on: Date,
    pub fee: Option<ProjectFee>,
}

/// Writes the agreement of an enrollment in a project.
pub(super) fn of(enrollment: Id, published: &Published, part: &Part<'_>) -> String {
    let mut text = heading(published);
    line(&mut text, "报名编号", &enrollment.to_string());
    text.push_str(&terms(published, part.offer));
    owed(&mut text, published, part);
    closing(&mut text);
    text
}

/// Writes one agreement of several projects for a pupil of a school, which together come to `total_fen`.
pub(super) fn of_all(student: Id, published: &Published, parts: &[Part<'_>], total_fen: Option<i64>) -> String {
    let mut text = heading(published);
    line(&mut text, "学生编号", &student.to_string());
    for (number, part) in (1..).zip(parts) {
        let _ = writeln!(text, "\n项目{number}"); // a String takes everything
        text.push_str(&terms(published, part.offer));
        owed(&mut text, published, part);
    }
    if let Some(total) = total_fen {
        text.push('\n');
        line(&mut text, "各项目本学期费用", &format!("合计{}元，减免另行计算", yuan(total)));
    }
    closing(&mut text);
    text
}

fn heading(published: &Published) -> String {
    let (document, filing) = (&published.document, &published.filing);
    let term = &document.term;
    let mut text = String::from("课后服务协议\n\n");
    line(&mut text, "学校", document.school.name.as_str());
    line(&mut text, "报备案卷号", &filing.row.case_number);
    line(&mut text, "学期", &format!("{}学年{}", term.school_year.as_str(), term.season.zh()));
    for period in &term.winter_periods {
        let (from, to) = (iso_date::text(period.from), iso_date::text(period.to));
        line(&mut text, "冬季作息", &format!("{from}至{to}"));
    }
    text
}

/// From when the pupil takes part, and what the term comes to from then on.
fn owed(text: &mut String, published: &Published, part: &Part<'_>) {
    let first = part.joins_on.max(published.document.term.first_service_date());
    line(text, "参加日期", &format!("自{}起", iso_date::text(first)));
    if let Some(fee) = part.fee {
        let lessons = fee.lessons.map(|lessons| format!("{lessons}课时，")).unwrap_or_default();
        let total = format!("{lessons}合计{}元，以不超过收费标准上限为准，减免另行计算", yuan(fee.amount_fen));
        line(text, "本学期费用", &total);
    }
}

fn closing(text: &mut String) {
    text.push_str("\n学生参加课后服务由家长自愿选择，可以随时退出。收费标准经教育主管部门审核同意后方可收费。\n");
    text.push_str("有疑问或意见，先向学校提出；对自愿参加、收费或安全有异议的，可以向受理报备的教育主管部门反映。\n");
    text.push_str("本协议自家长签署之日起生效。\n");
}

fn line(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name}：{value}"); // a String takes everything
}

/// What is agreed on: who signed these words has signed the same terms, whatever the filing that they come from.
pub(super) fn terms(published: &Published, offer: &PlanProject) -> String {
    let term = &published.document.term;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| line(&mut text, name, value);
    line("服务项目", &format!("{}（{}）", offer.name.as_str(), offer.category.zh()));
    let (from, to) = (iso_date::text(term.first_service_date()), iso_date::text(term.last_service_date()));
    line("服务期间", &format!("{from}至{to}"));
    if let Some(provider) = offer.provider.name.as_ref().filter(|_| offer.provider.kind != ProviderKind::School) {
        line("承办单位", provider.as_str());
    }
    for slot in &offer.slots {
        line("服务时间", &of_slot(slot));
    }
    line("收费", &of_fee(offer));
    for (name, item) in [("服务方式", &published.notice.items.mode), ("安全措施", &published.notice.items.safety)]
    {
        if let Some(item) = item {
            line(name, item.as_str());
        }
    }
    text
}

fn of_slot(slot: &PlanSlot) -> String {
    let weekday = match slot.weekday.get() {
        1 => "星期一",
        2 => "星期二",
        3 => "星期三",
        4 => "星期四",
        5 => "星期五",
        6 => "星期六",
        _ => "星期日",
    };
    format!("{weekday}{}至{}（{}）", slot.starts_at, slot.ends_at, slot.timetable.zh())
}

fn of_fee(offer: &PlanProject) -> String {
    let Some(fen) = offer.fee.paid_fen() else { return "免费".to_owned() };
    let basis = offer.fee.price_document.as_ref().map(|document| format!("，收费依据{}", document.as_str()));
    format!("{}{}元{}", offer.fee.kind.zh(), yuan(fen), basis.unwrap_or_default())
}
