#!/bin/sh
# bench.sh RQ-BENCH: its commands run, its decodings are right, its exit statuses are as documented.
set -u

bench=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/rq-bench-test.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
failed=0

expect() { # expect STATUS ARGUMENT...: keeps the output in $folder/out
    wanted=$1
    shift
    "$bench" "$@" >"$folder/out" 2>"$folder/err"
    status=$?
    if [ $status -ne "$wanted" ]; then
        echo "rq-bench $*: status $status, not $wanted" >&2
        cat "$folder/err" >&2
        failed=1
    fi
}

expect_text() { # in what the last one printed
    if ! grep -q -e "$1" "$folder/out"; then
        echo "no '$1' in:" >&2
        cat "$folder/out" >&2
        failed=1
    fi
}

expect 0 help
expect_text '--against LIB'
expect 2
expect 2 nonsense
expect 2 codec --dir .
expect 2 codec --symbol-size
expect 2 codec --symbol-size 0
expect 2 codec --symbol-size 65536
expect 2 codec --k 10,
expect 2 codec --k 0
expect 2 codec --k 56404
expect 1 file --dir "$folder/missing"

expect 0 codec --symbol-size 64 --k 10 --milliseconds 1
expect_text 'decode repair only'
expect 0 codec --symbol-size 61 --k 1,26 --threads 2 --milliseconds 0 --json
expect_text '{"K": 26, "encode_cold": [1-9]'

expect 0 file --dir "$folder" --size 100000 --symbol-size 1280 --runs 2 --json
expect_text '{"call": "decode_symbols, 25%", "seconds": 0'
if [ "$(ls "$folder")" != "$(printf 'err\nout')" ]; then
    echo "files are left behind:" >&2
    ls "$folder" >&2
    failed=1
fi
exit $failed
