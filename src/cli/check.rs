//! `kehou check`: a plan document judged offline, by the built-in profile and calendar.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, stdin};
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use time::Date;

use crate::config;
use crate::http::{ErrorOut, Language, errors_out, parse_json};
use crate::plans::checks::PlanCheckOut;
use crate::refusal::{Code, Refusal, Refused};
use crate::rules::calendar::{Calendar, Day, WorkingDays};
use crate::rules::document::PlanDocument;
use crate::rules::facts::Facts;
use crate::rules::profile::Profile;
use crate::rules::summary::{Summary, summarise};
use crate::rules::{RULES, Severity, check_plan};

/// As much as a body may have.
const BYTES_MAX: u64 = 1 << 20;
/// There is nothing that could be judged.
const NO_PLAN: u8 = 2;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// A plan document as JSON; `-` reads standard input
    file: String,

    /// Print one JSON object, as the API does
    #[arg(long)]
    json: bool,

    /// Language of the sentences
    #[arg(long, default_value = "zh", value_parser = PossibleValuesParser::new(["zh", "en"]).map(|tag| language(&tag)))]
    lang: Language,

    /// The day on which the plan is filed; without it `filing-window` is not judged
    #[arg(long, value_name = "DATE", value_parser = config::date)]
    filed_on: Option<Date>,
}

fn language(tag: &str) -> Language {
    Language::ALL.into_iter().find(|language| language.tag() == tag).unwrap_or_default()
}

pub(super) fn run(args: &CheckArgs) -> Result<ExitCode, String> {
    let bytes = match read(&args.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("kehou: {}: {error}", args.file);
            return Ok(ExitCode::from(NO_PLAN));
        }
    };
    match parse(&bytes) {
        Ok(document) => judge(args, &document),
        Err(refusal) => refuse(args, refusal),
    }
}

fn read(file: &str) -> std::io::Result<Vec<u8>> {
    let source: Box<dyn Read> = if file == "-" { Box::new(stdin()) } else { Box::new(File::open(file)?) };
    let mut bytes = Vec::new();
    source.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(std::io::Error::other(format!("larger than {BYTES_MAX} bytes")));
    }
    Ok(bytes)
}

/// The document, if its types and its fields fit together.
fn parse(bytes: &[u8]) -> Result<PlanDocument, Refusal> {
    let document: PlanDocument = parse_json(bytes)?;
    let faults = document.faults();
    if faults.is_empty() { Ok(document) } else { Err(Refusal::invalid(faults)) }
}

