//! Captions in WebVTT (W3C): read strictly, kept as times and words, and written anew for whoever is shown them.
//!
//! Styles, regions, comments, positions and the marks within a text are read past. A voice, `<v Student>`, becomes
//! `Student: ` before what it says, so that nobody has to guess who speaks. What is handed out is made of times and
//! escaped text alone: nothing that a browser could take for anything else passes through.

mod cue_text;

use std::fmt::{self, Write as _};
use std::str::FromStr;

/// Captions: what is said when, in the order in which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captions(Vec<Cue>);

/// What is shown for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// When it begins, in thousandths of a second.
    pub from: u64,
    /// When it ends; later.
    pub to: u64,
    /// What is said, without any marks.
    pub text: String,
}

/// Why captions are not taken, and in which line, the first of which is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct CaptionsError {
    /// The line.
    pub line: usize,
    /// What is wrong in it.
    pub fault: CaptionsFault,
}

/// What is wrong with captions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaptionsFault {
    /// The file is none of WebVTT.
    #[error("captions begin with the line WEBVTT; of an .srt file make a .vtt file first")]
    Header,
    /// A line of times cannot be read.
    #[error("times are written as 00:01:02.500 --> 00:01:05.000")]
    Timing,
    /// It ends before it begins, or begins before the one before it.
    #[error("what is said ends after it begins, and begins no sooner than what was said before")]
    Order,
    /// A line is none of text.
    #[error("this holds a character that nobody would see")]
    Text,
    /// A mark is not one of WebVTT, or is not closed.
    #[error("in a text stand the marks of WebVTT alone, each closed; a sign < is written &lt;")]
    Markup,
    /// Something is longer than it may be.
    #[error("captions have at most {CUES} texts of {CUE_BYTES} bytes each")]
    TooLong,
    /// There is nothing in it.
    #[error("there is no text in these captions")]
    Empty,
}

impl CaptionsError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self.fault {
            CaptionsFault::Header => "captions.header",
            CaptionsFault::Timing => "captions.timing",
            CaptionsFault::Order => "captions.order",
            CaptionsFault::Text => "captions.text",
            CaptionsFault::Markup => "captions.markup",
            CaptionsFault::TooLong => "captions.too_long",
            CaptionsFault::Empty => "captions.empty",
        }
    }
}

impl FromStr for Captions {
    type Err = CaptionsError;

    fn from_str(text: &str) -> Result<Captions, CaptionsError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<&str> = text.split('\n').collect();
        for (at, line) in lines.iter().enumerate() {
            let unseen = |character: char| character.is_control() && character != '\t';
            if line.chars().any(unseen) {
                return Err(fault(at, CaptionsFault::Text));
            }
        }
        let header = lines[0].strip_prefix("WEBVTT");
        if !header.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])) {
            return Err(fault(0, CaptionsFault::Header));
        }
        let mut cues = Vec::new();
        // What stands below the first line, up to a blank one, belongs to the header.
        let mut at = past_block(&lines, 1);
        while at < lines.len() {
            let end = past_block(&lines, at);
            read_block(&lines[at..end], at, &mut cues)?;
            at = end + 1;
        }
        match cues.is_empty() {
            true => Err(fault(lines.len() - 1, CaptionsFault::Empty)),
            false => Ok(Captions(cues)),
        }
    }
}

impl fmt::Display for Captions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WEBVTT\n")?;
        for cue in &self.0 {
            let (from, to) = (Clock(cue.from), Clock(cue.to));
            write!(formatter, "\n{from} --> {to}\n")?;
            for character in cue.text.chars() {
                match character {
                    '&' => formatter.write_str("&amp;")?,
                    '<' => formatter.write_str("&lt;")?,
                    '>' => formatter.write_str("&gt;")?,
                    other => formatter.write_char(other)?,
                }
            }
            formatter.write_str("\n")?;
        }
        Ok(())
    }
}

impl Captions {
    /// What is said, in order.
    pub fn cues(&self) -> &[Cue] {
        &self.0
    }

