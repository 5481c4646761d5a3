//! A site on this machine that answers as a test tells it to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use url::Url;

/// A port at which nobody may knock.
pub struct Tripwire {
    pub port: u16,
    listener: TcpListener,
}

impl Tripwire {
    pub fn set() -> Tripwire {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener
            .set_nonblocking(true)
            .expect("a listener can be polled");
        Tripwire {
            port: listener.local_addr().expect("a port").port(),
            listener,
        }
    }

    pub fn connections(&self) -> usize {
        std::iter::from_fn(|| self.listener.accept().ok()).count()
    }
}

/// What the scripted site answers.
pub struct Reply {
    pub status: &'static str,
    pub headers: String,
    pub body: Body,
}

pub enum Body {
    Text(&'static str),
    Endless,
    Drip,
    Silence,
}

impl Reply {
    pub fn ok(text: &'static str) -> Reply {
        Reply {
            status: "200 OK",
            headers: "Content-Type: text/plain\r\n".to_owned(),
            body: Body::Text(text),
        }
    }

    fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        write!(
            stream,
            "HTTP/1.1 {}\r\nConnection: close\r\nSet-Cookie: a=b\r\n{}\r\n",
            self.status, self.headers
        )?;
        match self.body {
            Body::Text(text) => stream.write_all(text.as_bytes()),
            Body::Endless => loop {
                stream.write_all(&[0; 65_536])?;
            },
            Body::Drip => loop {
                stream.write_all(b"0")?;
                std::thread::sleep(Duration::from_millis(500));
            },
            // Until the other side gives up.
            Body::Silence => stream.read(&mut [0]).map(|_| ()),
        }
    }
}

/// A site on this machine that answers as it is told, on a thread for each connection.
pub struct Site {
    address: SocketAddr,
}

impl Site {
    pub fn answering(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Site {
        Site::serving(move |path, _| script(path), None)
    }

    pub fn recording(requests: mpsc::Sender<String>) -> Site {
        Site::serving(|_, _| Reply::ok("badge"), Some(requests))
    }

    /// Answers by the headers of the request, and sends them on.
    pub fn recording_and(
        requests: mpsc::Sender<String>,
        script: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Site {
        Site::serving(move |_, headers| script(headers), Some(requests))
    }

    fn serving(
        script: impl Fn(&str, &str) -> Reply + Send + Sync + 'static,
        requests: Option<mpsc::Sender<String>>,
    ) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let script = Arc::new(script);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (script, requests) = (script.clone(), requests.clone());
                std::thread::spawn(move || -> Option<()> {
                    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
                    let first = lines.next()?.ok()?;
                    let rest: Vec<String> = lines
                        .map_while(Result::ok)
                        .take_while(|line| !line.is_empty())
                        .collect();
                    let headers = rest.join("\n");
                    if let Some(requests) = requests {
                        requests.send(headers.clone()).ok()?;
                    }
                    let path = first.split(' ').nth(1)?;
                    script(path, &headers).write(&mut stream).ok()
                });
            }
        });
        Site { address }
    }

    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).expect("a URL")
    }
}
