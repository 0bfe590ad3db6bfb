# Read by bash before the first line of a harness, by way of BASH_ENV: the helpers, and what lets the
# script go on where the old framework would have stopped it.
unset BASH_ENV
__clawtest_names=($__CLAWTEST_NAMES)
__clawtest_kinds=($__CLAWTEST_KINDS)
__clawtest_known=()
for __clawtest_at in "${!__clawtest_names[@]}"; do
    builtin printf -v "${__clawtest_names[__clawtest_at]}" %d 0
    __clawtest_known[__clawtest_at]=0
done
unset __CLAWTEST_NAMES __CLAWTEST_KINDS __clawtest_at
builtin source "$__CLAWTEST_TALK/helpers.sh"

# Elsewhere the commands are those that the author had.
case ${OSTYPE-} in
    linux*) builtin source "$__CLAWTEST_TALK/portable.sh" ;;
esac

# Remembers what the counters of the script come to.
__clawtest_sum() { builtin eval "__clawtest_total=$__CLAWTEST_SUM"; }
__clawtest_sum

__clawtest_line=0
__clawtest_was=0
__clawtest_chain=
__clawtest_said=()
__clawtest_e=
__clawtest_u=
__clawtest_extended=

# `set -e` and `set -u` are taken back as soon as they are set; what they would have stopped is noted.
__clawtest_lenient() {
    if [[ $- == *e* ]]; then
        builtin set +e
        __clawtest_notice
    fi
    if [[ $- == *u* ]]; then
        builtin set +u
        __clawtest_u=1
    fi
    return 0
}

# From here on commands that fail are noted.
__clawtest_notice() {
    [ -z "$__clawtest_e" ] || return 0
    __clawtest_e=1
    builtin set -E
    builtin trap '__clawtest_failed "$?" "$LINENO" "$BASH_COMMAND"' ERR
}

# A command failed that would have ended the script.
__clawtest_failed() {
    # What fails in a function of ours is told for the line that called it.
    [[ ${BASH_SOURCE[1]} != "$__CLAWTEST_TALK"/* ]] || return 0
    case $3 in
        *__clawtest_* | assert_* | print_results* | check_* | setup_test_* | cleanup_test_*) return 0 ;;
    esac
    __clawtest_ask failed "$1" "$2" "$3"
}

# Variables of the next command that are not set, after `set -u`.
__clawtest_unset() {
    local __clawtest_rest="$2" __clawtest_name
    while [[ $__clawtest_rest =~ \$\{?([A-Za-z_][A-Za-z0-9_]*)(.?)(.*)$ ]]; do
        __clawtest_name="${BASH_REMATCH[1]}"
        __clawtest_rest="${BASH_REMATCH[3]}"
        case ${BASH_REMATCH[2]} in
            [-+:=?\[]) continue ;;
        esac
        [ -n "${!__clawtest_name+set}" ] || __clawtest_ask unset "$1" "$__clawtest_name"
    done
    return 0
}

# The script's own trap for its end runs after ours has told where it ended.
__clawtest_on_exit=
trap() {
    local __clawtest_at __clawtest_action
    if [ "$#" -ge 2 ] && [ "${BASH_SUBSHELL:-0}" -eq 0 ] && [ "$1" != -p ] && [ "$1" != -l ]; then
        local -a __clawtest_left
        __clawtest_left=()
        [ "$1" != -- ] || builtin shift
        __clawtest_action="$1"
        builtin shift
        for __clawtest_at in "$@"; do
            case $__clawtest_at in
                EXIT | exit | SIGEXIT | 0)
                    __clawtest_on_exit="$__clawtest_action"
                    [ "$__clawtest_action" != - ] || __clawtest_on_exit=
                    ;;
                # It would end the script, as `set -e` does, or say that it ends.
                ERR | err) __clawtest_notice ;;
                # Ours has to stay.
                DEBUG | debug) ;;
                *) __clawtest_left+=("$__clawtest_at") ;;
            esac
        done
        [ "${#__clawtest_left[@]}" -gt 0 ] || return 0
        builtin trap -- "$__clawtest_action" "${__clawtest_left[@]}"
    else
        builtin trap "$@"
    fi
}

__clawtest_exit() {
    builtin trap - DEBUG ERR
    __clawtest_counted
    __clawtest_ask end "$1" "$2" "$3"
    [ -n "$__clawtest_on_exit" ] || return 0
    __clawtest_returned() { return "$1"; }
    __clawtest_returned "$1"
    builtin eval "$__clawtest_on_exit"
}
builtin trap '__clawtest_exit "$?" "$__clawtest_was" "$BASH_COMMAND"' EXIT

# Before each command: where it is, and whether `set` was used. With counters of its own in a script,
# also in functions, and whether one has changed. On one line, since a line of a trap counts in LINENO.
__clawtest_each='__clawtest_was=$__clawtest_line __clawtest_line=$LINENO; [[ -z $__clawtest_u ]] || __clawtest_unset "$LINENO" "$BASH_COMMAND"; [[ $- != *[eu]* ]] || __clawtest_lenient'
if [ -n "$__CLAWTEST_WATCH" ]; then
    builtin set -T
    # At the start it would look for a debugger.
    __clawtest_first='[[ -n $__clawtest_extended ]] || { __clawtest_extended=1; builtin shopt -s extdebug; }'
    __clawtest_first+="; [[ $__CLAWTEST_SUM"' == "$__clawtest_total" ]] || __clawtest_counted'
    __clawtest_first+='; __clawtest_chain="$LINENO ${BASH_LINENO[*]}" __clawtest_said=("${BASH_ARGV[@]:0:${BASH_ARGC[0]:-0}}")'
    builtin trap "$__clawtest_first; $__clawtest_each" DEBUG
else
    [ -z "$__CLAWTEST_TRACE" ] || builtin set -T
    builtin trap "$__clawtest_each" DEBUG
fi
