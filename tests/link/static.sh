#!/bin/sh
# static.sh CC INCLUDE_DIR ARCHIVE: links a program with the static library and the three system
# libraries that are promised to be enough, and runs it.
set -eu
program=$(mktemp)
trap 'rm -f "$program"' EXIT
"$1" -I"$2" "$(dirname "$0")/static.c" "$3" -lpthread -lm -ldl -o "$program"
"$program"
