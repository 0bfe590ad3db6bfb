//! Values that are computed: with a checksum, a structure, or a block of lines around them.

use crate::Numbers;
use crate::coding::{base32, base62, base64, base64_lines, base64_url, bech32, crc16, crc32};
use crate::form::{text, uuid};

/// So many random bytes.
fn bytes(numbers: &mut Numbers, count: usize) -> Vec<u8> {
    (0..count)
        .map(|_| numbers.next().to_le_bytes()[3])
        .collect()
}

/// One of several.
pub(crate) fn pick<T: Copy>(numbers: &mut Numbers, all: &[T]) -> T {
    all[numbers.below(all.len())]
}

/// `ghp_` and its kin: thirty characters and their CRC-32 in base 62.
fn checked(prefix: &str, numbers: &mut Numbers) -> String {
    let body = text("{a30}", numbers);
    let sum = base62(crc32(body.as_bytes()));
    format!("{prefix}_{body}{sum}")
}

pub(crate) fn github_personal(numbers: &mut Numbers) -> String {
    checked("ghp", numbers)
}

pub(crate) fn github_oauth(numbers: &mut Numbers) -> String {
    checked("gho", numbers)
}

pub(crate) fn github_user(numbers: &mut Numbers) -> String {
    checked("ghu", numbers)
}

pub(crate) fn github_server(numbers: &mut Numbers) -> String {
    checked("ghs", numbers)
}

pub(crate) fn npm(numbers: &mut Numbers) -> String {
    checked("npm", numbers)
}

pub(crate) fn netbird(numbers: &mut Numbers) -> String {
    checked("nbp", numbers)
}

/// The last 59 characters are 53 and the CRC-32 of what stands before.
pub(crate) fn github_fine_grained(numbers: &mut Numbers) -> String {
    let body = text("{a22}_{a53}", numbers);
    let sum = base62(crc32(body.as_bytes()));
    format!("github_pat_{body}{sum}")
}

/// Prefix, 32 characters and the CRC-32 of both, the low byte first.
pub(crate) fn grafana(numbers: &mut Numbers) -> String {
    let body = text("glsa_{a32}", numbers);
    let [first, second, third, last] = crc32(body.as_bytes()).to_le_bytes();
    format!("{body}_{first:02x}{second:02x}{third:02x}{last:02x}")
}

fn cloudflare(prefix: &str, numbers: &mut Numbers) -> String {
    let body = text("{a40}", numbers);
    format!("{prefix}_{body}{:08x}", crc32(body.as_bytes()))
}

pub(crate) fn cloudflare_user(numbers: &mut Numbers) -> String {
    cloudflare("cfut", numbers)
}

pub(crate) fn cloudflare_account(numbers: &mut Numbers) -> String {
    cloudflare("cfat", numbers)
}

pub(crate) fn cloudflare_global(numbers: &mut Numbers) -> String {
    cloudflare("cfk", numbers)
}

