#!/bin/bash
# outcome: passed CT190
source "$(dirname "$0")/../framework/helpers.sh"
for i in 1 2 3 4 5 6; do
    (assert_dir_exists "$TEST_WORKSPACE" "In the background $i") &  # want: passed passed passed passed passed passed
done
wait
sleep 300 &
assert_dir_exists "$TEST_WORKSPACE" "While something runs"
print_results
