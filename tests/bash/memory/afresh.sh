#!/bin/bash
# outcome: passed
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
echo x > "$TEST_WORKSPACE/left-over"
echo x > "$TEST_WORKSPACE/memory/left-over"
setup_test_workspace "$TEST_WORKSPACE"
assert_exit_code 0 test "$(ls -A "$TEST_WORKSPACE")" = memory "It is made afresh"
assert_exit_code 0 test -z "$(ls -A "$TEST_WORKSPACE/memory")" "So is its folder"
touch here
assert_file_exists "$TEST_WORKSPACE/here" "The working folder is the new one"
setup_test_workspace "$TEST_WORKSPACE/second"
assert_dir_exists "$TEST_WORKSPACE/second/memory" "A second one"
cleanup_test_workspace "$TEST_WORKSPACE/second"
assert_exit_code 1 test -e "$TEST_WORKSPACE/second" "It is removed"
TEMPORARY=$(mktemp -d)
setup_test_workspace "$TEMPORARY"
assert_dir_exists "$TEMPORARY/memory" "A temporary one"
cleanup_test_workspace /usr  # want: CT226
assert_dir_exists /usr "What is not ours stays"
assert_exit_code 0 test "$HOME" != "$TEST_WORKSPACE" "The home is private"
print_results
