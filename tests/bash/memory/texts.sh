#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
F="$TEST_WORKSPACE/MEMORY.md"
cat > "$F" <<-'MEMORY'
	# Memory
	**Always** answer in English.
	| Alias | Model |
	config.json, [Service], a+b, 50% off
	-----BEGIN NOTES-----
	configXjson is not it
MEMORY
printf 'one\r\ntwo\r\n' > "$TEST_WORKSPACE/dos.txt"

assert_file_contains "$F" "Memory" "A word"
assert_file_contains "$F" "**Always**" "Stars"
assert_file_contains "$F" "*Always" "A star"
assert_file_contains "$F" "config.json, [S" "A dot and half a bracket"  # want: passed CT220
assert_file_contains "$F" "config*" "What grep would take for an expression"  # want: failed CT220
assert_file_contains "$F" "| Alias |" "Bars"
assert_file_contains "$F" "[Service]" "Brackets"
assert_file_contains "$F" "a+b" "A plus"
assert_file_contains "$F" "-----BEGIN" "A text that begins like an option"
assert_file_contains "$F" "^# Mem" "An anchor"
assert_file_contains "$F" "An.*English" "An expression that is not there"  # want: failed
assert_file_contains "$F" "answer.*English" "An expression"
assert_file_contains "$F" "Alias\|Other" "An alternative"
assert_file_contains "$F" "[0-9]\{2\}%" "A bound"
assert_file_not_contains "$F" "French" "What is not there"
assert_file_not_contains "$F" "Always" "What is there"  # want: failed
assert_file_not_contains "$TEST_WORKSPACE/none" "x" "A missing file"  # want: failed
assert_file_not_contains "$F" "\(x" "A broken expression"  # want: errored
assert_file_contains "$F" "" "No text"  # want: errored
assert_file_contains "$TEST_WORKSPACE" "x" "A folder"  # want: failed
assert_file_contains "$TEST_WORKSPACE/dos.txt" "one" "Carriage returns"
assert_file_contains "Memory" "$F" "Swapped"  # want: failed
print_results
