//! Lines of the program's own log (not of the issuance log) that nobody can forge: one line an event, with every text
//! in it cut, and what would end a line, move a cursor or not be seen shown as a mark.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::config::LogFormat;
use crate::wording::visible;

/// Writes the events of the program, in one of two formats.
pub struct LogLine(pub LogFormat);

impl<S, N> FormatEvent<S, N> for LogLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        match self.0 {
            LogFormat::Json => {
                let mut line = Map::new();
                line.insert("timestamp".to_owned(), time.into());
                line.insert("level".to_owned(), level.to_string().into());
                line.insert("fields".to_owned(), fields.0.into());
                line.insert("target".to_owned(), target.into());
                writeln!(writer, "{}", Value::from(line))
            }
            LogFormat::Text => {
                write!(writer, "{time} {level:>5} {target}:")?;
                let (message, others): (Vec<_>, Vec<_>) =
                    fields.0.iter().partition(|(name, _)| *name == MESSAGE);
                for (_, text) in message {
                    write!(writer, " {}", text.as_str().unwrap_or_default())?;
                }
                for (name, value) in others {
                    write!(writer, " {name}={value}")?;
                }
                writeln!(writer)
            }
        }
    }
}

/// What an event says.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = Cut(String::new());
        // It ends early where it is long.
        let _ = write!(text, "{value:?}");
        self.put(field, text.shown());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let mut text = Cut(String::new());
        let _ = text.write_str(value);
        self.put(field, text.shown());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }
}

/// A text that takes no more than a log line needs of it.
struct Cut(String);

impl Cut {
    fn shown(&self) -> String {
        visible(&self.0)
    }
}

impl fmt::Write for Cut {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let room = FIELD_BYTES - self.0.len().min(FIELD_BYTES);
        if more.len() <= room {
            self.0.push_str(more);
            return Ok(());
        }
        let fits = (0..=room).rev().find(|end| more.is_char_boundary(*end));
        self.0.push_str(&more[..fits.unwrap_or(0)]);
        self.0.push('…');
        Err(fmt::Error)
    }
}

/// What an event says first.
const MESSAGE: &str = "message";
/// The longest of ours are half as long; a stranger's address can be as long as a request's head.
const FIELD_BYTES: usize = 1_024;
