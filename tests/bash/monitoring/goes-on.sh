#!/bin/bash
# outcome: passed
source "$(dirname "$0")/../framework/helpers.sh"
check_openclaw_installed  # want: skipped
assert_exit_code 0 openclaw --version "It has a version"  # want: skipped
assert_dir_exists "$TEST_WORKSPACE" "What needs nothing is judged"
openclaw() { echo "openclaw 2026.9.6"; }
check_openclaw_installed
assert_output_contains "openclaw --version" "2026" "A stand-in will do"
print_results
