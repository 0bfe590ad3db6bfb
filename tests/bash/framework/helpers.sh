# The helpers of the tree itself. They are never used: everything would pass here.
for helper in assert_file_exists assert_file_contains assert_no_secrets print_results; do
    eval "$helper() { echo '[PASS] by the tree'; }"
done
echo "the helpers of the tree were used" >&2
exit 77
