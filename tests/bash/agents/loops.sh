#!/bin/bash
# outcome: failed
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
cd "$TEST_WORKSPACE" || exit 1

for name in planner writer reviewer; do
    printf 'name: %s\n' "$name" > "$name.md"
    assert_file_contains "$name.md" "name: $name" "Agent $name has its name"  # want: passed passed passed
done

i=0
while [ $i -lt 3 ]; do
    assert_file_exists planner.md "The same message"  # want: passed passed passed
    i=$((i + 1))
done

ls *.md | while read -r file; do
    assert_line_count_under "$file" 3 "$file is short"  # want: passed passed passed
done

(
    cd memory
    assert_file_exists ../writer.md "A subshell has its own folder"
    assert_file_exists writer.md "It is not there"  # want: failed
)

while read -r one two; do
    assert_output_contains "$two" echo "$one $two" "Read $one"  # want: passed passed
done << 'LIST'
a b
c d
LIST

result=$(assert_file_exists reviewer.md "In a substitution")
assert_exit_code 0 test "$result" = "[PASS] In a substitution" "The helper says what it said"
assert_file_exists planner.md "Chained" && assert_file_exists writer.md "And again"
assert_file_exists none.md "Chained no" || assert_file_exists writer.md "Or else"  # want: failed passed
print_results
