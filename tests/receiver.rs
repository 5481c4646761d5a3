//! A program that takes the messages of webhooks: a real server on this machine.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use issuer::fetch::{Authorities, Reach, WebhookCalls};
use serde_json::Value;
use url::Url;

/// A message as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a message in JSON")
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().to_owned()
    }
}

/// A server that writes down what it gets, and answers as it is told.
pub struct Receiver {
    pub address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    received: Vec<Received>,
    /// What the next requests are answered; 200 when nothing is left.
    answers: VecDeque<String>,
    always: Option<String>,
}

impl Receiver {
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                thread::spawn(move || answer(stream, &state));
            }
        });
        Receiver {
            address: format!("http://{address}/hooks"),
            state,
        }
    }

    /// The way there, which development alone allows.
    pub fn calls(&self) -> WebhookCalls {
        let origin = Url::parse(&self.address).expect("an address");
        let reach = Reach::default().and_development(&origin);
        WebhookCalls::reaching(reach, &Authorities::default())
    }

    /// Everything that has arrived.
    pub fn received(&self) -> Vec<Received> {
        self.state.lock().expect("no panic").received.clone()
    }

    /// What the next requests are answered, each with its status and further headers.
    pub fn answers_next(&self, answers: &[&str]) {
        let mut state = self.state.lock().expect("no panic");
        state
            .answers
            .extend(answers.iter().map(|one| (*one).to_owned()));
    }

    /// What every request is answered from now on; nothing for 200.
    pub fn answers_always(&self, answer: Option<&str>) {
        self.state.lock().expect("no panic").always = answer.map(str::to_owned);
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut stream = stream;
    while let Some(received) = read(&mut reader) {
        let line = {
            let mut state = state.lock().expect("no panic");
            state.received.push(received);
            let next = state.answers.pop_front();
            next.or_else(|| state.always.clone())
        };
        let line = line.unwrap_or_else(|| "200 OK".to_owned());
        let written = write!(stream, "HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n");
        if written.is_err() {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Received> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        path,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}
