//! Rows from which a twin draws the values of its transactions.

use std::fmt::Write as _;
use std::path::Path;

use kehou::db::Id;

use super::pgbench::psql;
use super::school::Choice;

/// What a twin draws its values from, in the order in which the service is asked.
pub struct Table {
    columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Whether it begins again after its last row; what is written can be written once.
    again: bool,
}

impl Table {
    pub fn again(columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { columns: columns.iter().map(|name| (*name).to_owned()).collect(), rows, again: true }
    }

    /// What can be written once.
    pub fn once(columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { again: false, ..Self::again(columns, rows) }
    }

    pub fn of_choices(choices: &[Choice]) -> Self {
        let names = columns(&choices[0]).map(|(column, _)| column);
        let row = |choice: &Choice| {
            let ids = columns(choice).into_iter().map(|(_, id)| id);
            ids.chain([Id::fresh(), Id::fresh()]).map(|id| id.to_string()).collect()
        };
        let rows = choices.iter().map(row).collect();
        let all: Vec<&str> = names.into_iter().chain(["enrollment_id", "key"]).collect();
        Self::once(&all, rows)
    }

    /// The values that stand in the logged transaction, by column.
    pub fn first(&self) -> Vec<(String, String)> {
        self.columns.iter().cloned().zip(self.rows[0].iter().cloned()).collect()
    }

    pub fn fill(&self, url: &str, dir: &Path, name: &str) {
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let _ = writeln!(text, "{},{}", number + 1, row.join(","));
        }
        let path = dir.join(name).to_string_lossy().into_owned();
        std::fs::write(&path, text).unwrap();
        let typed = self
            .columns
            .iter()
            .map(|column| if column == "key" { format!("{column} TEXT") } else { format!("{column} UUID") });
        let typed: Vec<String> = typed.collect();
        let cycle = if self.again { format!("MAXVALUE {} CYCLE", self.rows.len()) } else { String::new() };
        psql(
            url,
            &[
                &format!("CREATE TABLE {name} (n BIGINT PRIMARY KEY, {})", typed.join(", ")),
                &format!("\\copy {name} FROM '{path}' CSV"),
                &format!("CREATE SEQUENCE {name}_drawn {cycle}"),
                &format!("ANALYZE {name}"),
            ],
        );
    }
}

/// What stands in a logged enrollment instead of a row of the twin's table.
pub fn service_values(choice: &Choice, ask: &str, transaction: &[String]) -> Vec<String> {
    let key = ask.split("idempotency-key: ").nth(1).unwrap()[..36].to_owned();
    let insert = transaction.iter().find(|sql| sql.starts_with("INSERT INTO \"enrollments\"")).unwrap();
    let enrollment = insert.split("VALUES ('").nth(1).unwrap()[..36].to_owned();
    columns(choice).map(|(_, id)| id.to_string()).into_iter().chain([enrollment, key]).collect()
}

fn columns(Choice { pupil, offer, project }: &Choice) -> [(&'static str, Id); 9] {
    [
        ("student_id", pupil.student),
        ("person_id", pupil.person),
        ("user_id", pupil.user),
        ("session_id", pupil.session),
        ("school_id", offer.school),
        ("plan_id", offer.plan),
        ("notice_id", offer.notice),
        ("filing_id", offer.filing),
        ("project_id", *project),
    ]
}
