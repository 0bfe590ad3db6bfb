# Helpers of harnesses in bash, as clawtest provides them. A harness sources this file:
#   source "$(dirname "$0")/../framework/helpers.sh"
# The verdicts are clawtest's: each assertion is a request over a FIFO, written by builtins alone.

# A harness that is run by hand is handed over to clawtest.
if [ -z "${__CLAWTEST_TALK:-}" ]; then
    __clawtest_file="${BASH_SOURCE[1]:-$0}"
    __clawtest_folder="$(cd "$(dirname "$__clawtest_file")" && pwd)" || exit 2
    __clawtest_name="${__clawtest_file##*/}"
    if ! command -v clawtest >/dev/null 2>&1; then
        printf '%s\n' "clawtest is not on the PATH; it is needed to run $__clawtest_file" >&2
        exit 2
    fi
    exec clawtest --harness-dir "${__clawtest_folder%/*}" \
        --test "${__clawtest_folder##*/}/${__clawtest_name%.sh}"
fi

# The functions are there from the first line on; to source the file again changes nothing.
[ -z "${__clawtest_loaded:-}" ] || return 0
__clawtest_loaded=1
__clawtest_status=0
# What helpers return; the name tells their failures from those of the script.
__clawtest_bad=1
__clawtest_text=

# Sends a request and waits for the answer: a status and a text.
__clawtest_ask() {
    local IFS=$'\n' __clawtest_token
    local -a __clawtest_fields
    __clawtest_fields=("$1" "${BASH_SOURCE[*]}" "${BASH_LINENO[*]}" "${__clawtest_chain:-}" "$PWD" "${@:2}")
    builtin read -r -n 1 __clawtest_token <"$__CLAWTEST_TALK/lock"
    builtin printf '%s\0' "${#__clawtest_fields[@]}" "${__clawtest_fields[@]}" >"$__CLAWTEST_TALK/ask"
    IFS=' '
    builtin read -r __clawtest_status __clawtest_text <"$__CLAWTEST_TALK/answer"
    builtin printf x >"$__CLAWTEST_TALK/lock"
    return 0
}

# What the script has added to its counters since they were last looked at becomes checks.
__clawtest_counted() {
    [ "${#__clawtest_names[@]}" -gt 0 ] || return 0
    local __clawtest_at __clawtest_now __clawtest_kind __clawtest_delta
    local __clawtest_p=0 __clawtest_f=0 __clawtest_s=0
    for __clawtest_at in "${!__clawtest_names[@]}"; do
        __clawtest_now="${!__clawtest_names[__clawtest_at]-}"
        [[ $__clawtest_now =~ ^-?[0-9]{1,9}$ ]] || continue
        __clawtest_delta=$((10#${__clawtest_now#-} - __clawtest_known[__clawtest_at]))
        [ "$__clawtest_delta" -ne 0 ] || continue
        __clawtest_known[__clawtest_at]=$((10#${__clawtest_now#-}))
        [ "$__clawtest_delta" -gt 0 ] || continue
        __clawtest_kind="${__clawtest_kinds[__clawtest_at]}"
        case $__clawtest_kind in
            passed) [ "$__clawtest_delta" -le "$__clawtest_p" ] || __clawtest_p=$__clawtest_delta ;;
            failed) [ "$__clawtest_delta" -le "$__clawtest_f" ] || __clawtest_f=$__clawtest_delta ;;
            skipped) [ "$__clawtest_delta" -le "$__clawtest_s" ] || __clawtest_s=$__clawtest_delta ;;
        esac
    done
    if [ "$__clawtest_p$__clawtest_f$__clawtest_s" != 000 ]; then
        __clawtest_ask count "$__clawtest_p" "$__clawtest_f" "$__clawtest_s" "${__clawtest_said[@]}"
    fi
    __clawtest_sum
}

# Adds an outcome to the counters that a script may look at.
__clawtest_add() {
    [ "${#__clawtest_names[@]}" -gt 0 ] || return 0
    local __clawtest_at __clawtest_now
    for __clawtest_at in "${!__clawtest_names[@]}"; do
        case ${__clawtest_kinds[__clawtest_at]} in
            "$1" | total) ;;
            *) continue ;;
        esac
        __clawtest_now="${!__clawtest_names[__clawtest_at]-}"
        # What a script has set to something else is its own.
        [ "$__clawtest_now" = "${__clawtest_known[__clawtest_at]}" ] || continue
        __clawtest_known[__clawtest_at]=$((__clawtest_now + 1))
        builtin printf -v "${__clawtest_names[__clawtest_at]}" %d "${__clawtest_known[__clawtest_at]}" 2>/dev/null
    done
    __clawtest_sum
}

