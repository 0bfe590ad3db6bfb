#!/usr/bin/env bash
# Compares clawtest with a bash framework, bats, pytest and a bare loop of system calls, as whole
# processes on the same suite. README.md beside this script says how to read the tables.
set -euo pipefail

usage() {
    cat << 'USAGE'
usage: benches/compare.sh [options]

  --n N             harnesses in the compared suite (100)
  --large N         harnesses in the large suite, clawtest only (10000)
  --runs R          timed runs of every row (chosen by how slow the row is)
  --clawtest PATH   the binary to measure (target/release/clawtest, built if missing)
  --only LIST       of clawtest,bash,bats,pytest,bare (all of them)
  --threads T       threads of the bare loop (one for each core)
  --service KIND    short: the lines that the pattern's harness writes (the default);
                    whole: the service file that the pattern deploys
  --aim NAME=NUMBER what a line of the summary is held against; may be given again
  --json FILE       write every sample to FILE as well
USAGE
}

fail() {
    printf 'compare.sh: %s\n' "$1" >&2
    exit 2
}

benches=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(dirname "$benches")

n=100
large=10000
clawtest=
only=clawtest,bash,bats,pytest,bare
measure=()
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            usage
            exit 0
            ;;
    esac
    [ $# -ge 2 ] || fail "$1 is not an option, or has no value (see --help)"
    case $1 in
        --n) n=$2 ;;
        --large) large=$2 ;;
        --clawtest) clawtest=$2 ;;
        --only) only=$2 ;;
        --runs | --threads)
            [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1 wants a whole number above 0, found $2"
            measure+=("$1" "$2")
            ;;
        --service | --aim | --json) measure+=("$1" "$2") ;;
        *) fail "unknown option $1 (see --help)" ;;
    esac
    shift 2
done

# The suite that shows failures breaks the second of three harnesses; the compared one needs only
# to be a number.
for number in "$n" "$large"; do
    [[ $number =~ ^[1-9][0-9]*$ ]] || fail "a suite's size is a whole number above 0, found $number"
done
IFS=, read -r -a names <<< "$only"
[ "${#names[@]}" -gt 0 ] || fail "--only names no runner"
for name in "${names[@]}"; do
    case $name in
        clawtest | bash | bats | pytest | bare) ;;
        *) fail "--only: unknown runner $name (clawtest, bash, bats, pytest, bare)" ;;
    esac
done

command -v python3 > /dev/null || fail "python3 is needed to measure"
command -v rustc > /dev/null || fail "rustc is needed to compile the bare loop"
# What stands in PATH may be a version manager's launcher, which takes longer than Python itself.
python=$(python3 -c 'import sys; print(sys.executable)')

case ",$only," in
    *,clawtest,*)
        if [ -z "$clawtest" ]; then
            clawtest=$repository/target/release/clawtest
            if [ ! -x "$clawtest" ]; then
                (cd "$repository" && cargo build --release) >&2
            fi
        fi
        [ -x "$clawtest" ] || fail "$clawtest is not there, or is no program"
        clawtest=$(cd "$(dirname "$clawtest")" && pwd)/$(basename "$clawtest")
        measure+=(--clawtest "$clawtest")
        ;;
esac

# Everything, the runners' own temporary files too, goes below these folders, so that nothing is
# left behind however the comparison ends.
folder=$(mktemp -d)
tmpfs=
trap 'rm -rf -- "$folder" ${tmpfs:+"$tmpfs"}' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if [ -d /dev/shm ] && [ -w /dev/shm ]; then
    tmpfs=$(mktemp -d /dev/shm/clawtest-compare.XXXXXX)
    measure+=(--tmpfs "$tmpfs")
fi

rustc --edition 2024 -O -o "$folder/bare_loop" "$benches/bare_loop.rs"

# No bytecode is left beside the scripts in the repository. pytest's own is not concerned: the
# option is for this interpreter and not for those that it starts.
"$python" -B "$benches/measure.py" --folder "$folder" --bare-loop "$folder/bare_loop" \
    --only "$only" --n "$n" --large "$large" ${measure[@]+"${measure[@]}"}
