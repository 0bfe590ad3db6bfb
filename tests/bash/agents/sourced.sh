#!/bin/bash
# outcome: passed
SCRIPT_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$SCRIPT_DIR/../framework/helpers.sh"
source "$SCRIPT_DIR/../framework/fixtures.sh"
setup_test_workspace "$TEST_WORKSPACE"

write_unit "$TEST_WORKSPACE/a.service" always
assert_file_contains "$TEST_WORKSPACE/a.service" "Restart=always" "What was sourced works"
assert_exit_code 0 test "${LIMITS[memory]}" = 2G "So do its arrays"
assert_file_exists "$SCRIPT_DIR/loops.sh" "The neighbours are there"
echo changed >> "$SCRIPT_DIR/loops.sh"
echo new > "$SCRIPT_DIR/../results/new.txt"
assert_file_exists "$SCRIPT_DIR/../results/new.txt" "The copy of the tree can be written to"
print_results
