//! The shipped program as a service with a store of its own, which can be killed and started again.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::program::command;

/// The service in a folder of its own, on a port of its own.
pub struct Shipped {
    folder: TempDir,
    port: u16,
    running: Option<Child>,
}

impl Shipped {
    /// A service that has its keys and has never run.
    pub fn new() -> Shipped {
        Shipped::with_settings("")
    }

    /// The same with these lines of configuration as well.
    pub fn with_settings(settings: &str) -> Shipped {
        // The kernel names a free port; nobody else takes it within a test.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let shipped = Shipped {
            folder: TempDir::new().expect("a folder"),
            port: free.local_addr().expect("an address").port(),
            running: None,
        };
        let mut configuration = shipped.configuration() + settings;
        if !settings.contains("max_commit_milliseconds") {
            // The disk of a machine that runs many tests at once may take its time.
            configuration += "\nmax_commit_milliseconds = 60000\n";
        }
        fs::write(shipped.file("assay.toml"), configuration).expect("a file");
        let made = shipped.run(&["keys", "create"]);
        assert!(made.status.success(), "{}", told(&made));
        shipped
    }

    /// Where it is served.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A file in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs another command on the same configuration.
    pub fn run(&self, arguments: &[&str]) -> Output {
        command()
            .args(arguments)
            .arg("--config")
            .arg(self.file("assay.toml"))
            .output()
            .expect("the program")
    }

    /// Registers a person while the service does not run, and gives their bearer token.
    pub fn person(&self, name: &str, roles: &[&str]) -> String {
        let email = format!("{name}@example.org");
        let mut arguments = vec!["person", "add", "--name", name, "--email", &email];
        for role in roles {
            arguments.extend(["--role", role]);
        }
        let added = self.run(&arguments);
        assert!(added.status.success(), "{}", told(&added));
        let told = told(&added);
        let token = told.lines().find(|line| line.starts_with("assay_"));
        token.expect("a token").to_owned()
    }

    /// Starts it, and waits until it serves.
    pub fn start(&mut self) {
        self.start_with(&[]);
    }

    /// The same with these variables in its environment.
    pub fn start_with(&mut self, environment: &[(&str, &Path)]) {
        assert!(self.running.is_none(), "it runs");
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.file("log"))
            .expect("a file");
        let started = command()
            .args(["serve", "--config"])
            .arg(self.file("assay.toml"))
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.running = Some(started.expect("the program"));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            let running = self.running.as_mut().expect("it was started");
            let ended = running.try_wait().expect("its state");
            assert_eq!(ended, None, "{}", self.log());
            assert!(began.elapsed() < START, "it does not serve: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.running.as_ref().expect("it runs").id()
    }

    /// Ends it at once, with SIGKILL.
    pub fn kill(&mut self) {
        let mut running = self.running.take().expect("it runs");
        running.kill().expect("its end");
        running.wait().expect("its end");
    }

    /// What it has written to standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    /// Nobody is slowed down, and badges lead to this machine.
    fn configuration(&self) -> String {
        let path = |name: &str| self.file(name).display().to_string();
        let port = self.port;
        format!(
            "mode = \"development\"\n\
             public_url = \"http://127.0.0.1:{port}\"\n\
             listen = \"127.0.0.1:{port}\"\n\
             folder = {:?}\n\
             issuer_identity = \"did:key\"\n\
             issuer_name = \"Example Department of Education\"\n\
             jwt_algorithm = \"EdDSA\"\n\
             signing_key_file = {:?}\n\
             jwt_key_file = {:?}\n\
             log_key_file = {:?}\n\
             person_requests_at_once = 1000000\n\
             person_requests_a_second = 1000\n\
             address_requests_at_once = 1000000\n\
             address_requests_a_second = 1000\n",
            path("data"),
            path("keys/signing.pem"),
            path("keys/jwt.pem"),
            path("keys/log.pem"),
        )
    }
}

impl Drop for Shipped {
    fn drop(&mut self) {
        if let Some(running) = &mut self.running {
            // It may have ended by itself.
            let _ = running.kill();
            let _ = running.wait();
        }
    }
}

/// What a command wrote, to both.
pub fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A start takes less than a second where nothing else is at work.
const START: Duration = Duration::from_secs(60);