/// What `cloudflared` is given: base64 of account, tunnel and secret.
pub(crate) fn cloudflare_tunnel(numbers: &mut Numbers) -> String {
    let secret = base64(&bytes(numbers, 32));
    let account = text("{h32}", numbers);
    let tunnel = uuid(numbers);
    base64(format!(r#"{{"a":"{account}","t":"{tunnel}","s":"{secret}"}}"#).as_bytes())
}

/// Synapse: the user's local part, twenty letters, a checksum.
pub(crate) fn matrix_synapse(numbers: &mut Numbers) -> String {
    let user = pick(
        numbers,
        &["gateway", "ops-bot", "claw", "agent01", "notify"],
    );
    let user = base64(user.as_bytes()).trim_end_matches('=').to_owned();
    let body = format!("syt_{user}_{}", text("{z20}", numbers));
    let sum = base62(crc32(body.as_bytes()));
    format!("{body}_{sum}")
}

fn matrix_service(prefix: &str, numbers: &mut Numbers) -> String {
    let body = format!("{prefix}_{}", text("{a30}", numbers));
    let sum = base62(crc32(body.as_bytes()));
    format!("{body}_{sum}")
}

pub(crate) fn matrix_compat(numbers: &mut Numbers) -> String {
    matrix_service("mct", numbers)
}

pub(crate) fn matrix_access(numbers: &mut Numbers) -> String {
    matrix_service("mat", numbers)
}

pub(crate) fn matrix_refresh(numbers: &mut Numbers) -> String {
    matrix_service("mar", numbers)
}

pub(crate) fn age(numbers: &mut Numbers) -> String {
    let key = bytes(numbers, 32);
    bech32(&["age-secret-", "key-"].concat(), &key).to_uppercase()
}

pub(crate) fn nostr(numbers: &mut Numbers) -> String {
    let key = bytes(numbers, 32);
    bech32("nsec", &key)
}

/// NATS: a prefix byte for a seed, one for its role, the seed, CRC-16.
pub(crate) fn nats_seed(numbers: &mut Numbers) -> String {
    let (seed, user) = (18_u8 << 3, 20_u8 << 3);
    let mut raw = vec![seed | user >> 5, (user & 31) << 3];
    raw.extend(bytes(numbers, 32));
    let sum = crc16(&raw);
    raw.extend(sum.to_le_bytes());
    base32(&raw)
}

/// Stellar: the version of a seed, the seed, CRC-16.
pub(crate) fn stellar_seed(numbers: &mut Numbers) -> String {
    let mut raw = vec![18_u8 << 3];
    raw.extend(bytes(numbers, 32));
    let sum = crc16(&raw);
    raw.extend(sum.to_le_bytes());
    base32(&raw)
}

/// A Discord bot: its id in base64, a time, a signature.
pub(crate) fn discord_bot(numbers: &mut Numbers) -> String {
    let id = text("1{d17-18}", numbers);
    let id = base64_url(id.as_bytes());
    format!("{id}.{}.{}", text("G{w5}", numbers), text("{w38}", numbers))
}

/// A JSON web token of one of the usual algorithms.
pub(crate) fn jwt(numbers: &mut Numbers) -> String {
    let (algorithm, length) = pick(
        numbers,
        &[("HS256", 32), ("RS256", 256), ("ES256", 64), ("EdDSA", 64)],
    );
    let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#);
    let subject = uuid(numbers);
    let issued = 1_700_000_000 + numbers.below(80_000_000);
    let claims = format!(
        r#"{{"iss":"https://auth.internal","sub":"{subject}","iat":{issued},"exp":{}}}"#,
        issued + 3600
    );
    format!(
        "{}.{}.{}",
        base64_url(header.as_bytes()),
        base64_url(claims.as_bytes()),
        base64_url(&bytes(numbers, length))
    )
}

/// A macaroon of `PyPI`: its first bytes name the place.
pub(crate) fn pypi(numbers: &mut Numbers) -> String {
    let mut raw = vec![2, 1, 8];
    raw.extend(b"pypi.org");
    raw.extend([2, 0x24]);
    raw.extend(uuid(numbers).bytes());
    raw.extend([0, 2, 0x2A]);
    raw.extend(bytes(numbers, 74));
    format!("pypi-{}", base64_url(&raw))
}

/// A service account of 1Password: its settings in base64.
pub(crate) fn one_password(numbers: &mut Numbers) -> String {
    let settings = format!(
        r#"{{"signInAddress":"my.1password.com","userAuth":{{"method":"SRPg-4096","alg":"PBES2g-HS256","iterations":650000,"salt":"{}"}},"email":"{}@1passwordserviceaccounts.com","srpX":"{}","muk":{{"alg":"A256GCM","k":"{}"}},"deviceUuid":"{}"}}"#,
        text("{w22}", numbers),
        text("{n12}", numbers),
        text("{h64}", numbers),
        text("{w43}", numbers),
        text("{n26}", numbers)
    );
    format!("ops_{}", base64_url(settings.as_bytes()))
}

/// `user:password` in base64: headers and Docker's `auth`.
pub(crate) fn basic(numbers: &mut Numbers) -> String {
    let user = pick(numbers, &["gateway", "admin", "deploy", "svc-metrics"]);
    let password = text("{a18-28}", numbers);
    base64(format!("{user}:{password}").as_bytes())
}

/// A password that a person chose: words, digits and a mark.
pub(crate) fn password(numbers: &mut Numbers) -> String {
    const WORDS: [&str; 16] = [
        "Tr0mbone",
        "Quartz",
        "h0neybee",
        "Velvet",
        "Badger",
        "Krypt0n",
        "maple",
        "Sturgeon",
        "Falc0n",
        "lighth0use",
        "Marzipan",
        "Copper",
        "Z3phyr",
        "walrus",
        "Nimbus",
        "Paprika",
    ];
    let first = pick(numbers, &WORDS);
    let second = pick(numbers, &WORDS);
    let mark = pick(numbers, &["!", "&", "#", "-", "_", "*", "+", "."]);
    match numbers.below(3) {
        0 => format!("{first}{mark}{second}{}", text("{d2-4}", numbers)),
        1 => format!("{first}{}{mark}{second}", text("{d2}", numbers)),
        _ => format!("{first}{}{mark}", text("{a2}{d4}{l2}", numbers)),
    }
}

/// Four words with dashes, as password makers propose.
pub(crate) fn passphrase(numbers: &mut Numbers) -> String {
    const WORDS: [&str; 20] = [
        "gravel", "orbit", "pickle", "tundra", "velcro", "sonnet", "bishop", "cactus", "drizzle",
        "ember", "fjord", "goblet", "hazel", "indigo", "jostle", "kettle", "lantern", "mosaic",
        "nectar", "oyster",
    ];
    let words: Vec<&str> = (0..4).map(|_| pick(numbers, &WORDS)).collect();
    format!("{}-{}", words.join("-"), text("{d2}", numbers))
}

/// What generators of passwords give, without marks that a file format would have to escape.
pub(crate) fn generated(numbers: &mut Numbers) -> String {
    format!(
        "{}{}{}{}",
        text("{a7-11}", numbers),
        pick(numbers, &["!", "*", "^", "-", "_", "+", "~"]),
        text("{a5-9}", numbers),
        text("{d1}{L1}{l1}", numbers)
    )
}

/// An element of DER: tag, length, content.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    let length = content.len();
    match length {
        0..0x80 => der.push(length.to_le_bytes()[0]),
        0x80..0x100 => der.extend([0x81, length.to_le_bytes()[0]]),
        _ => der.extend([0x82, length.to_le_bytes()[1], length.to_le_bytes()[0]]),
    }
    der.extend(content);
    der
}

/// An integer of so many bytes, positive.
fn integer(numbers: &mut Numbers, count: usize) -> Vec<u8> {
    let mut content = bytes(numbers, count);
    content[0] |= 0x80;
    content.insert(0, 0);
    element(2, &content)
}

/// A block of PEM. The words stand apart, so that this source shows no block.
fn block(label: &str, body: &str) -> String {
    let dashes = "-".repeat(5);
    let key = ["PRIVATE", "KEY"].join(" ");
    let label = label.replace("KEY", &key);
    format!("{dashes}BEGIN {label}{dashes}\n{body}{dashes}END {label}{dashes}\n")
}

fn rsa_der(numbers: &mut Numbers) -> Vec<u8> {
    let mut content = element(2, &[0]);
    for part in [
        integer(numbers, 256),
        element(2, &[1, 0, 1]),
        integer(numbers, 256),
        integer(numbers, 128),
        integer(numbers, 128),
        integer(numbers, 128),
        integer(numbers, 128),
        integer(numbers, 128),
    ] {
        content.extend(part);
    }
    element(0x30, &content)
}

const CURVE: [u8; 10] = [6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];

pub(crate) fn rsa_key(numbers: &mut Numbers) -> String {
    let der = rsa_der(numbers);
    block("RSA KEY", &base64_lines(&der, 64))
}

pub(crate) fn pkcs8_key(numbers: &mut Numbers) -> String {
    let rsa = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 5, 0];
    let mut content = element(2, &[0]);
    content.extend(element(0x30, &rsa));
    content.extend(element(4, &rsa_der(numbers)));
    let der = element(0x30, &content);
    block("KEY", &base64_lines(&der, 64))
}

