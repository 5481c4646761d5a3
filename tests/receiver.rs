//! A program that takes the messages of webhooks: a real server on this machine.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

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
    /// How long each answer takes.
    pause: Duration,
}

impl Receiver {
    pub fn start() -> Receiver {
        let (address, state) = listen(answer);
        Receiver {
            address: format!("http://{address}/hooks"),
            state,
        }
    }

    /// The same behind TLS, at `localhost`, with a certificate of this kind.
    pub fn with_tls(config: rustls::ServerConfig) -> Receiver {
        let config = Arc::new(config);
        let (address, state) = listen(move |stream, state| {
            let connection = rustls::ServerConnection::new(config.clone());
            let connection = connection.expect("a configuration that is whole");
            answer(rustls::StreamOwned::new(connection, stream), state);
        });
        Receiver {
            address: format!("https://localhost:{}/hooks", address.port()),
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

    /// Every answer takes so long from now on.
    pub fn answers_after(&self, pause: Duration) {
        self.state.lock().expect("no panic").pause = pause;
    }

    /// What every request is answered from now on; nothing for 200.
    pub fn answers_always(&self, answer: Option<&str>) {
        self.state.lock().expect("no panic").always = answer.map(str::to_owned);
    }
}

fn listen(
    answer: impl Fn(TcpStream, &Mutex<State>) + Clone + Send + 'static,
) -> (SocketAddr, Arc<Mutex<State>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let state: Arc<Mutex<State>> = Arc::default();
    let shared = state.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (state, answer) = (shared.clone(), answer.clone());
            thread::spawn(move || answer(stream, &state));
        }
    });
    (address, state)
}

fn answer(stream: impl Read + Write, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    while let Some(received) = read(&mut reader) {
        let (line, pause) = {
            let mut state = state.lock().expect("no panic");
            state.received.push(received);
            let next = state.answers.pop_front();
            (next.or_else(|| state.always.clone()), state.pause)
        };
        thread::sleep(pause);
        let line = line.unwrap_or_else(|| "200 OK".to_owned());
        let answer = format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n");
        let stream = reader.get_mut();
        let written = stream.write_all(answer.as_bytes());
        if written.and_then(|()| stream.flush()).is_err() {
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
