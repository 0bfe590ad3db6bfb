#!/usr/bin/env bash
# Runs every harness of a suite (CATEGORY/NAME.sh beside this framework's folder) in order, each in
# its own workspace folder, and exits 0 if all passed, 1 if one failed, 2 if there was none.
set -u

suite=$(cd "$(dirname "$0")/.." && pwd) || exit 2
workspaces=$(mktemp -d) || exit 2
trap 'rm -rf -- "$workspaces"' EXIT

passed=0
failed=0
for harness in "$suite"/*/*.sh; do
    name=${harness#"$suite/"}
    name=${name%.sh}
    case $name in
        framework/* | '*/*') continue ;;
    esac
    printf '%s\n' "$name"
    # A workspace of its own for each harness: a shared one lets a harness pass on the files that
    # an earlier one left.
    if TEST_WORKSPACE="$workspaces/$name" bash "$harness"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done

printf 'Harnesses: %d passed, %d failed\n' "$passed" "$failed"
if [ "$failed" -gt 0 ]; then
    exit 1
fi
if [ "$passed" -eq 0 ]; then
    exit 2
fi
exit 0
