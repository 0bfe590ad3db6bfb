//! A mount namespace in which everything but some folders is read-only. Landlock knows files by
//! what is done to their contents and names; only this keeps modes, owners and times as they are.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, mount, mount_bind,
    mount_change, mount_remount, move_mount, open_tree,
};

/// What is mounted over a socket, so that nobody finds it.
const COVER: &str = "/dev/null";
/// Where people keep what opens other doors, in their home.
const HOME_SECRETS: [&str; 22] = [
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker/config.json",
    ".config/gcloud",
    ".config/gh",
    ".config/op",
    ".config/rclone",
    ".netrc",
    ".git-credentials",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".vault-token",
    ".password-store",
    ".local/share/keyrings",
    ".openclaw/openclaw.json",
    ".openclaw/.env",
    ".openclaw/credentials",
    ".openclaw/identity",
];
/// Where containers and clusters put theirs.
const MACHINE_SECRETS: [&str; 2] = ["/run/secrets", "/var/run/secrets"];
/// More sockets than any machine has whose owner wants to wait for us.
const MOST_SOCKETS: usize = 2000;

/// One line of `/proc/self/mountinfo`.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    id: u32,
    parent: u32,
    point: PathBuf,
    flags: MountFlags,
    kind: String,
}

/// Nothing that is mounted here shows outside, nor the other way round.
pub(super) fn detach() -> io::Result<()> {
    let flags = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    Ok(mount_change("/", flags)?)
}

/// What stands for the shared temporary folders.
#[derive(Debug)]
pub(super) struct Own {
    /// Places, and the folders that cover them.
    pub(super) covers: Vec<(PathBuf, PathBuf)>,
    /// Folders that are to be seen in spite of that.
    pub(super) visible: Vec<PathBuf>,
}

/// Makes mounts of the folders, each with what is mounted below it and with its flags, and covers the
/// shared ones. Folders below these are put back to their places.
pub(super) fn rearrange(writable: &[PathBuf], own: Option<&Own>) -> Result<(), String> {
    let covers = own.map_or(&[][..], |own| &own.covers);
    let is_covered = |path: &&PathBuf| covers.iter().any(|(place, _)| path.starts_with(place));
    let visible = own.into_iter().flat_map(|own| &own.visible);
    let mut folders: Vec<&PathBuf> = writable.iter().chain(visible.filter(is_covered)).collect();
    // An outer folder comes before what it holds.
    folders.sort();
    folders.dedup();
    let open = |folder: &Path| {
        let flags = OpenTreeFlags::OPEN_TREE_CLONE
            | OpenTreeFlags::OPEN_TREE_CLOEXEC
            | OpenTreeFlags::AT_RECURSIVE;
        open_tree(CWD, folder, flags)
            .map_err(|error| format!("`{}` cannot be opened: {error}", folder.display()))
    };
    let own = covers
        .iter()
        .map(|(place, folder)| Ok((place, open(folder)?)));
    let back = folders
        .into_iter()
        .map(|folder| Ok((folder, open(folder)?)));
    // All are opened first: once covered, they cannot be found.
    let trees = own.chain(back).collect::<Result<Vec<_>, String>>()?;
    for (place, tree) in trees {
        let put = || {
            fs::create_dir_all(place)?;
            let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
            Ok::<(), io::Error>(move_mount(&tree, c"", CWD, place, flags)?)
        };
        put().map_err(|error| format!("`{}` cannot be mounted: {error}", place.display()))?;
    }
    Ok(())
}

/// Makes everything read-only but what is below `writable`, and what covers the shared folders.
pub(super) fn freeze(writable: &[PathBuf], own: Option<&Own>) -> Result<(), String> {
    let stays = |point: &Path| {
        writable.iter().any(|folder| point.starts_with(folder))
            || own.is_some_and(|own| own.covers.iter().any(|(place, _)| point == place))
    };
    let table = fs::read("/proc/self/mountinfo")
        .map_err(|error| format!("the list of mounts cannot be read: {error}"))?;
    let mounts = parse(&table);
    let parents: HashMap<u32, u32> = mounts.iter().map(|one| (one.id, one.parent)).collect();
    for mount in &mounts {
        // Nothing can be written to what mounts when it is touched.
        if mount.kind == "autofs" || stays(&mount.point) {
            continue;
        }
        let flags = mount.flags | MountFlags::RDONLY | MountFlags::BIND;
        match mount_remount(&mount.point, flags, c"") {
            // Who cannot get there cannot change anything there.
            Ok(()) | Err(Errno::ACCESS | Errno::NOENT | Errno::NOTDIR) => {}
            Err(_) if is_hidden(mount, &mounts, &parents) => {}
            Err(error) => {
                let point = mount.point.display();
                return Err(format!("`{point}` cannot be made read-only: {error}"));
            }
        }
    }
    Ok(())
}

