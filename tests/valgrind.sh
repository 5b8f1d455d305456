#!/usr/bin/env bash
# valgrind.sh RQ: every command of rq under valgrind, which sees what sanitizers do not: values that
# are used before they are set, also by kernels, and memory that the C library holds.
set -u
rq=$(realpath "$1")
work=$(mktemp -d -p "${TMPDIR:-/dev/shm}" 2>/dev/null || mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

# What is still reachable is the cache of plans.
check() {
    local expected=$1
    shift
    valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=99 \
        "$rq" "$@" >out 2>err
    local status=$?
    [ $status -eq "$expected" ] && return
    failures=$((failures + 1))
    printf 'FAILED: rq %s: status %s\n' "$*" $status
    head -n 40 err
}

head -c 150001 /dev/urandom >file
encode=(-q -s 1000 -r 2 -b 64K)
check 0 encode "${encode[@]}" file symbols
check 0 metadata "${encode[@]}" file layout
check 0 info symbols
check 0 info --memory file
for block in symbols/block_*; do
    find "$block" -type f | sort | sed -n '1~3p' | xargs rm
done
find symbols/block_0 -type f | sort | head -n 1 | xargs truncate -s 10
check 7 verify symbols
check 0 decode -q symbols got
cmp got file || failures=$((failures + 1))
check 0 decode -q symbols -
cmp out file || failures=$((failures + 1))
check 0 repair -q -m 2 symbols
check 0 verify symbols
find symbols -type f ! -name '*.json' | sort | sed -n '1~5!p' | xargs rm
check 3 decode -q symbols got
check 0 encode "${encode[@]}" file one -b 1M -m 4
check 0 decode -q one got
cmp got file || failures=$((failures + 1))
[ $failures -eq 0 ]
