//! What the service logs while tests run: lines are kept that hold a word which a test listens for.

use std::collections::BTreeMap;
use std::sync::{Mutex, Once};

/// Lines by the word that they hold.
static HEARD: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

struct Listener;

impl log::Log for Listener {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Debug
    }

    fn log(&self, record: &log::Record<'_>) {
        struct Texts(String);
        impl<'kvs> log::kv::VisitSource<'kvs> for Texts {
            fn visit_pair(&mut self, _: log::kv::Key<'kvs>, value: log::kv::Value<'kvs>) -> Result<(), log::kv::Error> {
                self.0.extend([" ".to_owned(), value.to_string()]);
                Ok(())
            }
        }
        let mut texts = Texts(format!("{} {}", record.target(), record.args()));
        let _ = record.key_values().visit(&mut texts); // the visitor never fails
        for (word, lines) in HEARD.lock().unwrap().iter_mut() {
            if texts.0.contains(word) {
                lines.push(texts.0.clone());
            }
        }
    }

    fn flush(&self) {}
}

/// Listens from now on for lines that hold a word.
pub fn listen_for(word: &str) {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        if log::set_logger(&Listener).is_ok() {
            log::set_max_level(log::LevelFilter::Debug);
        }
    });
    HEARD.lock().unwrap().entry(word.to_owned()).or_default();
}

/// The lines that held it: target, message, then the values of the line.
pub fn heard(word: &str) -> Vec<String> {
    HEARD.lock().unwrap().get(word).cloned().unwrap_or_default()
}
