#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
assert_dir_exists "$TEST_WORKSPACE" "It is there"
if [ -d "$TEST_WORKSPACE" ]; then
    echo "never closed"
print_results
# want: CT202
