# shellcheck shell=bash
# The assertion half of a repaired bash harness framework, kept as what clawtest is compared with.
# It does what such frameworks do, one grep per question, and nothing cleverer: a faster framework
# would be another thing than the one that people have.

ASSERTIONS_PASSED=0
ASSERTIONS_FAILED=0

# One regular expression for each kind of credential that operators of a gateway hold. Each is a
# grep of its own, as in the frameworks that grew one pattern at a time.
SECRET_PATTERNS=(
    'sk-[A-Za-z0-9_-]{20,}'
    'gh[pousr]_[A-Za-z0-9]{36}'
    'AKIA[0-9A-Z]{16}'
    'xox[abprs]-[A-Za-z0-9-]{10,}'
    'AIza[0-9A-Za-z_-]{35}'
    '[0-9]{8,10}:AA[A-Za-z0-9_-]{33}'
    '-----BEGIN [A-Z ]*PRIVATE KEY-----'
)

pass() {
    ASSERTIONS_PASSED=$((ASSERTIONS_PASSED + 1))
    printf '  PASS: %s\n' "$1"
}

fail() {
    ASSERTIONS_FAILED=$((ASSERTIONS_FAILED + 1))
    printf '  FAIL: %s\n' "$1"
}

# setup_test_workspace FOLDER: leaves an empty workspace at FOLDER, whatever was there before.
setup_test_workspace() {
    local folder=${1:?setup_test_workspace needs a folder}
    rm -rf -- "$folder"
    mkdir -p -- "$folder/memory"
}

# assert_file_contains FILE TEXT MESSAGE
assert_file_contains() {
    # Without "--" a text that starts with a dash would be read as an option.
    if grep -q -- "$2" "$1"; then
        pass "$3"
    else
        fail "$3"
    fi
}

# assert_no_secrets FILE MESSAGE
assert_no_secrets() {
    local pattern status
    for pattern in "${SECRET_PATTERNS[@]}"; do
        grep -qE -- "$pattern" "$1"
        status=$?
        # Only 1 means "no match"; 0 is a secret, and 2 is a file that could not be read, which
        # must not count as clean.
        if [ "$status" -ne 1 ]; then
            fail "$2"
            return
        fi
    done
    pass "$2"
}

# print_results ends the harness: its exit status is what the runner counts.
print_results() {
    printf '  %d passed, %d failed\n' "$ASSERTIONS_PASSED" "$ASSERTIONS_FAILED"
    # A harness that asserted nothing has shown nothing.
    if [ "$ASSERTIONS_FAILED" -gt 0 ] || [ "$ASSERTIONS_PASSED" -eq 0 ]; then
        exit 1
    fi
    exit 0
}
