source "$(dirname "$0")/../framework/helpers.sh"
set -eu
WORKSPACE=/tmp/openclaw-test-workspace
assert_dir_exists "$WORKSPACE" "It is there"
false
echo "$NOT_SET"
return 0
stat -f %z /dev/null
cleanup_test_workspace /usr
