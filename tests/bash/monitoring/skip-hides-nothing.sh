#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
assert_file_exists "$TEST_WORKSPACE/none" "It is not there"  # want: failed
echo "[SKIP] the rest"
exit 0  # want: CT201
print_results
