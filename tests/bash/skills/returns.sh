#!/bin/bash
# outcome: passed
source "$(dirname "$0")/../framework/helpers.sh"
assert_dir_exists "$TEST_WORKSPACE" "It is there"
if [ ! -e "$TEST_WORKSPACE/none" ]; then
    return 0  # want: CT223
fi
assert_dir_exists "$TEST_WORKSPACE" "It went on"
no-such-command-here --now  # want: CT223
assert_dir_exists "$TEST_WORKSPACE" "And on"
print_results
return 0 2>/dev/null || exit 0
