#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
W="$TEST_WORKSPACE"
touch -d '2026-01-01 00:00:00' "$W/old"
touch -d '2026-01-02 00:00:00' "$W/new"
touch -r "$W/old" "$W/same"

assert_file_modified_after "$W/new" "$W/old" "It is newer"
assert_file_modified_after "$W/old" "$W/new" "It is older"  # want: failed
assert_file_modified_after "$W/same" "$W/old" "It is as old"  # want: failed
assert_file_modified_after "$W/none" "$W/old" "Nothing is not newer"  # want: failed
assert_file_modified_after "$W/new" "$W/none" "Nothing to be newer than"  # want: failed
assert_file_modified_after "$W/new" /etc/passwd-none "A reference elsewhere"  # want: failed
assert_file_modified_after "$W/new" "" "No reference"  # want: errored
print_results