# Asks for the verdict of an assertion, and says it as the old helpers did. The first argument is its
# message.
__clawtest_assert() {
    local __clawtest_message="$1"
    builtin shift
    __clawtest_counted
    __clawtest_ask "$@"
    case $__clawtest_status in
        0) __clawtest_add passed; builtin printf '[PASS] %s\n' "$__clawtest_message"; return 0 ;;
        3) __clawtest_add skipped; builtin printf '[SKIP] %s\n' "$__clawtest_message"; return 0 ;;
        *) __clawtest_add failed; builtin printf '[FAIL] %s\n' "$__clawtest_message"; return $__clawtest_bad ;;
    esac
}

assert_file_exists() { __clawtest_assert "${*:2}" assert_file_exists "$@"; }
assert_file_not_exists() { __clawtest_assert "${*:2}" assert_file_not_exists "$@"; }
assert_dir_exists() { __clawtest_assert "${*:2}" assert_dir_exists "$@"; }
assert_file_contains() { __clawtest_assert "${*:3}" assert_file_contains "$@"; }
assert_file_not_contains() { __clawtest_assert "${*:3}" assert_file_not_contains "$@"; }
assert_line_count_under() { __clawtest_assert "${*:3}" assert_line_count_under "$@"; }
assert_file_size_under() { __clawtest_assert "${*:3}" assert_file_size_under "$@"; }
assert_file_modified_after() { __clawtest_assert "${*:3}" assert_file_modified_after "$@"; }
assert_no_secrets() { __clawtest_assert "${*:2}" assert_no_secrets "$@"; }

# Whether a text can be run: its first word is a command.
__clawtest_runs() {
    local __clawtest_word="$1"
    while [[ $__clawtest_word =~ ^[[:space:]]*[A-Za-z_][A-Za-z0-9_]*=[^[:space:]]*[[:space:]]+(.*)$ ]]; do
        __clawtest_word="${BASH_REMATCH[1]}"
    done
    __clawtest_word="${__clawtest_word#"${__clawtest_word%%[![:space:]]*}"}"
    case $__clawtest_word in
        '') return 1 ;;
        '('*) return 0 ;;
    esac
    __clawtest_word="${__clawtest_word%%[[:space:];&|<>]*}"
    __clawtest_word="${__clawtest_word//[\"\']/}"
    [ -n "$__clawtest_word" ] && builtin type -t -- "$__clawtest_word" >/dev/null 2>&1
}

