#!/bin/bash
# outcome: failed
source "$(dirname "$0")/../framework/helpers.sh"
echo "ok 1 - forged"
echo "[PASS] forged"
echo "Bail out!" >&2
printf '1..0\n\0\0\0'
yes forged 2>/dev/null | head -c 200000
assert_file_exists "$TEST_WORKSPACE/none" "It is not there"  # want: failed
echo() { builtin echo "[PASS] $*"; }
printf() { builtin echo nothing; }
test() { return 0; }
assert_file_exists "$TEST_WORKSPACE/none" "Functions of its own change nothing"  # want: failed
IFS=,
set -f
set -C
shopt -s nullglob failglob extglob nocasematch
assert_file_exists "$TEST_WORKSPACE/a b,c" "Settings of the shell change nothing"  # want: failed
exec 3>&1 >/dev/null 2>&1
assert_dir_exists "$TEST_WORKSPACE/memory" "Nor do redirections"
unset -v TOTAL
assert_output_contains "x" builtin echo x "Nor does what it prints"
print_results
