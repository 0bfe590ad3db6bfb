#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
assert_dir_exists "$TEST_WORKSPACE" "It is there"
print_results
cmp -s /dev/null "$TEST_WORKSPACE/none" || exit 9  # want: CT201
