#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace
echo "status: ok" > "$TEST_WORKSPACE/health"

refuse() { echo "refused: $*" >&2; return 3; }

assert_exit_code 0 true "A number and a command"
assert_exit_code "true" 0 "A command and a number"
assert_exit_code 1 grep -q broken "$TEST_WORKSPACE/health" "Several words"
assert_exit_code "grep -q ok $TEST_WORKSPACE/health" 0 "A line of shell"
assert_exit_code 0 "grep ok $TEST_WORKSPACE/health | wc -l" "A pipeline"
assert_exit_code 3 refuse "a function" "A function of the script"
assert_exit_code 4 bash -c 'exit 4' "A quoted command"
assert_exit_code 0 sleep 0 "A number as an argument"
assert_exit_code 127 no-such-command-here "A command that is not there"
assert_exit_code 0 false "It says no"  # want: failed
assert_exit_code "exit 7" 7 "A builtin that would end the script"
test -f "$TEST_WORKSPACE/health"
assert_exit_code $? 0 "A status that was kept"  # want: passed CT220
assert_exit_code 0 1 "Two statuses that differ"  # want: failed CT220
assert_exit_code "The message stands first" 0 true  # want: passed CT220
assert_exit_code 0 true
assert_exit_code true  # want: errored
print_results
