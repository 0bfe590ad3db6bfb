#!/bin/bash
# outcome: passed
source "$(dirname "$0")/../framework/helpers.sh"
finish() {
    local status=$?
    rm -rf "$TEST_WORKSPACE/lock"
    assert_file_not_exists "$TEST_WORKSPACE/lock" "The lock is removed in the end"
    print_results
    exit $status
}
trap finish EXIT INT TERM
trap -- 'echo hup' HUP
setup_test_workspace "$TEST_WORKSPACE"
echo 1 > "$TEST_WORKSPACE/lock"
assert_file_exists "$TEST_WORKSPACE/lock" "The lock is there"
(trap 'echo inner' EXIT; exit 3)
assert_exit_code 5 bash -c 'trap "exit 5" EXIT' "Other shells have their own traps"
