#!/bin/bash
# outcome: failed
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
echo "budget: 10" > "$TEST_WORKSPACE/budget.yml"

if grep -q "budget: 10" "$TEST_WORKSPACE/budget.yml"; then
    echo "[PASS] The budget is set"
    PASSED=$((PASSED + 1))  # want: passed
else
    echo "[FAIL] The budget is set"
    FAILED=$((FAILED + 1))
fi
TOTAL=$((TOTAL + 1))

assert_file_exists "$TEST_WORKSPACE/budget.yml" "A helper between"

if grep -q "alert:" "$TEST_WORKSPACE/budget.yml"; then
    echo "[PASS] There is an alert"
    ((PASSED++))
else
    echo "[PASS] There is an alert"
    ((FAILED++))  # want: failed
fi
assert_exit_code 0 test "$PASSED/$FAILED" = 2/1 "The counters are those of the script"
count=$(grep -c budget "$TEST_WORKSPACE/budget.yml")
[ "$count" -eq 1 ] && PASSED=$((PASSED + 1)) || FAILED=$((FAILED + 1))  # want: passed
SKIPPED=$((SKIPPED+1))  # want: skipped
print_results
