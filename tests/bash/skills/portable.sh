#!/bin/bash
# outcome: passed
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
cd "$TEST_WORKSPACE"
printf 'one two' > file
chmod 640 file
touch -d '2026-01-01 00:00:00 UTC' file
size=$(stat -f %z file 2>/dev/null || stat -c %s file)  # want: CT227
assert_exit_code 0 test "$size" = 7 "The size"
assert_output_contains "640" stat -f %Lp file "The mode"  # want: passed CT227
assert_output_contains "1767225600" stat -f%m file "The time"  # want: passed CT227
assert_output_contains "file 7" stat -f "%N %z" file "Two of them"  # want: passed CT227
assert_exit_code 0 test "$(stat -c %s file)" = 7 "As GNU has it"
sed -i '' 's/one/ONE/' file  # want: CT227
sed -i 's/two/TWO/' file
sed -i.bak -e 's/ /-/' file
assert_file_contains file "ONE-TWO" "Edited in place"
assert_file_exists file.bak "With a copy"
yesterday=$(date -v-1d +%Y-%m-%d)  # want: CT227
assert_exit_code 0 test "$yesterday" = "$(date -d yesterday +%Y-%m-%d)" "Yesterday"
assert_output_contains "2026-01-01" date -r 1767225600 +%Y-%m-%d "A time"  # want: passed CT227
assert_output_contains "1767225600" date -j -f "%Y-%m-%d" "2026-01-01" +%s "A date"  # want: passed CT227
print_results
