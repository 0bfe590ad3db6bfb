//! Private keys of every form, in every file they are copied into; and what only looks like one.

use crate::secret::{Alphabet, Numbers, find, mask_text};

/// A block of lines with the label of a private key.
fn armour(label: &str, headers: &str, body: &str) -> String {
    let end = if label == "PGP " { " BLOCK" } else { "" };
    let label = format!("{label}PRIVATE {}{end}", "KEY");
    format!("-----BEGIN {label}-----\n{headers}{body}-----END {label}-----\n")
}

/// Lines of base64 that a machine made up.
fn lines(seed: u64, count: usize) -> String {
    let mut numbers = Numbers::new(seed);
    let line = |_| String::from_utf8(numbers.text(Alphabet::Base64, 64)).unwrap() + "\n";
    (0..count).map(line).collect()
}

#[test]
fn private_keys_of_every_label_are_found_wherever_they_stand() {
    let dek = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0F1E2D3C4B5A69788796A5B4C3D2E1F0\n\n";
    for (label, headers, count) in [
        ("", "", 26),
        ("", "", 1),
        ("RSA ", "", 25),
        ("RSA ", dek, 25),
        ("EC ", "", 3),
        ("DSA ", "", 8),
        ("OPENSSH ", "", 6),
        ("ENCRYPTED ", "", 27),
        ("PGP ", "Version: GnuPG v2\nComment: the key of a\n\n", 40),
        ("ENCRYPTED SIGSTORE ", "", 9),
        ("ANY ", "", 4),
    ] {
        let text = armour(
            label,
            headers,
            &lines(count, usize::try_from(count).unwrap()),
        );
        let body = text
            .lines()
            .nth(text.lines().count() - 2)
            .unwrap()
            .to_owned();
        let prefixed =
            |prefix: &str| format!("a\n{prefix}{}", text.replace('\n', &format!("\n{prefix}")));
        for text in [
            text.clone(),
            text.replace('\n', "\\n"),
            text.replace('\n', "\\r\\n"),
            text.replace('\n', "\\\\n"),
            text.replace('\n', "\r\n"),
            text.replace('\n', "&#10;"),
            prefixed("        "),
            prefixed("> "),
            prefixed("// "),
            prefixed("# "),
            prefixed("  * "),
            prefixed("+"),
            format!("key: |\n  {}\nport: 1\n", text.replace('\n', "\n  ")),
            format!(
                "{{\"private_key\": \"{}\", \"port\": 1}}",
                text.replace('\n', "\\n")
            ),
            format!("<string>{text}</string>"),
            format!("KEY=\"{text}\""),
            format!("[\n\"{}\"\n]", text.trim_end().replace('\n', "\",\n\"")),
            format!(
                "k = \"{}\"",
                text.trim_end().replace('\n', "\\n\" +\n    \"")
            ),
        ] {
            let found = find(text.as_bytes());
            let codes: Vec<_> = found.iter().map(|found| found.rule.rule.code).collect();
            assert_eq!(codes, ["SE001"], "{text}");
            assert!(!mask_text(&text).contains(&body[8..24]), "{text}");
        }
        if headers.is_empty() {
            let joined = text.replace('\n', "").replace("-----M", "----- M");
            assert_eq!(find(joined.as_bytes()).len(), 1, "{joined}");
            let spaced = text.replace('\n', " ");
            assert_eq!(find(spaced.as_bytes()).len(), 1, "{spaced}");
        }
    }
    let ssh2 = armour("SSH2 ENCRYPTED ", "Comment: \"a key\"\n", &lines(5, 9))
        .replace("-----BEGIN", "---- BEGIN")
        .replace("KEY-----", "KEY ----")
        .replace("-----END", "---- END");
    assert_eq!(find(ssh2.as_bytes()).len(), 1, "{ssh2}");
    // A header whose key has been cut off is not shown, either.
    let cut = format!(
        "-----BEGIN {} KEY-----\nMIIE{}",
        "PRIVATE",
        &lines(1, 1)[..20]
    );
    assert!(!mask_text(&cut).contains("MIIE"));
}

#[test]
fn public_keys_certificates_and_elided_keys_are_not_secrets() {
    let (line, body) = (lines(1, 1), lines(2, 12));
    let private = ["PRIVATE", "KEY"].join(" ");
    for (label, body) in [
        ("PUBLIC KEY", body.as_str()),
        ("RSA PUBLIC KEY", &body),
        ("CERTIFICATE", &body),
        ("CERTIFICATE REQUEST", &body),
        ("PGP PUBLIC KEY BLOCK", &body),
        ("PGP MESSAGE", &body),
        (&private, "..."),
        (&private, "\\n...\\n"),
        (&private, ""),
        (&private, "<your key>"),
        (&private, "${KEY}"),
        (&private, "MIIE..."),
        (&private, &format!("{line}...\n{line}")),
        (&private, &format!("{line}[snip]\n")),
        (&private, &format!("EXAMPLE{body}")),
        (&private, &format!("\0{body}")),
        (
            &private,
            "YOUR_PRIVATE_KEY_CONTENT_GOES_HERE_AND_NOWHERE_ELSE_IN_THE_FILE",
        ),
        (
            &private,
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ),
    ] {
        let text = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
        assert!(find(text.as_bytes()).is_empty(), "{text}");
    }
    // A program that looks for the label is none, whatever stands behind it.
    let code = format!(
        "if text.startswith('-----BEGIN {private}-----'):\n{}    digest = '{}'\n",
        "    # what it does with such a text\n".repeat(20),
        "9f86d081884c7d659a2feaa0c55ad015".repeat(2)
    );
    assert!(
        find(code.as_bytes()).is_empty(),
        "{:?}",
        find(code.as_bytes())
    );
}