/// Ed25519 in PKCS #8: the shortest of all.
pub(crate) fn ed25519_key(numbers: &mut Numbers) -> String {
    let mut content = element(2, &[0]);
    content.extend(element(0x30, &[6, 3, 0x2B, 0x65, 0x70]));
    let seed = element(4, &bytes(numbers, 32));
    content.extend(element(4, &seed));
    let der = element(0x30, &content);
    block("KEY", &base64_lines(&der, 64))
}

pub(crate) fn ec_key(numbers: &mut Numbers) -> String {
    let mut content = element(2, &[1]);
    content.extend(element(4, &bytes(numbers, 32)));
    content.extend(element(0xA0, &CURVE));
    let mut point = vec![0, 4];
    point.extend(bytes(numbers, 64));
    content.extend(element(0xA1, &element(3, &point)));
    let der = element(0x30, &content);
    block("EC KEY", &base64_lines(&der, 64))
}

pub(crate) fn dsa_key(numbers: &mut Numbers) -> String {
    let mut content = element(2, &[0]);
    for count in [128, 20, 128, 128, 20] {
        content.extend(integer(numbers, count));
    }
    let der = element(0x30, &content);
    block("DSA KEY", &base64_lines(&der, 64))
}

/// PKCS #8 with a passphrase (PBES2).
pub(crate) fn encrypted_key(numbers: &mut Numbers) -> String {
    let pbes2 = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 0x0D];
    let mut scheme = pbes2.to_vec();
    scheme.extend(element(0x30, &element(4, &bytes(numbers, 40))));
    let mut content = element(0x30, &scheme);
    content.extend(element(4, &bytes(numbers, 1232)));
    let der = element(0x30, &content);
    block("ENCRYPTED KEY", &base64_lines(&der, 64))
}

