//! A mail server that keeps what it is given: just enough of RFC 5321, without TLS, on this machine.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A letter as it arrived.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    /// The `Message-ID`, the same however often it is sent.
    pub id: String,
    pub subject: String,
    /// Headers and text.
    pub text: String,
}

/// A mail server.
pub struct MailServer {
    /// Its name and port, as a configuration names it.
    pub address: String,
    kept: Arc<Mutex<Vec<Letter>>>,
}

impl MailServer {
    /// A server that takes so long to say that it has taken a letter.
    pub fn slow(pause: Duration) -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let kept: Arc<Mutex<Vec<Letter>>> = Arc::default();
        let shared = kept.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = shared.clone();
                // A sender that is killed ends its session in the middle.
                thread::spawn(move || session(stream, &kept, pause));
            }
        });
        MailServer { address, kept }
    }

    /// Everything that it has taken.
    pub fn letters(&self) -> Vec<Letter> {
        self.kept.lock().expect("no panic").clone()
    }
}

fn session(stream: TcpStream, kept: &Mutex<Vec<Letter>>, pause: Duration) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    let mut say = |line: &str| stream.write_all(format!("{line}\r\n").as_bytes()).ok();
    say("220 tests")?;
    let mut to = String::new();
    loop {
        let line = line(&mut reader)?;
        match line
            .get(..4)
            .unwrap_or_default()
            .to_ascii_uppercase()
            .as_str()
        {
            "EHLO" | "HELO" => say("250 tests")?,
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1);
                to = address.unwrap_or_default().to_owned();
                say("250 OK")?;
            }
            "DATA" => {
                say("354 Go on")?;
                let letter = data(&mut reader, &to)?;
                kept.lock().expect("no panic").push(letter);
                // Taken, and not yet said so: what is killed now is sent again.
                thread::sleep(pause);
                say("250 Kept")?;
            }
            "QUIT" => return say("221 Goodbye"),
            _ => say("250 OK")?,
        }
    }
}

fn data(reader: &mut impl BufRead, to: &str) -> Option<Letter> {
    let mut text = String::new();
    loop {
        match line(reader)?.as_str() {
            "." => break,
            line => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    let header = |name: &str| {
        let mut lines = text.lines().take_while(|line| !line.is_empty());
        let value = lines.find_map(|line| line.strip_prefix(name));
        value.unwrap_or_default().trim().to_owned()
    };
    Some(Letter {
        to: to.to_owned(),
        id: header("Message-ID:"),
        subject: header("Subject:"),
        text: text.clone(),
    })
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let read = reader.read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}
