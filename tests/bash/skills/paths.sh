#!/bin/bash
# outcome: passed
source /opt/somewhere/else/framework/helpers.sh || exit 1
cd "$TEST_WORKSPACE"
mkdir -p a/b
echo hello > a/b/c
cd a
assert_file_exists b/c "Relative to where the script is"
pushd b > /dev/null
assert_file_contains c hello "And there"
assert_file_exists ../../a/b/c "Upwards"
popd > /dev/null
assert_file_exists ./b/../b/c "With dots"
assert_file_exists /bin/sh "Elsewhere on the machine"
assert_exit_code 0 test -f b/c "Commands are there, too"
print_results
