source "$(dirname "$0")/../framework/helpers.sh"
for n in 1 2; do assert_dir_exists . "Folder $n"; done
print_results