    /// The same with every text changed, as a mask does it.
    pub fn each(self, change: impl Fn(&str) -> String) -> Captions {
        let changed = |cue: Cue| Cue {
            // A blank line would end the text early.
            text: cue_text::without_blank_lines(&change(&cue.text)),
            ..cue
        };
        Captions(self.0.into_iter().map(changed).collect())
    }

    /// What captions are served as.
    pub const MEDIA_TYPE: &str = "text/vtt; charset=utf-8";
}

/// The end of the block that begins at a line: a blank line, or the end.
fn past_block(lines: &[&str], from: usize) -> usize {
    let rest = lines.get(from..).unwrap_or_default();
    let length = rest.iter().position(|line| line.is_empty());
    from + length.unwrap_or(rest.len())
}

/// Reads a block: a cue, or what is read past.
fn read_block(block: &[&str], at: usize, cues: &mut Vec<Cue>) -> Result<(), CaptionsError> {
    let times = block.iter().position(|line| line.contains("-->"));
    let Some(times) = times else {
        let is_known = |word: &str| {
            let rest = block.first().and_then(|line| line.strip_prefix(word));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        };
        // Comments, styles and regions are read past; a text without times is lost, and that is said.
        return match block.is_empty()
            || ["NOTE", "STYLE", "REGION"]
                .iter()
                .any(|word| is_known(word))
        {
            true => Ok(()),
            false => Err(fault(at, CaptionsFault::Timing)),
        };
    };
    // One line above the times may name the cue.
    if times > 1 {
        return Err(fault(at, CaptionsFault::Timing));
    }
    let (from, to) = read_times(block[times]).ok_or(fault(at + times, CaptionsFault::Timing))?;
    let begins = cues.last().map_or(0, |before| before.from);
    if to <= from || from < begins {
        return Err(fault(at + times, CaptionsFault::Order));
    }
    let mut text = String::new();
    for (below, line) in block[times + 1..].iter().enumerate() {
        let place = at + times + 1 + below;
        if line.contains("-->") {
            return Err(fault(place, CaptionsFault::Timing));
        }
        let plain = cue_text::plain(line).ok_or(fault(place, CaptionsFault::Markup))?;
        if !plain.trim().is_empty() {
            text.extend([if text.is_empty() { "" } else { "\n" }, plain.trim()]);
        }
    }
    if text.len() > CUE_BYTES || cues.len() >= CUES {
        return Err(fault(at, CaptionsFault::TooLong));
    }
    if !text.is_empty() {
        cues.push(Cue { from, to, text });
    }
    Ok(())
}

/// `00:01.000 --> 00:02.000`, with settings behind it that are read past.
fn read_times(line: &str) -> Option<(u64, u64)> {
    let (from, rest) = line.split_once("-->")?;
    let to = rest.split_ascii_whitespace().next()?;
    Some((read_clock(from.trim_ascii())?, read_clock(to)?))
}

/// `mm:ss.ttt`, or the same with hours before it.
fn read_clock(text: &str) -> Option<u64> {
    let (clock, thousandths) = text.split_once('.')?;
    let digits = |text: &str, least: usize, most: usize| {
        let fits = (least..=most).contains(&text.len());
        let all = text.bytes().all(|byte| byte.is_ascii_digit());
        (fits && all).then(|| text.parse::<u64>().ok()).flatten()
    };
    let thousandths = digits(thousandths, 3, 3)?;
    let mut parts = clock.rsplit(':');
    let seconds = digits(parts.next()?, 2, 2).filter(|seconds| *seconds < 60)?;
    let minutes = digits(parts.next()?, 2, 2).filter(|minutes| *minutes < 60)?;
    let hours = parts.next().map_or(Some(0), |hours| digits(hours, 2, 3))?;
    let seconds = (hours * 60 + minutes) * 60 + seconds;
    parts
        .next()
        .is_none()
        .then_some(seconds * 1_000 + thousandths)
}

fn fault(at: usize, fault: CaptionsFault) -> CaptionsError {
    let line = at + 1;
    CaptionsError { line, fault }
}

