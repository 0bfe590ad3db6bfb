source "$(dirname "$0")/../framework/helpers.sh"
assert_dir_exists "$TEST_WORKSPACE" "It is there"
printf '2\0passed\0' > "$__CLAWTEST_TALK/ask"
sleep 20
print_results
