//! A virus scanner that looks at files before they become evidence: clamd, by its `INSTREAM` command (clamd(8)).

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::EvidenceError;

/// A scanner, and how much of a file it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    /// Where it listens.
    pub address: ScannerAddress,
    /// How many bytes of a file it is shown, from the beginning on.
    pub bytes: u64,
}

/// Where a scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScannerAddress {
    /// A host and a port.
    Tcp(String),
    /// A socket on this machine.
    Unix(PathBuf),
}

/// A text that is no address of a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither tcp:HOST:PORT nor unix:PATH")]
pub struct ScannerAddressError;

impl FromStr for ScannerAddress {
    type Err = ScannerAddressError;

    fn from_str(text: &str) -> Result<ScannerAddress, ScannerAddressError> {
        match text.split_once(':') {
            Some(("unix", path)) if path.starts_with('/') => Ok(ScannerAddress::Unix(path.into())),
            Some(("tcp", host)) => {
                let port = host.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
                match port {
                    Some(Ok(_)) => Ok(ScannerAddress::Tcp(host.to_owned())),
                    _ => Err(ScannerAddressError),
                }
            }
            _ => Err(ScannerAddressError),
        }
    }
}

impl fmt::Display for ScannerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScannerAddress::Tcp(host) => write!(formatter, "tcp:{host}"),
            ScannerAddress::Unix(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

impl Scanner {
    /// Has the scanner look at a file. What it could not look at is not taken for good.
    pub(super) async fn look_at(
        &self,
        file: impl Stream<Item = Result<Bytes, EvidenceError>> + Send + Unpin,
    ) -> Result<(), EvidenceError> {
        let answer = match &self.address {
            ScannerAddress::Tcp(host) => {
                let line = in_time(TcpStream::connect(host)).await?;
                ask(line, file).await?
            }
            ScannerAddress::Unix(path) => {
                let line = in_time(UnixStream::connect(path)).await?;
                ask(line, file).await?
            }
        };
        match answer.trim_end_matches('\0').trim_start_matches("stream: ") {
            "OK" => Ok(()),
            found => match found.strip_suffix(" FOUND") {
                Some(name) => {
                    tracing::warn!("The scanner found {name:?} in a file");
                    Err(EvidenceError::Malware)
                }
                None => Err(EvidenceError::Unchecked(io::Error::other(found.to_owned()))),
            },
        }
    }
}

/// Sends a file in parts, each behind its length, and gives the scanner's answer.
async fn ask(
    mut line: impl AsyncRead + AsyncWrite + Unpin,
    mut file: impl Stream<Item = Result<Bytes, EvidenceError>> + Send + Unpin,
) -> Result<String, EvidenceError> {
    let mut sent = in_time(line.write_all(b"zINSTREAM\0")).await;
    while sent.is_ok()
        && let Some(bytes) = file.next().await
    {
        let bytes = bytes?;
        // A part of no bytes would be the end.
        let length = u32::try_from(bytes.len()).unwrap_or(0);
        if length == 0 {
            continue;
        }
        sent = in_time(line.write_all(&length.to_be_bytes())).await;
        if sent.is_ok() {
            sent = in_time(line.write_all(&bytes)).await;
        }
    }
    if sent.is_ok() {
        sent = in_time(line.write_all(&0_u32.to_be_bytes())).await;
    }
    // A scanner that has seen enough answers and hangs up.
    let mut answer = Vec::new();
    let mut line = line.take(MOST_ANSWER_BYTES);
    let read = timeout(ANSWER_TIME, line.read_to_end(&mut answer)).await;
    match (sent, read) {
        (_, Ok(Ok(_))) if !answer.is_empty() => Ok(String::from_utf8_lossy(&answer).into_owned()),
        (Err(error), _) => Err(error),
        (Ok(()), Ok(Err(error))) => Err(EvidenceError::Unchecked(error)),
        (Ok(()), Ok(Ok(_))) => Err(EvidenceError::Unchecked(
            io::ErrorKind::UnexpectedEof.into(),
        )),
        (Ok(()), Err(_)) => Err(EvidenceError::Unchecked(io::ErrorKind::TimedOut.into())),
    }
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> Result<T, EvidenceError> {
    let done = timeout(STEP_TIME, work).await;
    let done = done.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    done.map_err(EvidenceError::Unchecked)
}

/// It is on this machine or beside it, and takes what it is given as fast as it can look.
const STEP_TIME: Duration = Duration::from_secs(30);

/// It unpacks archives after the last byte has come.
const ANSWER_TIME: Duration = Duration::from_secs(300);

/// A name and a word.
const MOST_ANSWER_BYTES: u64 = 4_096;
