//! Listeners that write down who calls, in place of every host that a fixture names.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use issuer::config::RawConfig;
use issuer::fetch::{self, Reach, Web};
use rcgen::CertificateParams;
use tempfile::TempDir;
use url::{Host, Url};
use verifier::png::Png;
use verifier::svg::Svg;
use verifier::{Limits, Policy, Verdict};

use super::{Round, expected, from_token, host_of, issuers_of};
use crate::certificates;
use crate::web::{self, Web as Fixtures};

/// One connection: the host that was asked for by name, and the address that was asked of it.
type Call = (String, String);

/// A server that speaks for every host of the fixtures' web, and for each connection notes the call.
fn fixtures_server(config: rustls::ServerConfig) -> (SocketAddr, Arc<Mutex<Vec<Call>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let calls = Arc::new(Mutex::new(Vec::new()));
    let (noted, config) = (calls.clone(), Arc::new(config));
    std::thread::spawn(move || {
        let fixtures = Arc::new(Fixtures::read());
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(config.clone()).expect("a server");
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let (noted, fixtures) = (noted.clone(), fixtures.clone());
            std::thread::spawn(move || {
                let path = requested(&mut stream).unwrap_or_default();
                let host = stream.conn.server_name().unwrap_or_default().to_owned();
                let url = format!("https://{host}{path}");
                // Before the answer, so that nothing can be asked for in between.
                noted.lock().expect("no panic").push((host, url.clone()));
                let answer = Url::parse(&url).ok().map(|url| fixtures.answer(&url));
                let (status, body) = match answer {
                    Some(Ok(document)) => ("200 OK", document.bytes),
                    _ => ("404 Not Found", Vec::new()),
                };
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
                );
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            });
        }
    });
    (address, calls)
}

/// The path of the one request of a connection.
fn requested(stream: &mut impl Read) -> Option<String> {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut piece) {
            Ok(read) if read > 0 => request.extend(&piece[..read]),
            _ => return None,
        }
    }
    let request = String::from_utf8(request).ok()?;
    request.split(' ').nth(1).map(str::to_owned)
}

/// A listener at which nobody shall arrive; it counts who does.
fn tripwire() -> (SocketAddr, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let count = Arc::new(Mutex::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for _stream in listener.incoming() {
            *counted.lock().expect("no panic") += 1;
        }
    });
    (address, count)
}

/// What a fixture says of itself, wherever it carries it: its bytes, a token's parts, what is baked in.
fn texts(presented: &[u8]) -> Vec<String> {
    let limits = Limits::default();
    let mut texts = vec![String::from_utf8_lossy(presented).into_owned()];
    if let Ok(found) = Png::read(presented, &limits).and_then(|png| {
        let texts = png.credentials(&limits)?;
        Ok(texts
            .iter()
            .map(|baked| baked.text.to_string())
            .collect::<Vec<_>>())
    }) {
        texts.extend(found);
    }
    if let Ok(Svg::Picture(found)) = Svg::read(presented, &limits) {
        texts.extend(found.into_iter().map(|baked| baked.text));
    }
    let parts: Vec<String> = texts.iter().flat_map(|text| from_token(text)).collect();
    texts.extend(parts);
    texts
}

/// Every host that stands in an address or a did:web of these texts.
fn hosts_in(texts: &[String]) -> BTreeSet<String> {
    let ends = |end: char| !(end.is_ascii_alphanumeric() || ['.', '-'].contains(&end));
    let mut found = BTreeSet::new();
    for (text, mark) in texts
        .iter()
        .flat_map(|text| ["https://", "http://", "did:web:"].map(|mark| (text, mark)))
    {
        let after = text.split(mark).skip(1);
        let names = after.filter_map(|rest| rest.split(ends).next());
        found.extend(names.filter(|name| is_name(name)).map(str::to_lowercase));
    }
    found
}

fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.len() < 64 && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() < 200
        && text.contains('.')
        && text.split('.').all(is_label)
        && matches!(Host::parse(text), Ok(Host::Domain(_)))
}

/// The shipped fetcher, told by its settings that all these hosts may be called.
fn fetcher(folder: &TempDir, authority: &str, hosts: &HashMap<String, SocketAddr>) -> Web {
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, authority).expect("a file");
    let names: Vec<&String> = hosts.keys().collect();
    let settings = format!(
        "public_url = \"https://badges.example.org\"\nissuer_name = \"x\"\nverify_private_hosts = {names:?}\nverify_ca_file = {file:?}\n"
    );
    let config = RawConfig::read(&settings, std::iter::empty()).expect("settings");
    let verify = config.check().expect("good settings").verify;
    let reach = Reach::with_private_hosts(verify.private_hosts);
    Web::reaching_at(reach, &verify.authorities, hosts.clone()).asking_each_time()
}

/// A fixture, and what its verification has to ask for.
struct Presented {
    name: String,
    bytes: Vec<u8>,
    texts: Vec<String>,
    /// The addresses asked for before the proof holds, and after.
    before: Vec<Url>,
    after: Vec<Url>,
}