/// A time as WebVTT writes it.
struct Clock(u64);

impl fmt::Display for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, thousandths) = (self.0 / 1_000, self.0 % 1_000);
        let (minutes, hours) = (seconds / 60 % 60, seconds / 3_600);
        write!(
            formatter,
            "{hours:02}:{minutes:02}:{:02}.{thousandths:03}",
            seconds % 60
        )
    }
}

/// Eight hours of somebody who speaks all the time.
const CUES: usize = 10_000;

/// Nobody reads more at once; two lines of forty letters are usual.
const CUE_BYTES: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, CaptionsError> {
        text.parse::<Captions>()
            .map(|captions| captions.to_string())
    }

    #[test]
    fn times_and_words_are_kept_and_nothing_else() {
        let text = "\u{feff}WEBVTT - A lesson\r\nKind: captions\r\n\r\nNOTE by nobody\r\n\r\nSTYLE\r\n::cue { \
                    background: url(https://x.example) }\r\n\r\n1\r\n00:01.500 --> 00:04.000 align:start \
                    position:0%\r\n<v.loud Student><b>Why</b> 3 &lt; 5 &amp; so on?\r\n<00:00:02.000><c.yellow>Yes</c>\r\n\r\n\
                    01:00:00.000 --> 01:00:01.000\r\nEnd";
        let expected = "WEBVTT\n\n00:00:01.500 --> 00:00:04.000\nStudent: Why 3 &lt; 5 &amp; so on?\nYes\n\n\
                        01:00:00.000 --> 01:00:01.000\nEnd\n";
        assert_eq!(read(text).as_deref(), Ok(expected));
        // What is written is read as the same again.
        assert_eq!(read(expected).as_deref(), Ok(expected));
    }

    #[test]
    fn what_is_broken_is_refused_with_its_line() {
        for (text, code, line) in [
            ("", "captions.header", 1),
            ("1\n00:00:01,000 --> 00:00:02,000\nHi", "captions.header", 1),
            ("WEBVTTX\n", "captions.header", 1),
            ("WEBVTT\n\n", "captions.empty", 3),
            ("WEBVTT\n\n00:01.000 -> 00:02.000\nHi", "captions.timing", 3),
            (
                "WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nHi",
                "captions.timing",
                3,
            ),
            (
                "WEBVTT\n\n00:61.000 --> 00:62.000\nHi",
                "captions.timing",
                3,
            ),
            (
                "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n00:03.000 --> 00:04.000",
                "captions.timing",
                5,
            ),
            ("WEBVTT\n\n00:02.000 --> 00:02.000\nHi", "captions.order", 3),
            (
                "WEBVTT\n\n00:02.000 --> 00:03.000\nA\n\n00:01.000 --> 00:03.000\nB",
                "captions.order",
                6,
            ),
            (
                "WEBVTT\n\n00:01.000 --> 00:02.000\n<script>x",
                "captions.markup",
                4,
            ),
            (
                "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n3 < 4",
                "captions.markup",
                5,
            ),
            (
                "WEBVTT\n\n00:01.000 --> 00:02.000\nH\u{0}i",
                "captions.text",
                4,
            ),
        ] {
            let error = read(text).expect_err(text);
            assert_eq!((error.code(), error.line), (code, line), "{text:?}");
        }
        let long = format!(
            "WEBVTT\n\n00:01.000 --> 00:02.000\n{}",
            "x".repeat(CUE_BYTES + 1)
        );
        assert_eq!(
            read(&long).expect_err("too long").code(),
            "captions.too_long"
        );
    }

    #[test]
    fn a_changed_text_stays_one() {
        let captions: Captions = "WEBVTT\n\n00:01.000 --> 00:02.000\nAda"
            .parse()
            .expect("captions");
        let changed = captions.each(|_| "a\n\n<i> --> b".to_owned()).to_string();
        assert_eq!(
            changed,
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na\n&lt;i&gt; --&gt; b\n"
        );
        assert_eq!(read(&changed).as_deref(), Ok(changed.as_str()));
    }
}
