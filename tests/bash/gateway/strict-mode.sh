#!/usr/bin/env bash
# outcome: passed
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../framework/helpers.sh"

setup_test_workspace "$TEST_WORKSPACE"
cd "$TEST_WORKSPACE"
printf 'OPENCLAW_GATEWAY_PORT=18789\n' > gateway.env

assert_file_exists gateway.env "The env file is there"
grep -q OPENCLAW_GATEWAY_BIND gateway.env  # want: CT221
assert_file_contains gateway.env "PORT=18789" "The port is set"
cat gateway.env | grep BIND | sort  # want: CT221
echo "bind: $OPENCLAW_GATEWAY_BIND"  # want: CT222
echo "default: ${OPENCLAW_GATEWAY_BIND:-loopback}"
attempts=0
((attempts++))  # want: CT221
if ! grep -q missing gateway.env; then
    assert_file_not_contains gateway.env "missing" "Nothing is missing"
fi
false || true
! true
assert_line_count_under gateway.env 5 "The env file is short"
print_results
