#!/bin/bash
# outcome: failed
. "$(dirname "$0")/../framework/helpers.sh"

prepare() {
    set -eu
    mkdir -p "$TEST_WORKSPACE/conf"
    false  # want: CT221
    echo "Restart=no" > "$TEST_WORKSPACE/conf/unit"
}

check_unit() {
    local file="$1"
    assert_file_exists "$file" "The unit is there"
    assert_file_contains "$file" "Restart=always" "It restarts"  # want: failed
}

main() {
    prepare
    check_unit "$TEST_WORKSPACE/conf/unit"
    assert_dir_exists "$TEST_WORKSPACE/conf" "The folder is there"
    print_results
}

main "$@"
