//! Asks whether a gateway answers, over plain HTTP on the loopback interface.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// The port of a gateway that is not told another one.
pub(super) const DEFAULT_PORT: u16 = 18789;

/// How long each step of the question may take.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Most bytes of an answer that are read.
const MAX_ANSWER: u64 = 16 * 1024;

/// Whether `GET /health` is answered with `"ok":true`.
pub(super) fn answers(port: u16) -> Result<(), String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let no = |why: &dyn std::fmt::Display| format!("no gateway is running on {address}: {why}");
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT).map_err(|error| no(&error))?;
    let mut ask = || -> std::io::Result<Vec<u8>> {
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        // In one piece: a server that answers the first piece and closes would reset the rest.
        let request =
            format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        let mut limited = (&mut stream).take(MAX_ANSWER);
        // What came before the other side fell silent may already say it all.
        let _ = limited.read_to_end(&mut answer);
        Ok(answer)
    };
    let answer = ask().map_err(|error| no(&error))?;
    let body: Vec<u8> = answer
        .into_iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    if memchr::memmem::find(&body, br#""ok":true"#).is_some() {
        return Ok(());
    }
    Err(no(
        &"something answers, but not `\"ok\":true` to `GET /health`",
    ))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::answers;

    /// Serves one answer and gives back what `answers` makes of it.
    fn with_answer(body: &'static str) -> Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).unwrap();
            stream
                .write_all(format!("HTTP/1.1 200 OK\r\n\r\n{body}").as_bytes())
                .unwrap();
        });
        let result = answers(port);
        server.join().unwrap();
        result
    }

    #[test]
    fn only_a_gateway_that_says_ok_is_running() {
        assert_eq!(with_answer(r#"{"ok": true, "status": "live"}"#), Ok(()));
        assert!(
            with_answer("<html>anything</html>")
                .unwrap_err()
                .contains("ok")
        );
    }

    #[test]
    fn a_closed_port_is_no_gateway() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        assert!(
            answers(port)
                .unwrap_err()
                .starts_with("no gateway is running on 127.0.0.1:")
        );
    }
}
