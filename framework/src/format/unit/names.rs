//! Names that the values of settings are made of: capabilities, address families, namespaces,
//! architectures and errors. Letter case matters only where it says so.

use super::exposure::integer;

/// The capabilities of Linux, by number.
static CAPABILITIES: [&str; 41] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];

/// The number of a capability, written as `CAP_KILL` in letters of any case or as a number.
pub(super) fn capability(text: &str) -> Option<u32> {
    if let Some(number) = integer(text).filter(|number| i32::try_from(*number).is_ok()) {
        return u32::try_from(number).ok().filter(|number| *number < 64);
    }
    let name = strip_prefix_of_any_case(text, "CAP_")?;
    let number = CAPABILITIES
        .iter()
        .position(|capability| capability.eq_ignore_ascii_case(name))?;
    u32::try_from(number).ok()
}

/// The bits of capabilities, for tables.
pub(super) const fn capabilities(names: &[&str]) -> u64 {
    let mut bits = 0;
    let mut index = 0;
    while index < names.len() {
        let mut number = 0;
        // An unknown name runs past the end, which the compiler tells.
        while !is_equal(CAPABILITIES[number], names[index]) {
            number += 1;
        }
        bits |= 1 << number;
        index += 1;
    }
    bits
}

/// The bit of a namespace, for tables.
pub(super) const fn namespace(name: &str) -> u8 {
    let mut number = 0;
    while !is_equal(NAMESPACES[number], name) {
        number += 1;
    }
    1 << number
}

/// `==` for tables, which are made before the program runs.
const fn is_equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

/// The address families of Linux with their numbers; several names can mean one.
static FAMILIES: [(&str, u32); 48] = [
    ("FILE", 1),
    ("LOCAL", 1),
    ("UNIX", 1),
    ("INET", 2),
    ("AX25", 3),
    ("IPX", 4),
    ("APPLETALK", 5),
    ("NETROM", 6),
    ("BRIDGE", 7),
    ("ATMPVC", 8),
    ("X25", 9),
    ("INET6", 10),
    ("ROSE", 11),
    ("DECnet", 12),
    ("NETBEUI", 13),
    ("SECURITY", 14),
    ("KEY", 15),
    ("NETLINK", 16),
    ("ROUTE", 16),
    ("PACKET", 17),
    ("ASH", 18),
    ("ECONET", 19),
    ("ATMSVC", 20),
    ("RDS", 21),
    ("SNA", 22),
    ("IRDA", 23),
    ("PPPOX", 24),
    ("WANPIPE", 25),
    ("LLC", 26),
    ("IB", 27),
    ("MPLS", 28),
    ("CAN", 29),
    ("TIPC", 30),
    ("BLUETOOTH", 31),
    ("IUCV", 32),
    ("RXRPC", 33),
    ("ISDN", 34),
    ("PHONET", 35),
    ("IEEE802154", 36),
    ("CAIF", 37),
    ("ALG", 38),
    ("NFC", 39),
    ("VSOCK", 40),
    ("KCM", 41),
    ("QIPCRTR", 42),
    ("SMC", 43),
    ("XDP", 44),
    ("MCTP", 45),
];

/// The number of an address family, written as `AF_INET` in letters of any case.
pub(super) fn family(text: &str) -> Option<u32> {
    let name = strip_prefix_of_any_case(text, "AF_")?;
    FAMILIES
        .iter()
        .find(|(family, _)| family.eq_ignore_ascii_case(name))
        .map(|(_, number)| *number)
}

/// The kinds of namespaces that can be restricted; the bit of each is its place here.
pub(super) static NAMESPACES: [&str; 8] =
    ["cgroup", "ipc", "net", "mnt", "pid", "user", "uts", "time"];

/// The architectures of `SystemCallArchitectures=`.
pub(super) static ARCHITECTURES: [&str; 20] = [
    "native",
    "x86",
    "x86-64",
    "x32",
    "arm",
    "arm64",
    "mips",
    "mips64",
    "mips64-n32",
    "mips-le",
    "mips64-le",
    "mips64-le-n32",
    "parisc",
    "parisc64",
    "ppc",
    "ppc64",
    "ppc64-le",
    "riscv64",
    "s390",
    "s390x",
];

