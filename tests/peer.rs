//! Another implementation, run as a command that answers JSON lines (`tests/peers/node/lines.mjs`).

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::support::repository;

/// A running peer.
pub struct Peer {
    name: &'static str,
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts `tests/peers/node/NAME.mjs` or `tests/peers/python/NAME_peer.py`.
    pub fn start(name: &'static str) -> Peer {
        let peers = repository().join("tests/peers");
        let cache = repository().join(".cache/peers");
        let script = peers.join(format!("node/{name}.mjs"));
        let installed = [
            peers.join("node_modules/.installed-lock"),
            cache.join("didkit/installed"),
            cache.join("venv/installed-requirements.txt"),
        ];
        for file in installed {
            assert!(
                file.exists(),
                "{} is missing: run tests/peers/install",
                file.display()
            );
        }
        let mut command = if script.exists() {
            let mut command = Command::new("node");
            command.arg(script);
            command
        } else {
            let mut command = Command::new(cache.join("venv/bin/python"));
            command.arg(peers.join(format!("python/{name}_peer.py")));
            command
        };
        let log = std::fs::File::create(cache.join(format!("{name}.log"))).expect("a log file");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{name} does not start ({error}): run tests/peers/install")
            });
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("its output is piped"));
        Peer {
            name,
            child,
            requests,
            answers,
        }
    }

    /// Asks and waits for the answer. A peer that could not work on the request fails the test.
    pub fn ask(&mut self, request: &Value) -> Value {
        let requests = self
            .requests
            .as_mut()
            .expect("open until the peer is dropped");
        writeln!(requests, "{request}").unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("an answer in UTF-8");
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|error| {
            panic!("{} answered {line:?} ({error}) to {request}", self.name)
        });
        assert!(
            answer.get("error").is_none(),
            "{}: {}\n{request}",
            self.name,
            answer["error"]
        );
        answer
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The end of its input is the end of its work.
        self.requests = None;
        let _ = self.child.wait();
    }
}

/// Whether the tests with other implementations are to run; says so if not.
pub fn peers_wanted(test: &str) -> bool {
    let wanted = std::env::var_os("ASSAY_PEERS").is_some_and(|value| value == "1");
    if !wanted {
        println!("skipped: {test} (set ASSAY_PEERS=1, after tests/peers/install)");
    }
    wanted
}
