source "$(dirname "$0")/../framework/helpers.sh"
