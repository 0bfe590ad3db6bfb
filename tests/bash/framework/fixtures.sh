# What several harnesses source.
declare -A LIMITS=([memory]=2G [cpu]=80%)
write_unit() {
    printf '[Service]\nRestart=%s\n' "$2" > "$1"
}
