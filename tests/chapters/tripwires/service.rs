//! The program as a service, and its log.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program;

use super::secrets::Heard;

/// The program, serving.
pub struct Service {
    pub origin: String,
    process: Child,
    log: PathBuf,
}

impl Service {
    pub fn start(demo: &Path, folder: &Path) -> Service {
        let port = fs::read_to_string(demo.join("port")).expect("a port");
        let port = port.trim();
        let file = folder.join("assay.toml");
        let path = |name: &str| demo.join(name).display().to_string();
        let config = format!(
            "mode = \"development\"\npublic_url = \"http://127.0.0.1:{port}\"\nlisten = \"127.0.0.1:{port}\"\n\
             folder = {:?}\nissuer_identity = \"did:key\"\nissuer_name = \"Assay Demo District\"\n\
             jwt_algorithm = \"EdDSA\"\nsigning_key_file = {:?}\njwt_key_file = {:?}\nlog_key_file = {:?}\n\
             log_filter = \"debug\"\nlog_format = \"json\"\n",
            path("data"),
            path("keys/signing.pem"),
            path("keys/jwt.pem"),
            path("keys/log.pem"),
        );
        fs::write(&file, config).expect("a file");
        let log = folder.join("log");
        let to = fs::File::create(&log).expect("a file");
        let process = program::command()
            .args(["serve", "--config"])
            .arg(&file)
            .stdout(Stdio::from(to.try_clone().expect("a file")))
            .stderr(Stdio::from(to))
            .spawn()
            .expect("the program");
        let begun = Instant::now();
        while TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "the service does not serve"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Service {
            origin: format!("http://127.0.0.1:{port}"),
            process,
            log,
        }
    }

    pub fn stop(mut self, heard: &mut Heard) {
        let stopped = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        assert!(stopped.expect("kill").success());
        self.process.wait().expect("its end");
        let log = fs::read(&self.log).expect("its log");
        assert!(!log.is_empty(), "nothing was logged");
        println!("{} bytes were logged", log.len());
        heard
            .0
            .push(("log".to_owned(), "everything".to_owned(), log));
    }
}