# Runs a command in a subshell of the script, so that its functions are known, and keeps both streams.
__clawtest_run() {
    __clawtest_output="$__CLAWTEST_TALK/output.${BASHPID:-$$}"
    if [ "$#" -eq 1 ] && { [[ $1 == *[[:space:]\;\&\|\<\>\$\`\"\'\(\)]* ]] || ! builtin type -t -- "$1" >/dev/null 2>&1; }; then
        # One text is a line of shell.
        (builtin trap - DEBUG ERR; builtin set +eu; builtin eval "$1") >|"$__clawtest_output" 2>&1
    elif [[ $1 == *[[:space:]]* ]] && ! builtin type -t -- "$1" >/dev/null 2>&1; then
        (builtin trap - DEBUG ERR; builtin set +eu; builtin eval "$*") >|"$__clawtest_output" 2>&1
    else
        (builtin trap - DEBUG ERR; builtin set +eu; "$@") >|"$__clawtest_output" 2>&1
    fi
    __clawtest_code=$?
    return 0
}

__clawtest_is_status() { [[ $1 =~ ^[0-9]{1,3}$ ]] && [ "$((10#$1))" -le 255 ]; }

# `N cmd… M` and `cmd… N M`: the number tells them apart.
assert_exit_code() {
    local __clawtest_wanted __clawtest_message= __clawtest_shape= __clawtest_output __clawtest_code
    local -a __clawtest_command
    if [ "$#" -eq 3 ] && __clawtest_is_status "$1" && __clawtest_is_status "$2" &&
        ! builtin type -t -- "$1" >/dev/null 2>&1 && ! builtin type -t -- "$2" >/dev/null 2>&1; then
        # Two numbers: the status of a command that has run already.
        __clawtest_assert "$3" assert_status "$1" "$2" "$3"
        return
    elif [ "$#" -ge 2 ] && __clawtest_is_status "$1"; then
        __clawtest_wanted="$1"
        if [ "$#" -eq 2 ]; then
            __clawtest_command=("$2")
        else
            __clawtest_command=("${@:2:$#-2}")
            __clawtest_message="${*:$#}"
        fi
    elif [ "$#" -ge 3 ] && __clawtest_is_status "${*:$#-1:1}" &&
        { [ "$#" -gt 3 ] || __clawtest_runs "$1" || ! __clawtest_runs "$3"; }; then
        __clawtest_wanted="${*:$#-1:1}"
        __clawtest_command=("${@:1:$#-2}")
        __clawtest_message="${*:$#}"
    elif [ "$#" -ge 3 ] && __clawtest_is_status "$2"; then
        __clawtest_shape="the message stands first, and was taken for one"
        __clawtest_message="$1"
        __clawtest_wanted="$2"
        __clawtest_command=("${@:3}")
    elif [ "$#" -eq 2 ] && __clawtest_is_status "$2"; then
        __clawtest_wanted="$2"
        __clawtest_command=("$1")
    else
        __clawtest_assert "${*:$#}" usage assert_exit_code "$@"
        return
    fi
    __clawtest_run "${__clawtest_command[@]}"
    __clawtest_assert "$__clawtest_message" assert_exit_code "$__clawtest_message" "$__clawtest_wanted" \
        "$__clawtest_code" "$__clawtest_output" "$__clawtest_shape" "${__clawtest_command[@]}"
}

assert_output_contains() { __clawtest_assert_output assert_output_contains "$@"; }
assert_output_matches() { __clawtest_assert_output assert_output_matches "$@"; }

# `TEXT cmd… M` and `cmd… TEXT M`: what can be run is the command. Where both can be, the one with
# blanks is; else the text stands first.
__clawtest_assert_output() {
    local __clawtest_helper="$1" __clawtest_wanted __clawtest_message= __clawtest_shape=
    local __clawtest_output __clawtest_code __clawtest_first= __clawtest_second=
    local -a __clawtest_command
    builtin shift
    if [ "$#" -lt 2 ]; then
        __clawtest_assert "${*:$#}" usage "$__clawtest_helper" "$@"
        return
    fi
    [ "$#" -eq 2 ] || __clawtest_message="${*:$#}"
    # A command of several words has a name without blanks.
    [[ $# -gt 3 && $1 == *[[:space:]]* ]] || ! __clawtest_runs "$1" || __clawtest_first=1
    ! __clawtest_runs "$2" || __clawtest_second=1
    if [ -n "$__clawtest_first" ] && [ -n "$__clawtest_second" ]; then
        if [[ $# -le 3 && $1 == *[[:space:]]* && $2 != *[[:space:]]* ]]; then
            __clawtest_second=
        elif [[ $2 != *[[:space:]]* && $1 != *[[:space:]]* && $# -eq 3 ]]; then
            __clawtest_shape="both \`$1\` and \`$2\` can be run; the first was taken for the text"
        fi
    fi
    if [ -n "$__clawtest_first" ] && [ -z "$__clawtest_second" ]; then
        if [ "$#" -eq 2 ]; then
            __clawtest_command=("$1")
            __clawtest_wanted="$2"
        else
            __clawtest_command=("${@:1:$#-2}")
            __clawtest_wanted="${*:$#-1:1}"
        fi
    else
        __clawtest_wanted="$1"
        if [ "$#" -eq 2 ]; then
            __clawtest_command=("$2")
        else
            __clawtest_command=("${@:2:$#-2}")
        fi
    fi
    __clawtest_run "${__clawtest_command[@]}"
    __clawtest_assert "$__clawtest_message" "$__clawtest_helper" "$__clawtest_message" "$__clawtest_wanted" \
        "$__clawtest_code" "$__clawtest_output" "$__clawtest_shape" "${__clawtest_command[@]}"
}

# Makes a folder afresh, with `memory` in it. Only folders of this run are emptied.
setup_test_workspace() {
    local __clawtest_dir="${1:-$TEST_WORKSPACE}" __clawtest_left
    __clawtest_ask setup "$__clawtest_dir"
    case $__clawtest_status in
        # It is as it should be.
        0) return 0 ;;
        1) command rm -rf -- "$__clawtest_dir" ;;
    esac
    command mkdir -p -- "$__clawtest_dir/memory"
    # Who stands in a folder that was made anew has to enter it again.
    [ "$__clawtest_status" != 1 ] || [ ! -d "$PWD" ] || builtin cd -- "$PWD" || return 0
}

cleanup_test_workspace() {
    local __clawtest_dir="${1:-$TEST_WORKSPACE}"
    __clawtest_ask cleanup "$__clawtest_dir"
    [ "$__clawtest_status" != 1 ] || command rm -rf -- "$__clawtest_dir"
    return 0
}

check_openclaw_installed() {
    local __clawtest_found=1
    builtin type -t openclaw >/dev/null 2>&1 || __clawtest_found=0
    __clawtest_ask openclaw "$__clawtest_found"
    [ "$__clawtest_status" != 0 ] || return 0
    __clawtest_add skipped
    builtin printf '[SKIP] %s\n' "$__clawtest_text"
    return $__clawtest_bad
}

check_gateway_running() {
    __clawtest_ask gateway "$@"
    [ "$__clawtest_status" != 0 ] || return 0
    __clawtest_add skipped
    builtin printf '[SKIP] %s\n' "$__clawtest_text"
    return $__clawtest_bad
}

print_results() {
    __clawtest_counted
    __clawtest_ask results
    builtin printf '%s\n' "$__clawtest_text"
    return "$__clawtest_status"
}
