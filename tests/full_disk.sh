#!/usr/bin/env bash
# full_disk.sh RQ: as root. Works on a small file system of which ever more is taken. Whatever fails
# must say so, leave what was there before, and no litter.
set -u
rq=$(realpath "$1")
work=$(mktemp -d) && mkdir "$work/disk" && mount -t tmpfs -o size=8m tmpfs "$work/disk" || exit 1
trap 'umount "$work/disk"; rm -rf "$work"' EXIT
cd "$work" || exit 1

failures=0 runs=0 refused=0 subject=''

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n    %s\n' "$subject" "$1"
    sed 's/^/    stderr: /' err
}

tree() { (cd "$1" && find . -type f -exec cksum {} + | sort); }

# run COMMAND...: true if it succeeded.
run() {
    local status=0
    runs=$((runs + 1))
    timeout 60 "$rq" "$@" >out 2>err || status=$?
    [ $status -eq 0 ] && return
    refused=$((refused + 1))
    [ $status -eq 5 ] || [ $status -eq 6 ] || fail "status $status"
    grep -q 'No space left' err || fail 'the reason is not told'
    return 1
}

head -c 1000000 /dev/urandom >new.bin
head -c 1000000 /dev/urandom >old.bin
encode=(encode -q -s 1024 -r 2 -b 100K)
"$rq" "${encode[@]}" old.bin old && "$rq" "${encode[@]}" new.bin new || exit 1
old_tree=$(tree old) new_tree=$(tree new)

for ((taken = 0; taken < 8000; taken += 100)); do
    subject="$taken KiB are taken: an encode over another"
    rm -rf disk/* && cp -r old disk/symbols && head -c ${taken}K /dev/zero >disk/ballast 2>/dev/null
    if run "${encode[@]}" new.bin disk/symbols; then
        [ "$(tree disk/symbols)" = "$new_tree" ] || fail 'success, but something else is there'
    else
        [ "$(tree disk/symbols)" = "$old_tree" ] || fail 'what was there before has changed'
    fi

    subject="$taken KiB are taken: an encode into a new folder"
    rm -rf disk/symbols
    if ! run "${encode[@]}" new.bin disk/symbols && [ -e disk/symbols ]; then
        fail 'the folder is still there'
    fi

    subject="$taken KiB are taken: a decode"
    rm -rf disk/symbols && cp old.bin disk/output 2>/dev/null
    if ! cmp -s disk/output old.bin; then # no room even for that
        continue
    elif run decode -q new disk/output; then
        cmp -s disk/output new.bin || fail 'success, but the file is wrong'
    else
        cmp -s disk/output old.bin || fail 'what was there before has changed'
    fi

    subject="$taken KiB are taken: a layout"
    rm -f disk/output && echo previous >disk/layout
    if ! run metadata -q -s 64 -r 9 new.bin disk/layout; then
        echo previous | cmp -s - disk/layout || fail 'what was there before has changed'
    fi
    rm -f disk/layout
    [ "$(ls -A disk | tr -d '\n')" = ballast ] || fail "litter: $(ls -A disk)"
done
echo "$runs runs, $refused without room, $failures failures"
[ "$failures" -eq 0 ] && [ "$refused" -gt 0 ]
