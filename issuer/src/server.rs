//! The accept loop: time for a request's header, for a reader that does not read, and a cap on
//! connections, none of which `axum::serve` sets.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;
use tower::Service;
use tracing::{debug, info, warn};

use crate::http::client::Peer;

/// What is spoken on a connection below HTTP.
#[derive(Clone)]
pub enum Transport {
    /// Nothing: a proxy in front speaks TLS, or everything is on one machine.
    Plain,
    /// TLS with a certificate of our own.
    Tls(TlsAcceptor),
}

/// Serves until `stop` is done, then lets the requests that are under way come to their end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: u32,
    stop: impl Future<Output = ()>,
) {
    serve_over(listener, Transport::Plain, router, connections, stop).await;
}

/// The same over a transport of one's choice.
pub async fn serve_over(
    listener: TcpListener,
    transport: Transport,
    router: Router,
    connections: u32,
    stop: impl Future<Output = ()>,
) {
    let slots = Arc::new(Semaphore::new(connections as usize));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepting = async {
            // Beyond the cap new connections wait in the kernel's queue, where they cost nothing.
            let slot = slots.clone().acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, (stream, peer)) = tokio::select! {
            (slot, accepted) = accepting => match accepted {
                Ok((stream, peer)) => (slot, (stream, Peer(peer.ip()))),
                Err(error) => {
                    // Out of file descriptors, or a peer that left at once: neither is an end.
                    warn!("A connection could not be accepted: {error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let (service, watcher) = (router.clone(), graceful.watcher());
        let transport = transport.clone();
        tokio::spawn(async move {
            let stream = PatientStream::new(stream);
            match transport {
                Transport::Plain => answer(stream, peer, service, watcher).await,
                Transport::Tls(acceptor) => {
                    match tokio::time::timeout(HANDSHAKE_TIME, acceptor.accept(stream)).await {
                        Ok(Ok(stream)) => answer(stream, peer, service, watcher).await,
                        Ok(Err(error)) => debug!("A TLS handshake failed: {error}"),
                        Err(_) => debug!("A TLS handshake took too long"),
                    }
                }
            }
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIME, graceful.shutdown())
        .await
        .is_err()
    {
        info!(
            "Some requests were still under way after {} s and were cut",
            DRAIN_TIME.as_secs()
        );
    }
}

/// Answers the requests of one connection until it ends or the service stops.
async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    peer: Peer,
    router: Router,
    watcher: Watcher,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().call(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(MOST_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        debug!("A connection ended early: {error}");
    }
}

/// A connection whose peer must go on taking what it asked for.
struct PatientStream {
    stream: TcpStream,
    /// Runs while a write waits for the peer.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl PatientStream {
    fn new(stream: TcpStream) -> PatientStream {
        // Answers are small and whole: waiting to fill a packet would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            debug!("A connection keeps its delay: {error}");
        }
        PatientStream {
            stream,
            waiting: None,
        }
    }

    fn bounded<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(WRITE_TIME)));
        match waiting.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.bounded(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A header comes in one packet or a few; whoever takes longer is holding the connection.
const HEADER_TIME: Duration = Duration::from_secs(5);

/// A handshake is two round trips; whoever takes longer is holding the connection.
const HANDSHAKE_TIME: Duration = Duration::from_secs(5);

/// A peer that takes nothing for this long is not reading.
const WRITE_TIME: Duration = Duration::from_secs(10);

/// What requests under way get when the service stops.
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// A bearer token and a browser's headers fit many times.
const MOST_HEADER_BYTES: usize = 32 * 1024;

const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
