#!/bin/bash
# outcome: failed CT225
PASS_COUNT=0
FAIL_COUNT=0

pass() {
    echo "  ok: $1"
    PASS_COUNT=$((PASS_COUNT + 1))
}
fail() {
    echo "  not ok: $1"
    let FAIL_COUNT++
}
check_equal() {
    if [ "$1" = "$2" ]; then pass "$3"; else fail "$3"; fi
}

pass "A plain call"  # want: passed
[ -d / ] && pass "The root is there" || fail "The root is there"  # want: passed
check_equal 1 1 "One is one"  # want: passed
check_equal 1 2 "One is two"  # want: failed
for model in small large; do
    check_equal "$model" "$model" "Model $model has a price"  # want: passed passed
done
check() {
    if eval "$2"; then pass "$1"; else fail "$1"; fi
}
inline() {
    if eval "$2"; then PASS_COUNT=$((PASS_COUNT + 1)); else FAIL_COUNT=$((FAIL_COUNT + 1)); fi
}
check "A text and a command" "[ -d / ]"  # want: passed
inline "A text and a command" "test -d /none"  # want: failed
((PASS_COUNT++))  # want: passed
echo "$PASS_COUNT passed, $FAIL_COUNT failed"
[ "$FAIL_COUNT" -eq 0 ]