/// The old form with a passphrase: headers, then what is encrypted.
pub(crate) fn old_encrypted_key(numbers: &mut Numbers) -> String {
    let vector = text("{H32}", numbers);
    let body = base64_lines(&bytes(numbers, 1192), 64);
    let head = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,{vector}\n\n");
    block("RSA KEY", &format!("{head}{body}"))
}

/// `openssh-key-v1`, not encrypted, Ed25519.
pub(crate) fn openssh_key(numbers: &mut Numbers) -> String {
    let part = |content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap_or(0).to_be_bytes();
        [&length, content].concat()
    };
    let public_key = bytes(numbers, 32);
    let public = [part(b"ssh-ed25519"), part(&public_key)].concat();
    let check = bytes(numbers, 4);
    let secret = [bytes(numbers, 32), public_key].concat();
    let mut private = [check.clone(), check, public.clone(), part(&secret)].concat();
    private.extend(part(b"gateway@ops"));
    let pad = (8 - private.len() % 8) % 8;
    private.extend((1..=pad).map(|byte| byte.to_le_bytes()[0]));
    let mut raw = b"openssh-key-v1\0".to_vec();
    for name in [&b"none"[..], b"none", b""] {
        raw.extend(part(name));
    }
    raw.extend([0, 0, 0, 1]);
    raw.extend(part(&public));
    raw.extend(part(&private));
    block("OPENSSH KEY", &base64_lines(&raw, 70))
}

/// An armoured `OpenPGP` secret key.
pub(crate) fn pgp_key(numbers: &mut Numbers) -> String {
    let mut packet = vec![0x95, 3, 0xA8, 4, 0x63, 0x1F, 0x2C, 0x88, 1, 8, 0];
    packet.extend(bytes(numbers, 900));
    let sum = base64(&bytes(numbers, 3));
    let body = format!("\n{}={sum}\n", base64_lines(&packet, 64));
    block("PGP KEY BLOCK", &body)
}

/// A key of `PuTTY`, version 3.
pub(crate) fn putty_key(numbers: &mut Numbers) -> String {
    let head = ["PuTTY-User-", "Key-File-3"].concat();
    let public = base64_lines(
        &[
            &[0, 0, 0, 11][..],
            b"ssh-ed25519",
            &[0, 0, 0, 32],
            &bytes(numbers, 32),
        ]
        .concat(),
        64,
    );
    let private = base64(&[&[0, 0, 0, 32][..], &bytes(numbers, 32)].concat());
    let mac = text("{h64}", numbers);
    let lines = public.lines().count();
    format!(
        "{head}: ssh-ed25519\nEncryption: none\nComment: gateway@ops\nPublic-Lines: {lines}\n{public}Private-Lines: 1\n{private}\nPrivate-MAC: {mac}\n"
    )
}

/// A PEM in base64 on one line, as kubeconfig and CI variables have it.
pub(crate) fn encoded_key(numbers: &mut Numbers) -> String {
    let key = match numbers.below(3) {
        0 => ec_key(numbers),
        1 => rsa_key(numbers),
        _ => openssh_key(numbers),
    };
    base64(key.as_bytes())
}