/// Whether another mount lies over this one or over the way to it.
fn is_hidden(mount: &Mount, mounts: &[Mount], parents: &HashMap<u32, u32>) -> bool {
    let mut above = HashSet::from([mount.id]);
    let mut next = mount.parent;
    while above.insert(next)
        && let Some(&parent) = parents.get(&next)
    {
        next = parent;
    }
    mounts
        .iter()
        .any(|one| !above.contains(&one.id) && mount.point.starts_with(&one.point))
}

/// The Unix sockets with a path that are in use, outside of `writable`.
pub(super) fn sockets(writable: &[PathBuf]) -> Vec<PathBuf> {
    let table = fs::read("/proc/self/net/unix").unwrap_or_default();
    let named: HashSet<PathBuf> = table
        .split(|&byte| byte == b'\n')
        .filter_map(name)
        .collect();
    let is_socket = |path: &PathBuf| {
        fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket())
    };
    named
        .into_iter()
        .filter(|path| !writable.iter().any(|it| path.starts_with(it)))
        .filter(is_socket)
        .take(MOST_SOCKETS + 1)
        .collect()
}

/// The path in a line of `/proc/net/unix`: what follows the seventh field, if it is a path.
fn name(line: &[u8]) -> Option<PathBuf> {
    let mut rest = line;
    for _ in 0..7 {
        let start = rest.iter().position(|&byte| byte != b' ')?;
        let end = rest[start..].iter().position(|&byte| byte == b' ')?;
        rest = &rest[start + end..];
    }
    let path = rest.strip_prefix(b" ")?;
    (path.first() == Some(&b'/')).then(|| PathBuf::from(OsString::from_vec(path.to_vec())))
}

/// Puts something else in the place of these sockets: connecting to one is no writing to its mount,
/// and before Linux 7.1 nothing of Landlock's either.
pub(super) fn cover(sockets: &[PathBuf]) -> Result<(), String> {
    if sockets.len() > MOST_SOCKETS {
        return Err(format!("there are more than {MOST_SOCKETS}"));
    }
    for socket in sockets {
        match mount_bind(COVER, socket) {
            // It is gone, or out of reach for the commands, too.
            Ok(()) | Err(Errno::ACCESS | Errno::NOENT | Errno::NOTDIR) => {}
            Err(error) => return Err(format!("`{}` stays: {error}", socket.display())),
        }
    }
    Ok(())
}

/// The files and folders with keys and tokens that are there. None of them is what `writable` or what
/// is to be seen lies in.
pub(super) fn secrets(writable: &[PathBuf], own: Option<&Own>) -> Vec<PathBuf> {
    let visible = own.into_iter().flat_map(|own| &own.visible);
    let needed: Vec<&PathBuf> = writable.iter().chain(visible).collect();
    let home = std::env::var_os("HOME")
        .map(PathBuf::from)
        .filter(|home| home.is_absolute());
    let of_home = home
        .iter()
        .flat_map(|home| HOME_SECRETS.map(|name| home.join(name)));
    let of_machine = MACHINE_SECRETS.map(PathBuf::from);
    of_home
        .chain(of_machine)
        .filter_map(|path| fs::canonicalize(path).ok())
        .filter(|path| !needed.iter().any(|it| it.starts_with(path)))
        .collect()
}

/// Covers folders by empty ones, and files by nothing.
pub(super) fn hide(paths: &[PathBuf]) -> Result<(), String> {
    for path in paths {
        let hidden = if path.is_dir() {
            let flags = MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
            mount(c"none", path, c"tmpfs", flags, c"mode=0555,size=4k")
        } else {
            mount_bind(COVER, path)
        };
        match hidden {
            Ok(()) | Err(Errno::ACCESS | Errno::NOENT | Errno::NOTDIR) => {}
            Err(error) => return Err(format!("`{}` stays: {error}", path.display())),
        }
    }
    Ok(())
}

