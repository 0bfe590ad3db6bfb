#!/bin/bash
# outcome: skipped
source "$(dirname "$0")/../framework/helpers.sh"
if [ "$(uname)" != "Plan9" ]; then
    echo -e "\033[1;33m[SKIP]\033[0m only for Plan 9"
    exit 0
fi
assert_file_exists /rc/bin/termrc "It is there"  # want: skipped
print_results