/// A sequence of DER with a length in two bytes, filled up to it with what a machine made up.
fn der(start: &[u8], length: u16) -> Vec<u8> {
    let [high, low] = length.to_be_bytes();
    let mut bytes = [&[0x30, 0x82, high, low], start].concat();
    let mut numbers = Numbers::new(u64::from(length));
    while bytes.len() < usize::from(length) + 4 {
        bytes.push(u8::try_from(numbers.below(256)).unwrap());
    }
    bytes
}

#[test]
fn keys_in_der_and_json_are_found_without_lines_around_them() {
    const OID: [u8; 10] = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 0];
    let algorithm = |arc: u8| {
        let mut start = vec![0x30, 13];
        start.extend_from_slice(&OID[..9]);
        start.extend([arc, 1]);
        start
    };
    let encode = |der: &[u8]| crate::secret::sample::encode_base64(der);
    let secret = [
        der(&[2, 1, 0, 2, 0x82, 1, 1, 0], 1188),
        der(&[&[2, 1, 0][..], &algorithm(1)].concat(), 1213),
        der(&[2, 1, 1, 4, 0x30], 320),
        der(
            &[&[2, 1, 3, 0x30, 0x82, 9, 1][..], &algorithm(7)[2..]].concat(),
            2600,
        ),
        der(&algorithm(5), 1300),
    ];
    for key in secret {
        let text = encode(&key);
        let wrapped: Vec<&str> = text
            .as_bytes()
            .chunks(76)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        for text in [
            format!("DATA={text}\n"),
            format!("{{\"data\": \"{text}\"}}"),
            format!("data: |\n  {}\n", wrapped.join("\n  ")),
        ] {
            let found = find(text.as_bytes());
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].rule.rule.code, "SE031", "{text}");
            assert!(!mask_text(&text).contains(&wrapped[3][8..20]), "{text}");
        }
        // Most of it is left out.
        let cut = format!("DATA={}\n", &text[..160]);
        assert!(find(cut.as_bytes()).is_empty(), "{cut}");
    }
    for public in [
        der(&[0x30, 0x82, 3, 1, 0xA0, 3, 2, 1, 2], 1000),
        der(&algorithm(1), 290),
    ] {
        for text in [
            format!("DATA={}\n", encode(&public)),
            format!("{{\"data\": \"{}\"}}", encode(&public)),
        ] {
            assert!(find(text.as_bytes()).is_empty(), "{text}");
        }
    }
    let mut numbers = Numbers::new(7);
    let mut text = || String::from_utf8(numbers.text(Alphabet::Word, 43)).unwrap();
    let private = format!(
        "{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{}\",\"y\":\"{}\",\"d\":\"{}\"}}",
        text(),
        text(),
        text()
    );
    let symmetric = format!("{{\n  \"kty\": \"oct\",\n  \"k\": \"{}\"\n}}", text());
    for key in [
        private.clone(),
        symmetric,
        format!("{{\"keys\":[{private}]}}"),
        private.replace('"', "\\\""),
    ] {
        let found = find(key.as_bytes());
        assert_eq!(found.len(), 1, "{key}");
        assert_eq!(found[0].rule.rule.code, "SE076", "{key}");
    }
    let public = format!(
        "{{\"keys\":[{{\"kty\":\"EC\",\"use\":\"sig\",\"kid\":\"d\",\"x\":\"{}\",\"y\":\"{}\"}}]}}",
        text(),
        text()
    );
    assert!(find(public.as_bytes()).is_empty(), "{public}");
}

#[test]
fn putty_keys_are_found_in_other_files() {
    for (version, derivation) in [
        (2, ""),
        (3, "Key-Derivation: Argon2id\nArgon2-Memory: 8192\n"),
    ] {
        let key = format!(
            "PuTTY-User-Key-File-{version}: ssh-rsa\nEncryption: none\nComment: a\nPublic-Lines: 4\n{}{derivation}Private-Lines: 8\n{}Private-MAC: {}\n",
            lines(3, 4),
            lines(4, 8),
            "9f86d081".repeat(5)
        );
        for text in [
            key.clone(),
            key.replace('\n', "\r\n"),
            key.replace('\n', "\\r\\n"),
            format!("key: |\n      {}", key.replace('\n', "\n      ")),
            key.replace('\n', "\n# "),
        ] {
            let found = find(text.as_bytes());
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].rule.rule.code, "SE030");
            let last = lines(4, 8);
            assert!(
                !mask_text(&text).contains(&last[7 * 65..7 * 65 + 20]),
                "{text}"
            );
        }
    }
}
