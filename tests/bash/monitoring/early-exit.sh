#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
assert_dir_exists "$TEST_WORKSPACE/memory" "It is there"
if [ ! -f "$TEST_WORKSPACE/health.log" ]; then
    echo "[PASS] forged"
    exit 0  # want: CT201
fi
assert_file_exists "$TEST_WORKSPACE/health.log" "Never made"  # want:
print_results