/// The names of errors on Linux.
static ERRORS: &str = "\
    E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EADV EAFNOSUPPORT EAGAIN EALREADY EBADE EBADF EBADFD \
    EBADMSG EBADR EBADRQC EBADSLT EBFONT EBUSY ECANCELED ECHILD ECHRNG ECOMM ECONNABORTED \
    ECONNREFUSED ECONNRESET EDEADLK EDEADLOCK EDESTADDRREQ EDOM EDOTDOT EDQUOT EEXIST EFAULT \
    EFBIG EHOSTDOWN EHOSTUNREACH EHWPOISON EIDRM EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN \
    EISDIR EISNAM EKEYEXPIRED EKEYREJECTED EKEYREVOKED EL2HLT EL2NSYNC EL3HLT EL3RST ELIBACC \
    ELIBBAD ELIBEXEC ELIBMAX ELIBSCN ELNRNG ELOOP EMEDIUMTYPE EMFILE EMLINK EMSGSIZE EMULTIHOP \
    ENAMETOOLONG ENAVAIL ENETDOWN ENETRESET ENETUNREACH ENFILE ENOANO ENOBUFS ENOCSI ENODATA \
    ENODEV ENOENT ENOEXEC ENOKEY ENOLCK ENOLINK ENOMEDIUM ENOMEM ENOMSG ENONET ENOPKG \
    ENOPROTOOPT ENOSPC ENOSR ENOSTR ENOSYS ENOTBLK ENOTCONN ENOTDIR ENOTEMPTY ENOTNAM \
    ENOTRECOVERABLE ENOTSOCK ENOTSUP ENOTTY ENOTUNIQ ENXIO EOPNOTSUPP EOVERFLOW EOWNERDEAD EPERM \
    EPFNOSUPPORT EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EREMCHG EREMOTE EREMOTEIO \
    ERESTART ERFKILL EROFS ESHUTDOWN ESOCKTNOSUPPORT ESPIPE ESRCH ESRMNT ESTALE ESTRPIPE ETIME \
    ETIMEDOUT ETOOMANYREFS ETXTBSY EUCLEAN EUNATCH EUSERS EWOULDBLOCK EXDEV EXFULL";

/// The names of errors on Linux.
pub(super) fn errors() -> impl Iterator<Item = &'static str> {
    ERRORS.split(' ')
}

/// Whether a text names an error for `SystemCallFilter=`: a name in letters of any case, a number
/// below 4096, or `kill`.
pub(super) fn is_error(text: &str) -> bool {
    text == "kill"
        || integer(text).is_some_and(|number| (0..4096).contains(&number))
        || errors().any(|name| name.eq_ignore_ascii_case(text))
}

fn strip_prefix_of_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::{capabilities, capability, family, is_error, namespace};

    #[test]
    fn names_are_found_in_any_case_and_by_number() {
        for (text, number) in [
            ("CAP_SYS_ADMIN", Some(21)),
            ("cap_bpf", Some(39)),
            ("0x15", Some(21)),
            ("63", Some(63)),
            ("64", None),
            ("-1", None),
            ("SYS_ADMIN", None),
            ("CAP_NOPE", None),
            ("ü", None),
        ] {
            assert_eq!(capability(text), number, "{text}");
        }
        assert_eq!(capabilities(&["CHOWN", "SYS_ADMIN"]), 1 | 1 << 21);
        assert_eq!(namespace("ipc"), 2);
        assert_eq!(family("AF_INET"), Some(2));
        assert_eq!(family("af_route"), Some(16));
        assert_eq!(family("AF_UNSPEC"), None);
        assert_eq!(family("2"), None);
        for text in ["EPERM", "eperm", "EHWPOISON", "kill", "0", "4095", "0x1"] {
            assert!(is_error(text), "{text}");
        }
        for text in ["", "KILL", "-1", "4096", "EPERMIT"] {
            assert!(!is_error(text), "{text}");
        }
    }
}
