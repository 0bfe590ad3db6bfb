#!/bin/bash
# outcome: passed CT224
source "$(dirname "$0")/../framework/helpers.sh"
WORKSPACE=/tmp/openclaw-test-workspace
setup_test_workspace "$WORKSPACE"
echo "x" > "$WORKSPACE/a.txt"
assert_file_exists "/tmp/openclaw-test-workspace/a.txt" "It is there"
assert_exit_code 0 test "$WORKSPACE" = "$TEST_WORKSPACE" "It is the private one"
cleanup_test_workspace "$WORKSPACE"
assert_exit_code 1 test -e "$WORKSPACE" "It is gone"
print_results
