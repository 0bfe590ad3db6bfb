//! Mounts in the short syntax, `[source:]target[:options]`, as compose-go 2.4 reads them.

/// A mount of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Volume {
    /// Whether the source is a path of the host rather than a volume.
    pub(super) is_bind: bool,
    /// The path or the volume; empty for an anonymous volume.
    pub(super) source: String,
    /// Where it is in the container, cleaned as Go's `path.Clean` does.
    pub(super) target: String,
    /// The option `ro`.
    pub(super) read_only: bool,
    /// The option `nocopy`.
    pub(super) no_copy: bool,
    /// The last of the options that propagate mounts.
    pub(super) propagation: Option<String>,
    /// The option `z` or `Z`.
    pub(super) selinux: Option<String>,
    /// Options that Compose does not know and ignores without a word.
    pub(super) unknown: Vec<String>,
}

/// Reads a mount.
///
/// # Errors
///
/// Compose's own words.
pub(super) fn parse(spec: &str) -> Result<Volume, String> {
    let mut volume = Volume::default();
    match spec.len() {
        0 => return Err("invalid empty volume spec".to_owned()),
        1 | 2 => {
            volume.target = clean(spec);
            return Ok(volume);
        }
        _ => {}
    }
    let fields = fields(spec);
    let last = fields.len() - 1;
    for (index, field) in fields.into_iter().enumerate() {
        if field.is_empty() {
            return Err(format!(
                "invalid spec: {spec}: empty section between colons"
            ));
        }
        if volume.source.is_empty() && index == last {
            field.clone_into(&mut volume.target);
        } else if volume.source.is_empty() {
            field.clone_into(&mut volume.source);
        } else if volume.target.is_empty() {
            field.clone_into(&mut volume.target);
        } else if index != last {
            return Err(format!("invalid spec: {spec}: too many colons"));
        } else {
            field.split(',').for_each(|option| set(&mut volume, option));
        }
    }
    volume.is_bind = is_path(&volume.source);
    volume.target = clean(&volume.target);
    Ok(volume)
}

fn set(volume: &mut Volume, option: &str) {
    match option {
        "ro" => volume.read_only = true,
        "rw" => volume.read_only = false,
        "nocopy" => volume.no_copy = true,
        "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave" => {
            volume.propagation = Some(option.to_owned());
        }
        "z" | "Z" => volume.selinux = Some(option.to_owned()),
        _ => volume.unknown.push(option.to_owned()),
    }
}

/// The fields between colons; a colon behind a single letter is a Windows drive's.
fn fields(spec: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut start = 0;
    for (at, _) in spec.match_indices(':') {
        if !is_drive(&spec[start..at]) {
            fields.push(&spec[start..at]);
            start = at + 1;
        }
    }
    fields.push(&spec[start..]);
    fields
}

/// Whether a text is a single letter, as a drive of Windows is.
pub(super) fn is_drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
}

fn is_path(source: &str) -> bool {
    source.starts_with(['.', '/', '~'])
        || source.starts_with("\\\\")
        || source
            .split_once(':')
            .is_some_and(|(drive, _)| is_drive(drive))
}

/// The shortest path that means the same (Go's `path.Clean`).
pub(super) fn clean(path: &str) -> String {
    if path.is_empty() {
        return String::new();
    }
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_rooted => {}
            part => parts.push(part),
        }
    }
    match (is_rooted, parts.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Volume, clean, parse};

    #[test]
    fn mounts_are_read_as_compose_reads_them() {
        let bind = |source: &str, target: &str| Volume {
            is_bind: true,
            source: source.to_owned(),
            target: target.to_owned(),
            ..Volume::default()
        };
        let named = |source: &str, target: &str| Volume {
            is_bind: false,
            ..bind(source, target)
        };
        for (spec, expected) in [
            ("/a", named("", "/a")),
            ("a", named("", "a")),
            ("data:/a/../b/", named("data", "/b")),
            ("./data:/a", bind("./data", "/a")),
            ("~/data:/a", bind("~/data", "/a")),
            (
                "/h:/a:ro",
                Volume {
                    read_only: true,
                    ..bind("/h", "/a")
                },
            ),
            (
                "data:/a:rw,nocopy,what",
                Volume {
                    no_copy: true,
                    unknown: vec!["what".to_owned()],
                    ..named("data", "/a")
                },
            ),
            (
                "/h:/a:z,shared",
                Volume {
                    selinux: Some("z".to_owned()),
                    propagation: Some("shared".to_owned()),
                    ..bind("/h", "/a")
                },
            ),
            // A single letter is a drive of Windows.
            ("b:/x", named("", "b:/x")),
            ("c:\\data:/x", bind("c:\\data", "/x")),
        ] {
            assert_eq!(parse(spec), Ok(expected), "{spec}");
        }
        for (spec, expected) in [
            ("", "invalid empty volume spec"),
            (
                "/a::/b",
                "invalid spec: /a::/b: empty section between colons",
            ),
            ("/a:/b:ro:x", "invalid spec: /a:/b:ro:x: too many colons"),
        ] {
            assert_eq!(parse(spec), Err(expected.to_owned()), "{spec}");
        }
    }

    #[test]
    fn paths_are_cleaned_as_go_does_it() {
        for (path, expected) in [
            ("/a//b/./c/", "/a/b/c"),
            ("/../a", "/a"),
            ("../a/..", ".."),
            ("a/..", "."),
            ("/", "/"),
        ] {
            assert_eq!(clean(path), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_spec_gives_a_mount_or_a_clause(spec in "[a-c:./~,é\\\\]{0,20}") {
            let _ = parse(&spec);
        }
    }
}
