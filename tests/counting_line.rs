//! A line between a program and the service that counts the requests on it.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use memchr::memmem;

/// The line.
pub struct CountingLine {
    pub address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl CountingLine {
    /// A line to a service.
    pub fn to(service: SocketAddr) -> CountingLine {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests: Arc<AtomicUsize> = Arc::default();
        let counted = requests.clone();
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(service) else {
                    continue;
                };
                let (Ok(from), Ok(to)) = (near.try_clone(), far.try_clone()) else {
                    continue;
                };
                let counted = counted.clone();
                thread::spawn(move || {
                    carry(from, to, |bytes| {
                        counted.fetch_add(heads(bytes), Ordering::Relaxed);
                    })
                });
                thread::spawn(move || carry(far, near, |_| {}));
            }
        });
        CountingLine { address, requests }
    }

    /// How many requests went over it.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

/// Carries bytes until one side has no more; `see` is shown what came, with the end of what came before.
fn carry(mut from: TcpStream, mut to: TcpStream, mut see: impl FnMut(&[u8])) {
    let (mut buffer, mut tail) = (vec![0; 64 << 10], Vec::new());
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 || to.write_all(&buffer[..read]).is_err() {
            break;
        }
        let seen = [tail.as_slice(), &buffer[..read]].concat();
        see(&seen);
        tail = seen[seen.len().saturating_sub(HEAD.len() - 1)..].to_vec();
    }
    // The other side may have gone first.
    let _ = to.shutdown(Shutdown::Write);
}

/// How many requests begin: where the first line ends and the first header, which is always the same, begins.
fn heads(bytes: &[u8]) -> usize {
    memmem::find_iter(bytes, HEAD).count()
}

const HEAD: &[u8] = b" HTTP/1.1\r\nHost: ";
