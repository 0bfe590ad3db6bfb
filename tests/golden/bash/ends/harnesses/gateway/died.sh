source "$(dirname "$0")/../framework/helpers.sh"
assert_dir_exists "$TEST_WORKSPACE" "It is there"
echo "no token" >&2
exit 3
assert_dir_exists "$TEST_WORKSPACE" "It is still there"
print_results
