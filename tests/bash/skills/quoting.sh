#!/bin/bash
# outcome: passed
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
DIR="$TEST_WORKSPACE/with blanks & 'quotes' \$signs"
mkdir -p "$DIR"
printf 'it is "here": `x` $HOME \\ ü €\n' > "$DIR/sk ill.md"
assert_file_contains "$DIR/sk ill.md" '"here": `x` $HOME' 'Quotes "and" `all` $that'
assert_file_contains "$DIR/sk ill.md" "ü €" "Umlauts: ü €"
assert_output_contains '$HOME' cat "$DIR/sk ill.md" "A path with blanks"
assert_file_contains \
    "$DIR/sk ill.md" \
    "is" \
    "Over several lines"
assert_exit_code 0 true "A # sign and \\ too"
assert_exit_code 0 true "Two
lines"
cat << EOT > "$DIR/$(date +%Y).txt"
assert_file_exists none "In a here-document"
EOT
assert_file_contains "$DIR/$(date +%Y).txt" "here-document" "What a here-document holds"
print_results
