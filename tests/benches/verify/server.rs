//! An S3 of one object that gives each connection so many bytes a second, and no more.
//!
//! It has threads of its own, so that what it costs is not counted to the pipeline's one.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Bytes sent at a time.
const PIECE: usize = 128 * 1024;

/// Serves an object of `size` bytes that repeats `block`, at `rate` bytes per second and connection,
/// as long as the process lives. Answers its URL.
pub(crate) fn serve(block: Arc<Vec<u8>>, size: usize, rate: f64) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let block = Arc::clone(&block);
            // An error is the client hanging up.
            thread::spawn(move || answer_all(&connection, &block, size, rate));
        }
    });
    url
}

fn answer_all(mut connection: &TcpStream, block: &[u8], size: usize, rate: f64) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut requests = BufReader::new(connection);
    while let Some(range) = asked(&mut requests)? {
        let (first, last, length) = (range.start, range.end - 1, range.len());
        write!(
            connection,
            "HTTP/1.1 206 Partial Content\r\ncontent-length: {length}\r\n\
             content-range: bytes {first}-{last}/{size}\r\n\r\n"
        )?;
        let started = Instant::now();
        let mut sent = 0;
        while sent < length {
            let rest = &block[(first + sent) % block.len()..];
            let piece = rest.len().min(PIECE).min(length - sent);
            connection.write_all(&rest[..piece])?;
            sent += piece;
            let due = started + Duration::from_secs_f64(sent as f64 / rate);
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }
    Ok(())
}

/// The range that the next request asks for; nothing if there is no further request.
fn asked(requests: &mut BufReader<&TcpStream>) -> io::Result<Option<Range<usize>>> {
    let mut range = None;
    for line in requests.lines() {
        let line = line?;
        if let Some(asked) = line.strip_prefix("range: bytes=") {
            let (first, last) = asked.split_once('-').expect("first-last");
            let number = |text: &str| text.parse::<usize>().expect("a number");
            range = Some(number(first)..number(last) + 1);
        }
        if line.is_empty() {
            return Ok(range);
        }
    }
    Ok(None)
}
