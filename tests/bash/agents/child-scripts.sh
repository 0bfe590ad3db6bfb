#!/bin/bash
# outcome: failed
source "$(dirname "$0")/../framework/helpers.sh"
HERE="$(cd "$(dirname "$0")" && pwd)"
cat > "$HERE/_child.sh" <<'CHILD'
source "$(dirname "$0")/../framework/helpers.sh"
assert_dir_exists "$TEST_WORKSPACE" "Another bash is heard, too"
assert_file_exists "$TEST_WORKSPACE/none" "And can fail"
CHILD
assert_dir_exists "$HERE" "Its folder is there"  # want: passed passed failed
bash "$HERE/_child.sh"
print_results
