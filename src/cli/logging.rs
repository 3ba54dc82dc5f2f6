//! Log lines: text for people, or JSON, one object a line.

use std::io::Write;

use log::kv::{Error, Key, Value, VisitSource};
use serde_json::{Map, json};

use crate::config::LogFormat;

/// Starts logging; `RUST_LOG` chooses what, `info` when it is unset.
pub(super) fn start(format: LogFormat) {
    let mut builder = env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info"));
    match format {
        LogFormat::Text => builder.format(|out, record| {
            let mut fields = Map::new();
            let _ = record.key_values().visit(&mut Fields(&mut fields)); // its visitor never fails
            write!(out, "{} {:<5} {} {}", out.timestamp_millis(), record.level(), record.target(), record.args())?;
            for (name, value) in &fields {
                match value {
                    serde_json::Value::String(text) => write!(out, " {name}={text}")?,
                    other => write!(out, " {name}={other}")?,
                }
            }
            writeln!(out)
        }),
        LogFormat::Json => builder.format(|out, record| {
            let mut line = Map::new();
            line.insert("at".to_owned(), json!(out.timestamp_millis().to_string()));
            line.insert("level".to_owned(), json!(record.level().as_str()));
            line.insert("target".to_owned(), json!(record.target()));
            line.insert("message".to_owned(), json!(record.args().to_string()));
            let _ = record.key_values().visit(&mut Fields(&mut line)); // its visitor never fails
            writeln!(out, "{}", serde_json::Value::Object(line))
        }),
    };
    let _ = builder.try_init(); // a second start in one process keeps the first
}

struct Fields<'a>(&'a mut Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Fields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = match value.to_i64() {
            Some(number) => json!(number),
            None => json!(value.to_string()),
        };
        self.0.insert(key.to_string(), value);
        Ok(())
    }
}
