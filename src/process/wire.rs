//! What a client and its supervisor say to each other, and how it is framed.
//! A frame is a header length (`u32`), a body length (`u64`, both little endian), a JSON header
//! and raw bytes: output is binary, and must not pay for an encoding.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::sandbox::Refusal;
use super::{Confinement, End, Request, Sandbox, Straggler};

/// Well above what the kernel lets a program have as arguments and environment.
const HEADER_LIMIT: usize = 16 << 20;
const LENGTHS: usize = 12;

/// What the client asks for; each order gets exactly one [`Answer`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Order<'a> {
    Confine(Cow<'a, Confinement>),
    Run(Cow<'a, Request>),
    Adopt,
    EndScope,
}

/// What the supervisor says. The bytes of both streams are the frame's body.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Ran {
        end: End,
        stdout: Extent,
        stderr: Extent,
        duration: Duration,
    },
    Confined(Result<Sandbox, Refusal>),
    Adopted,
    Ended(Vec<Straggler>),
}

/// How much of a stream is in the body, and how much there was.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Extent {
    pub(super) kept: u64,
    pub(super) total: u64,
}

/// The first part of a frame; `body` bytes have to follow it.
pub(super) fn head<T: Serialize>(header: &T, body: usize) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(header)?;
    if json.len() > HEADER_LIMIT {
        return Err(malformed(format!("a header of {} bytes", json.len())));
    }
    let header_length = u32::try_from(json.len()).map_err(io::Error::other)?;
    let body_length = u64::try_from(body).map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(LENGTHS + json.len());
    bytes.extend_from_slice(&header_length.to_le_bytes());
    bytes.extend_from_slice(&body_length.to_le_bytes());
    bytes.extend_from_slice(&json);
    Ok(bytes)
}

/// Bytes as they come in, and the frames in them.
///
/// It grows with what has arrived, never with what a length field promises.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
}

impl Incoming {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether a frame has begun that is not complete.
    pub(super) fn is_partial(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Takes one frame if it is complete; fails at once if it can never be valid.
    pub(super) fn take<T: DeserializeOwned>(
        &mut self,
        body_limit: u64,
    ) -> io::Result<Option<(T, Vec<u8>)>> {
        let (Some(header), Some(body)) = (
            self.bytes.first_chunk().copied().map(u32::from_le_bytes),
            self.bytes
                .get(4..LENGTHS)
                .and_then(|bytes| bytes.try_into().ok())
                .map(u64::from_le_bytes),
        ) else {
            return Ok(None);
        };
        let header = usize::try_from(header).map_err(io::Error::other)?;
        if header > HEADER_LIMIT || body > body_limit {
            return Err(malformed(format!("a frame of {header} + {body} bytes")));
        }
        let start = LENGTHS + header;
        let end = usize::try_from(body)
            .ok()
            .and_then(|body| body.checked_add(start))
            .ok_or_else(|| malformed(format!("a body of {body} bytes")))?;
        if self.bytes.len() < end {
            return Ok(None);
        }
        let rest = self.bytes.split_off(end);
        let mut frame = std::mem::replace(&mut self.bytes, rest);
        let value = serde_json::from_slice(&frame[LENGTHS..start])?;
        frame.drain(..start);
        Ok(Some((value, frame)))
    }
}

fn malformed(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// A path as a list of bytes, since a folder's name need not be UTF-8 but JSON is.
pub(super) mod path_bytes {
    use std::ffi::OsString;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        path: &Path,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        path.as_os_str().as_bytes().serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<PathBuf, D::Error> {
        Vec::deserialize(from).map(|bytes| PathBuf::from(OsString::from_vec(bytes)))
    }
}

/// As [`path_bytes`], for several.
pub(super) mod path_list {
    use std::ffi::OsString;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::PathBuf;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        paths: &[PathBuf],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let bytes: Vec<&[u8]> = paths
            .iter()
            .map(|path| path.as_os_str().as_bytes())
            .collect();
        bytes.serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<PathBuf>, D::Error> {
        let lists: Vec<Vec<u8>> = Vec::deserialize(from)?;
        Ok(lists
            .into_iter()
            .map(|bytes| PathBuf::from(OsString::from_vec(bytes)))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Extent, HEADER_LIMIT, Incoming, Order, head};

    #[test]
    fn frame_survives_any_chunking() {
        let answer = Answer::Ended(Vec::new());
        let mut bytes = head(&answer, 4).unwrap();
        bytes.extend_from_slice(&[0, 255, 10, 128]);
        for chunk in 1..bytes.len() {
            let mut incoming = Incoming::default();
            let mut frames = 0;
            for part in bytes.repeat(2).chunks(chunk) {
                incoming.push(part);
                while let Some((answer, body)) = incoming.take::<Answer>(4).unwrap() {
                    assert!(matches!(answer, Answer::Ended(_)));
                    assert_eq!(body, [0, 255, 10, 128]);
                    frames += 1;
                }
            }
            assert_eq!(frames, 2, "chunks of {chunk}");
            assert!(!incoming.is_partial());
        }
    }

    #[test]
    fn oversized_frame_is_refused_before_its_bytes_arrive() {
        let table: [(u32, u64); 3] = [
            (u32::MAX, 0),
            (u32::try_from(HEADER_LIMIT).unwrap() + 1, 0),
            (2, u64::MAX),
        ];
        for (header, body) in table {
            let mut incoming = Incoming::default();
            incoming.push(&header.to_le_bytes());
            incoming.push(&body.to_le_bytes());
            assert!(
                incoming.take::<Answer>(1 << 20).is_err(),
                "{header} + {body}"
            );
        }
    }

    #[test]
    fn corrupt_header_is_an_error() {
        let mut bytes = head(&Order::Adopt, 0).unwrap();
        *bytes.last_mut().unwrap() = b'{';
        let mut incoming = Incoming::default();
        incoming.push(&bytes);
        assert!(incoming.take::<Order<'static>>(0).is_err());
    }

    #[test]
    fn short_prefix_is_not_yet_a_frame() {
        let mut incoming = Incoming::default();
        incoming.push(&[1, 0, 0, 0, 0]);
        assert!(incoming.take::<Answer>(0).unwrap().is_none());
        assert_eq!(Extent::default().kept, 0);
    }
}
