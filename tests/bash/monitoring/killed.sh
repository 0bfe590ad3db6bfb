#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
assert_dir_exists "$TEST_WORKSPACE" "It is there"  # want: passed CT201
kill -9 $$
print_results