fn judge(args: &CheckArgs, document: &PlanDocument) -> Result<ExitCode, String> {
    let (profile, calendar) = (Profile::yueyang_2019(), Calendar::built_in());
    let facts = Facts { accepted_on: args.filed_on, ..Facts::default() };
    let report = check_plan(document, &facts, &profile, &calendar);
    let summary = summarise(document, &facts, &profile, &calendar);
    let out = PlanCheckOut::of(&report, &summary, &profile, args.lang);
    if args.json {
        print!("{}", to_json(&out)?);
    } else {
        print!("{}", Page { language: args.lang }.of_check(document, &out, &summary));
    }
    Ok(if out.passes { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What keeps a file from being a plan document.
#[derive(Serialize)]
struct Unreadable {
    errors: Vec<ErrorOut>,
}

fn refuse(args: &CheckArgs, refusal: Refusal) -> Result<ExitCode, String> {
    let Refusal::Refused(refused) = refusal else { return Err(super::sentence(&refusal)) };
    let errors = if refused.code == Code::JsonSyntax {
        vec![no_json(&refused, args.lang)]
    } else {
        errors_out(&refused.errors, args.lang)
    };
    if args.json {
        print!("{}", to_json(&Unreadable { errors })?);
    } else {
        eprint!("{}", Page { language: args.lang }.of_faults(&args.file, &errors));
    }
    Ok(ExitCode::from(NO_PLAN))
}

fn no_json(refused: &Refused, language: Language) -> ErrorOut {
    let params = refused.params.iter().map(|(name, value)| (*name, value.as_str()));
    let message = language.text("check.no_json", params);
    ErrorOut { pointer: String::new(), code: refused.code.slug().to_owned(), message }
}

fn to_json(shape: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(shape).map(|text| text + "\n").map_err(|error| error.to_string())
}

/// The same for people.
struct Page {
    language: Language,
}

impl Page {
    fn text(&self, key: &str, params: &[(&str, &str)]) -> String {
        self.language.text(&format!("check.{key}"), params.iter().copied())
    }

    fn of_faults(&self, file: &str, errors: &[ErrorOut]) -> String {
        let input = self.text("standard_input", &[]);
        let mut page = self.text("no_plan", &[("file", if file == "-" { &input } else { file })]) + "\n";
        for error in errors {
            let pointer = if error.pointer.is_empty() { "/" } else { &error.pointer };
            let _ = writeln!(page, "  {pointer}  {}  {}", error.code, error.message);
        }
        page
    }

    fn of_check(&self, document: &PlanDocument, out: &PlanCheckOut, summary: &Summary<'_>) -> String {
        let term = &document.term;
        let mut page = self.text(
            "heading",
            &[
                ("school", document.school.name.as_str()),
                ("school_year", term.school_year.as_str()),
                ("season_zh", term.season.zh()),
                ("season_en", term.season.en()),
                ("document", &out.profile.document),
                ("profile", &out.profile.id),
            ],
        );
        page.push_str("\n\n");
        for finding in &out.findings {
            let severity = self.text(word(finding.severity), &[]);
            let (rule, clause, document) = (&finding.rule, &finding.clause, &finding.document);
            let more = finding.places.len().saturating_sub(1);
            let more = if more > 0 { format!(" (+{more})") } else { String::new() };
            let pointer = format!("{}{more}", finding.pointer);
            let _ = writeln!(page, "{severity}  {rule}  {clause} {document}  {pointer}\n      {}", finding.message);
        }
        if !out.findings.is_empty() {
            page.push('\n');
        }
        if !out.not_judged.is_empty() {
            let titles = RULES.iter().filter(|rule| out.not_judged.iter().any(|id| id == rule.id));
            let titles: Vec<String> = titles.map(|rule| self.language.text(&rule.title_key(), [])).collect();
            let rules = titles.join(&self.text("separator", &[]));
            let _ = writeln!(page, "{}", self.text("not_judged", &[("rules", &rules)]));
        }
        let (first, last) = (term.first_service_date().to_string(), term.last_service_date().to_string());
        let days = summary.service_days.map(|days| days.to_string());
        let days = days.map(|days| self.text("service_days", &[("days", &days), ("first", &first), ("last", &last)]));
        let deadline = summary.filing_deadline.as_ref().map(|window| self.deadline(window));
        let count = |severity| out.findings.iter().filter(|found| found.severity == severity).count().to_string();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let result = self.text("result", &[("errors", &errors), ("warnings", &warnings)]);
        for line in days.into_iter().chain(deadline).chain([result]) {
            let _ = writeln!(page, "{line}");
        }
        page
    }

    fn deadline(&self, window: &WorkingDays<'_>) -> String {
        let deadline = window.deadline.to_string();
        let skipped: Vec<String> = window.skipped.iter().map(|day| self.skipped(day)).collect();
        let key = if skipped.is_empty() { "deadline" } else { "deadline_skipping" };
        self.text(key, &[("deadline", &deadline), ("skipped", &skipped.join(&self.text("separator", &[])))])
    }

    fn skipped(&self, day: &Day<'_>) -> String {
        let (kind, festival) = match self.language {
            Language::Zh => (day.kind.zh(), day.festival_zh),
            Language::En => (day.kind.en(), day.festival_en),
        };
        format!("{} {}", day.date, festival.unwrap_or(kind))
    }
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Signal => "signal",
    }
}