fn all_presented() -> Vec<Presented> {
    let fixtures = Fixtures::read();
    let read = |path: std::path::PathBuf| {
        let bytes = std::fs::read(&path).expect("a fixture");
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (url, _, round) in expected(&bytes, &fixtures) {
            match round {
                Round::BeforeTheProof => before.push(url),
                Round::AfterTheProof => after.push(url),
            }
        }
        Presented {
            name: web::name(&path),
            texts: texts(&bytes),
            bytes,
            before,
            after,
        }
    };
    let presented = web::fixtures().join("presented");
    web::files(&presented).into_iter().map(read).collect()
}

impl Presented {
    /// Whether a call is made to whom the badge says issued it.
    ///
    /// A badge of Open Badges 2.0 may make more calls, because there they are the proof: what lies at
    /// its own address, or the key that it names, and the profile that its badge class names (OB2-9).
    fn is_to_issuer(&self, url: &Url) -> bool {
        let host = url.host_str();
        let mut issuers = self.texts.iter().flat_map(|text| issuers_of(text));
        let mut own = issuers.clone().filter_map(|issuer| host_of(&issuer));
        let is_baked_address = self.texts[1..].iter().any(|text| text == url.as_str());
        let follows_one = self.before.iter().any(|url| {
            let stands_there = self.texts[1..].iter().any(|text| text == url.as_str());
            stands_there && url.host_str() == host
        });
        is_baked_address
            || follows_one
            || own.any(|own| Some(own.as_str()) == host)
            || issuers.any(|issuer| issuer == url.as_str())
    }
}

/// VER-9: over all fixtures and real connections, nobody but the issuer is called before the proof
/// holds, nobody at all whom the verifier did not ask for, and nothing is sent along.
#[tokio::test(flavor = "multi_thread")]
async fn attack_n_01_no_connection_is_made_before_the_proof_but_to_the_issuer() {
    let presented = all_presented();
    let asked = presented
        .iter()
        .flat_map(|one| one.before.iter().chain(&one.after));
    let asked: BTreeSet<String> = asked
        .filter_map(|url| url.host_str().filter(|host| is_name(host)))
        .map(str::to_owned)
        .collect();
    let named: BTreeSet<String> = presented
        .iter()
        .flat_map(|one| hosts_in(&one.texts))
        .collect();
    let never: BTreeSet<&String> = named.difference(&asked).collect();

    let authority = certificates::authority();
    let certificate = CertificateParams::new(asked.iter().cloned().collect::<Vec<_>>());
    let config = certificates::signed(certificate.expect("names"), &authority);
    let (server, calls) = fixtures_server(config);
    let (nobody, arrivals) = tripwire();
    let to_server = asked.iter().map(|host| (host.clone(), server));
    let to_nobody = never.iter().map(|host| ((*host).clone(), nobody));
    let folder = TempDir::new().expect("a folder");
    let addresses = to_server.chain(to_nobody).collect();
    let outside = fetcher(&folder, &authority.pem(), &addresses);

    let (mut before, mut after) = (BTreeMap::<String, usize>::new(), 0);
    for one in &presented {
        let report =
            fetch::verify(one.bytes.clone(), &outside, Policy::default(), web::now()).await;
        // Where the fixtures' web fails in its own ways, this server has no document.
        let verdict = match one.name.split('/').next() {
            Some("verified") => Verdict::Verified,
            Some("refused") => Verdict::Refused,
            _ => Verdict::Undetermined,
        };
        assert_eq!(report.verdict(), verdict, "{}", one.name);

        let made = std::mem::take(&mut *calls.lock().expect("no panic"));
        let urls: Vec<&str> = made.iter().map(|(_, url)| url.as_str()).collect();
        // Requests of one round are made side by side, so that within it they may come in any order.
        let in_order = |urls: &[&str]| {
            let mut urls: Vec<String> = urls.iter().map(|url| (*url).to_owned()).collect();
            urls.sort();
            urls
        };
        let texts = |urls: &[Url]| in_order(&urls.iter().map(Url::as_str).collect::<Vec<_>>());
        let (early, late) = urls.split_at(one.before.len().min(urls.len()));
        assert_eq!(in_order(early), texts(&one.before), "{}", one.name);
        assert_eq!(in_order(late), texts(&one.after), "{}", one.name);
        for url in &one.before {
            assert!(
                one.is_to_issuer(url),
                "{}: {url} before the proof",
                one.name
            );
            *before
                .entry(url.host_str().unwrap_or_default().to_owned())
                .or_default() += 1;
        }
        after += late.len();
    }
    assert_eq!(*arrivals.lock().expect("no panic"), 0);
    let early: usize = before.values().sum();
    println!(
        "{} fixtures: {early} connections before a proof, all to issuers ({before:?}), {after} after one; none to {} other hosts that fixtures name",
        presented.len(),
        never.len()
    );
    assert!(early > 100 && after > 50 && never.len() > 4);
}
