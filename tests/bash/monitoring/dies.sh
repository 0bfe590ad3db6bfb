#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
assert_dir_exists "$TEST_WORKSPACE" "It is there"
: "${HEALTH_URL:?has to be set}"  # want: CT201 CT223
assert_dir_exists "$TEST_WORKSPACE" "Never made"  # want:
print_results