fn parse(table: &[u8]) -> Vec<Mount> {
    table
        .split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let mut fields = line.split(|&byte| byte == b' ');
            let mut word = || std::str::from_utf8(fields.next()?).ok();
            let id = word()?.parse().ok()?;
            let parent = word()?.parse().ok()?;
            let mut fields = fields.skip(2);
            let point = PathBuf::from(OsString::from_vec(unescape(fields.next()?)));
            let flags = flags(std::str::from_utf8(fields.next()?).ok()?);
            // A list of unknown length, which ends with a dash.
            let mut fields = fields.skip_while(|field| field != b"-").skip(1);
            let kind = String::from_utf8_lossy(fields.next()?).into_owned();
            Some(Mount {
                id,
                parent,
                point,
                flags,
                kind,
            })
        })
        .collect()
}

/// The flags that have to be said again in a remount: who is not root cannot drop them.
fn flags(options: &str) -> MountFlags {
    let known = [
        ("ro", MountFlags::RDONLY),
        ("nosuid", MountFlags::NOSUID),
        ("nodev", MountFlags::NODEV),
        ("noexec", MountFlags::NOEXEC),
        ("noatime", MountFlags::NOATIME),
        ("nodiratime", MountFlags::NODIRATIME),
        ("relatime", MountFlags::RELATIME),
        ("nosymfollow", MountFlags::NOSYMFOLLOW),
    ];
    let found = known
        .iter()
        .filter(|(word, _)| options.split(',').any(|option| option == *word))
        .fold(MountFlags::empty(), |all, (_, flag)| all | *flag);
    if found.intersects(MountFlags::NOATIME | MountFlags::RELATIME) {
        found
    } else {
        found | MountFlags::STRICTATIME
    }
}

/// Blanks and backslashes are written as three octal digits.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..3).filter(|_| *first == b'\\');
        let code = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[3..] } else { tail };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::path::{Path, PathBuf};

    use rustix::mount::MountFlags;

    use super::{Mount, flags, is_hidden, name, parse, unescape};

    #[test]
    fn mounts_are_read_with_their_flags() {
        let table = b"22 1 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw\n\
            30 22 0:5 / /mnt/a\\040b ro,nosuid,nodev,noatime - tmpfs none rw\nnonsense\n";
        let found = parse(table);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].point, Path::new("/"));
        assert_eq!(
            (found[0].flags, found[0].kind.as_str()),
            (MountFlags::RELATIME, "ext4")
        );
        assert_eq!(found[1].point, Path::new("/mnt/a b"));
        let expected =
            MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOATIME;
        assert_eq!(found[1].flags, expected);
        assert_eq!(flags("rw"), MountFlags::STRICTATIME);
    }

    #[test]
    fn escapes_are_undone_and_nothing_else() {
        let table: [(&[u8], &[u8]); 5] = [
            (b"a\\040b", b"a b"),
            (b"\\134040", b"\\040"),
            (b"a\\9", b"a\\9"),
            (b"\\", b"\\"),
            (b"\\777", b"\\777"),
        ];
        for (field, expected) in table {
            assert_eq!(unescape(field), expected);
        }
    }

    #[test]
    fn hidden_mounts_are_those_under_another() {
        let mount = |id, parent, point: &str| Mount {
            id,
            parent,
            point: PathBuf::from(point),
            flags: MountFlags::empty(),
            kind: "tmpfs".to_owned(),
        };
        let mounts = [
            mount(1, 0, "/"),
            mount(2, 1, "/a"),
            mount(3, 1, "/a/b"),
            mount(4, 2, "/a/c"),
            mount(5, 4, "/a/c"),
        ];
        let parents: HashMap<u32, u32> = mounts.iter().map(|one| (one.id, one.parent)).collect();
        let hidden: Vec<u32> = mounts
            .iter()
            .filter(|one| is_hidden(one, &mounts, &parents))
            .map(|one| one.id)
            .collect();
        assert_eq!(hidden, [3, 4]);
    }

    #[test]
    fn only_paths_of_sockets_are_taken() {
        let head = "0000000000000000: 00000002 00000000 00010000 0001 01";
        let table = [
            (format!("{head} 12345 /run/a b.sock"), Some("/run/a b.sock")),
            (format!("{head}    45 /run/x"), Some("/run/x")),
            (format!("{head} 12345 @/tmp/.X11"), None),
            (format!("{head} 12345"), None),
            (
                "Num       RefCount Protocol Flags    Type St Inode Path".to_owned(),
                None,
            ),
            (String::new(), None),
        ];
        for (line, path) in table {
            assert_eq!(name(line.as_bytes()), path.map(PathBuf::from), "{line}");
        }
    }
}
