#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
W="$TEST_WORKSPACE"
echo "# Agents" > "$W/AGENTS.md"
mkdir "$W/agents"
ln -s AGENTS.md "$W/link.md"
ln -s nowhere "$W/dangling"

assert_file_exists "$W/AGENTS.md" "A file"
assert_file_exists "$W/link.md" "A link to a file"
assert_file_exists "$W/agents" "A folder is no file"  # want: failed
assert_file_exists "$W/none.md" "Nothing is no file"  # want: failed
assert_file_exists "$W/dangling" "A link to nothing is no file"  # want: failed
assert_file_not_exists "$W/none.md" "Nothing is there"
assert_file_not_exists "$W/AGENTS.md" "Something is there"  # want: failed
assert_file_not_exists "$W/agents" "A folder is something"  # want: failed
assert_dir_exists "$W/agents" "A folder"
assert_dir_exists "$W/memory" "The folder that each workspace has"
assert_dir_exists "$W/AGENTS.md" "A file is no folder"  # want: failed
assert_dir_exists "$W/none" "Nothing is no folder"  # want: failed
assert_file_exists "$UNKNOWN_VARIABLE" "An empty path"  # want: errored
assert_file_exists "$W/AGENTS.md"
print_results
