#!/bin/bash
# outcome: errored
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
W="$TEST_WORKSPACE"
head -c 5000 /dev/zero | tr '\0' x > "$W/five"
printf 'one\ntwo\nthree' > "$W/three"
: > "$W/empty"

assert_file_size_under "$W/five" 10 "Kilobytes"
assert_file_size_under "$W/five" 4 "Too many kilobytes"  # want: failed
assert_file_size_under "$W/five" 10240 "Bytes, since no file has ten megabytes"  # want: passed CT220
assert_file_size_under "$W/five" 4500 "Too many bytes"  # want: failed CT220
assert_file_size_under "$W/five" 2048 "Below 2048 bytes"  # want: failed CT220
assert_file_size_under "$W/five" 10KB "A unit"  # want: passed CT220
assert_file_size_under "$W/five" lots "No size"  # want: errored
assert_file_size_under "$W/none" 10 "A missing file has no size"  # want: failed
assert_line_count_under "$W/three" 3 "A last line without its end is a line"
assert_line_count_under "$W/three" 2 "Too many lines"  # want: failed
assert_line_count_under "$W/empty" 1 "An empty file has none"
assert_line_count_under "$W/none" 10 "A missing file has no lines"  # want: failed
assert_line_count_under "$W/three" many "No number"  # want: errored
print_results
