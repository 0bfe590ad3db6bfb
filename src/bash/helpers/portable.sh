# Commands of BSD and macOS as their authors meant them, on systems with GNU's: `stat -f FORMAT`,
# `sed -i ''`, `date -v`. Functions of the script; what they are not asked for is left to the command.

stat() {
    local __clawtest_format __clawtest_pair
    case ${1-} in
        -f) [[ ${2-} == *%* ]] && [ "$#" -ge 3 ] && __clawtest_format="$2" && builtin shift 2 ;;
        -f*%*) [ "$#" -ge 2 ] && __clawtest_format="${1#-f}" && builtin shift ;;
    esac
    if [ -z "${__clawtest_format:-}" ]; then
        command stat "$@"
        return
    fi
    __clawtest_ask portable "stat -f"
    # The longer names first; what is done has another sign than `%` until the end.
    for __clawtest_pair in OLp=a Mp%Lp=a Lp=a Su=U Sg=G Sp=A HT=F Sm=y A=a N=n z=s m=Y a=X c=Z B=W l=h; do
        __clawtest_format="${__clawtest_format//"%${__clawtest_pair%=*}"/$'\1'${__clawtest_pair#*=}}"
    done
    __clawtest_format="${__clawtest_format//$'\1'/%}"
    command stat -c "$__clawtest_format" "$@"
}

sed() {
    local __clawtest_at __clawtest_last= __clawtest_empty=
    local -a __clawtest_arguments
    __clawtest_arguments=()
    for __clawtest_at in "$@"; do
        if [ -z "$__clawtest_at" ] && [ "$__clawtest_last" = -i ]; then
            __clawtest_empty=1
        else
            __clawtest_arguments+=("$__clawtest_at")
        fi
        __clawtest_last="$__clawtest_at"
    done
    [ -z "$__clawtest_empty" ] || __clawtest_ask portable "sed -i ''"
    command sed "${__clawtest_arguments[@]}"
}

date() {
    local __clawtest_unit __clawtest_moved= __clawtest_seen=
    local -a __clawtest_rest
    __clawtest_rest=()
    while [ "$#" -gt 0 ]; do
        if [[ $1 == -v && $# -ge 2 ]]; then
            builtin set -- "-v$2" "${@:3}"
        fi
        if [[ $1 =~ ^-v([+-][0-9]+)([ymwdHMS])$ ]]; then
            case ${BASH_REMATCH[2]} in
                y) __clawtest_unit=year ;;
                m) __clawtest_unit=month ;;
                w) __clawtest_unit=week ;;
                d) __clawtest_unit=day ;;
                H) __clawtest_unit=hour ;;
                M) __clawtest_unit=minute ;;
                *) __clawtest_unit=second ;;
            esac
            __clawtest_moved+=" ${BASH_REMATCH[1]} $__clawtest_unit"
            __clawtest_seen=1
        elif [[ $1 == -r && ${2-} =~ ^[0-9]+$ && ! -e $2 ]]; then
            __clawtest_moved="@$2$__clawtest_moved"
            __clawtest_seen=1
            builtin shift
        elif [[ $1 == -j && ${2-} != -f ]]; then
            __clawtest_seen=1
        elif [[ $1 == -j && ${2-} == -f && $# -ge 4 ]]; then
            __clawtest_moved="$4$__clawtest_moved"
            __clawtest_seen=1
            builtin shift 3
        else
            __clawtest_rest+=("$1")
        fi
        builtin shift
    done
    if [ -z "$__clawtest_seen" ]; then
        command date "${__clawtest_rest[@]}"
        return
    fi
    __clawtest_ask portable "date -v, -r and -j"
    command date ${__clawtest_moved:+-d "$__clawtest_moved"} "${__clawtest_rest[@]}"
}
