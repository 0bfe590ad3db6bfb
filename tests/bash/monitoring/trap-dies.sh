#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
trap print_results EXIT
assert_dir_exists "$TEST_WORKSPACE" "It is there"
[ -e "$TEST_WORKSPACE/none" ] || exit 1  # want: CT201
assert_dir_exists "$TEST_WORKSPACE" "Never made"  # want:
