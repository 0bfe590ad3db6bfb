#!/bin/bash
# outcome: passed CT224 CT224
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
cat > "$TEST_WORKSPACE/a" <<EOF
line
EOF
if true; then
  assert_file_contains "$TEST_WORKSPACE/a" "^line$" "It runs all the same"
fi
print_results
