//! An agreement as a page for phones and A4. It needs no script and no outside download. What is signed is the text,
//! which is Chinese; the page says so to who reads in another language.

use askama::Template;

use super::{Part, Sheet, Standing};
use crate::db::local_date;
use crate::enrollments::wording::{self, Asked, Line};
use crate::http::{File, Language};
use crate::refusal::Refusal;
use crate::values::iso_date;
use crate::values::money::yuan;

#[derive(Template)]
#[template(path = "agreement.html")]
struct AgreementPage<'a> {
    language: Language,
    school: &'a str,
    term: String,
    case_number: &'a str,
    pupil: String,
    standing: String,
    /// Whether it is in force.
    is_signed: bool,
    dates: Vec<String>,
    projects: Vec<Agreed<'a>>,
    total: Option<String>,
    rights: Vec<String>,
    ask: Vec<Line>,
    text: &'a str,
    sha256: &'a str,
}

struct Agreed<'a> {
    name: &'a str,
    category: &'static str,
    times: Vec<String>,
    fee: String,
    joins: String,
    sum: Option<String>,
}

impl AgreementPage<'_> {
    fn text(&self, key: &str) -> String {
        said(self.language, key, &[])
    }
}

fn said(language: Language, key: &str, params: &[(&str, &str)]) -> String {
    language.text(&format!("agreement.{key}"), params.iter().copied())
}

/// Renders an agreement.
///
/// # Errors
/// A defect of the page.
pub(super) fn render(sheet: &Sheet, language: Language) -> Result<File, Refusal> {
    let Sheet { student, published, parts, text, .. } = sheet;
    let (document, case_number) = (&published.document, published.filing.row.case_number.as_str());
    let school = document.school.name.as_str();
    let class = sheet.class_name.as_deref();
    let pupil = class.map_or_else(|| student.row.name.clone(), |class| format!("{} · {class}", student.row.name));
    let asked = Asked {
        school,
        contact: published.notice.contact(),
        filed_at: &sheet.authority,
        complaints: sheet.complaints.clone(),
        case_number,
    };
    let total = sheet.total_fen.map(yuan).filter(|yuan| says_sum(&text.text, yuan));
    let page = AgreementPage {
        language,
        school,
        term: wording::term(&document.term, language),
        case_number,
        pupil,
        standing: standing(sheet, language),
        is_signed: sheet.standing == Standing::Signed,
        dates: wording::dates(&document.term, language),
        projects: parts.iter().map(|part| agreed(part, sheet, language)).collect(),
        total: total.map(|yuan| said(language, "total", &[("yuan", yuan.as_str())])),
        rights: ["right-free", "right-approved", "right-again"].map(|key| said(language, key, &[])).to_vec(),
        ask: asked.lines(language),
        text: &text.text,
        sha256: &text.sha256,
    };
    let html = page.render().map_err(Refusal::internal)?;
    let version = sheet.version;
    Ok(File { media_type: "text/html; charset=utf-8", save_as: None, bytes: html.into_bytes(), version })
}

/// What has become of it.
fn standing(sheet: &Sheet, language: Language) -> String {
    let signed_on = sheet.text.signed.map(|signed| iso_date::text(local_date(signed.at))).unwrap_or_default();
    let by = sheet.signed_by.as_deref().unwrap_or_default();
    let of_signature = [("day", signed_on.as_str()), ("name", by)];
    match sheet.standing {
        Standing::Unsigned => said(language, "unsigned", &[]),
        Standing::Waiting => said(language, "waiting", &[]),
        Standing::Offered => said(language, "offered", &[]),
        Standing::Again => said(language, "again", &[]),
        Standing::Signed => said(language, "signed", &of_signature),
        Standing::Ended if sheet.text.signed.is_some() => said(language, "signed-ended", &of_signature),
        Standing::Ended => said(language, "ended", &[]),
        Standing::Superseded(at) => {
            let [day, name] = of_signature;
            said(language, "superseded", &[day, name, ("until", iso_date::text(local_date(at)).as_str())])
        }
    }
}

/// Whether the text that is signed says this sum: no page says another one beside it.
fn says_sum(text: &str, yuan: &str) -> bool {
    text.contains(&format!("合计{yuan}元"))
}

fn agreed<'a>(part: &'a Part, sheet: &Sheet, language: Language) -> Agreed<'a> {
    let Part { project, joins_on, fee } = part;
    let first = (*joins_on).max(sheet.published.document.term.first_service_date());
    let sum = fee.and_then(|fee| {
        let sum = yuan(fee.amount_fen);
        let lessons = fee.lessons.map(|lessons| lessons.to_string());
        let key = if lessons.is_some() { "sum-lessons" } else { "sum" };
        let params = [("yuan", sum.as_str()), ("lessons", lessons.as_deref().unwrap_or_default())];
        says_sum(&sheet.text.text, &sum).then(|| said(language, key, &params))
    });
    Agreed {
        name: project.name.as_str(),
        category: wording::category(project, language),
        times: wording::times(&project.slots, language),
        fee: wording::fee(project, language),
        joins: said(language, "joins", &[("day", iso_date::text(first).as_str())]),
        sum,
    }
}
