#!/bin/bash
# outcome: skipped
source "$(dirname "$0")/../framework/helpers.sh"
export OPENCLAW_GATEWAY_PORT=1
check_openclaw_installed || { echo "skipping"; exit 0; }  # want: skipped
assert_exit_code 0 openclaw --version "It has a version"  # want: skipped
assert_output_contains "openclaw status" "running" "It runs"  # want: skipped
print_results
