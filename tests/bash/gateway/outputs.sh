#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace
cat > "$TEST_WORKSPACE/status.json" <<JSON
{"ok":true,"version":"2026.9.6"}
JSON

status() { echo "gateway: running"; echo "warn: slow" >&2; }

assert_output_contains "running" status "The text stands first"
assert_output_contains status "running" "The command stands first"
assert_output_contains status "slow" "Standard error counts"
assert_output_contains '"ok":true' cat "$TEST_WORKSPACE/status.json" "A command of two words"
assert_output_contains "cat $TEST_WORKSPACE/status.json" '"ok":true' "A line of shell"
assert_output_contains cat "$TEST_WORKSPACE/status.json" "version" "Words, then the text"
assert_output_contains "echo hello | tr a-z A-Z" "HELLO" "A pipeline"
assert_output_contains status "stopped" "It says something else"  # want: failed
assert_output_matches "^gateway: (running|starting)$" status "An expression first"
assert_output_matches "cat $TEST_WORKSPACE/status.json" '"version":"[0-9]{4}\.[0-9]+' "An expression behind"
assert_output_matches status "^[0-9]+$" "No line is a number"  # want: failed
assert_output_matches status "run(" "Not an expression"  # want: errored
assert_output_contains "running" no-such-command-here "Nothing to run"  # want: errored
assert_output_contains "" status "An empty text"  # want: errored
assert_output_contains "test" echo "a test" "The text is a command, too"
print_results
