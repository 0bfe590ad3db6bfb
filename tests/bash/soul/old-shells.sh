#!/bin/bash -e
# outcome: passed
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "${TEST_WORKSPACE}"
F="${TEST_WORKSPACE}/SOUL.md"
{
    echo "# Soul"
    echo "- honest"
} > "$F"
lines=`wc -l < "$F" | tr -d ' '`
[ "$lines" -eq 2 ] && echo two
test -f "$F" -a -s "$F" && echo "not empty"
function has() { grep -q "$1" "$F"; }
assert_exit_code 0 has honest "An old kind of function"
assert_exit_code 1 has cruel "And what it does not find"
arr=(one two); for x in "${arr[@]}"; do :; done
assert_output_contains "$(echo two)" echo "${arr[1]}" "An array"
case "$(uname)" in
    Darwin) assert_exit_code 0 true "On a Mac" ;;  # want:
    *) assert_exit_code 0 true "Elsewhere" ;;
esac
select_one() { local IFS=:; set -- $1; echo "$1"; }
assert_output_contains a select_one a:b "Positional parameters of a function"
set -- first second
assert_output_contains first echo "$1" "Positional parameters of the script"
print_results
