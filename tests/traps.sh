#!/usr/bin/env bash
# traps.sh RQ: things that are no files, or no folders, in the places of those that rq reads and
# writes. Each command must end, by success or with an error it tells, and touch nothing outside.
set -u
rq=$(realpath "$1")
work=$(mktemp -d) || exit 1
mounted=''
trap '[ -n "$mounted" ] && umount "$mounted"; rm -rf "$work"' EXIT
cd "$work" || exit 1

failures=0 runs=0 subject=''

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n    %s\n' "$subject" "$1"
    sed 's/^/    stderr: /' err
}

# attempt COMMAND...: must end in time, with an exit status of rq's; a failure must say why.
attempt() {
    local status=0
    runs=$((runs + 1))
    subject="$trap in the place of $place: rq $*"
    timeout -k 5 20 "$rq" "$@" >out 2>err </dev/null || status=$?
    [ $status -lt 9 ] || fail "status $status"
    [ $status -eq 0 ] || grep -q '^rq: ' err || fail 'no reason is told'
    [ "$(tree outside)" = "$outside" ] || fail 'something outside has changed'
    return $status
}

tree() { find "$1" -type f -exec cksum {} + && find "$1" -printf '%p %y %i %T@\n' | sort; }

# set_trap PATH: puts a $trap there; false if this system refuses it.
set_trap() {
    rm -rf "$1"
    case $trap in
    'a link to a file') ln -s "$work/outside/file" "$1" ;;
    'a link to a folder') ln -s "$work/outside" "$1" ;;
    'a link to itself') ln -s "$(basename "$1")" "$1" ;;
    'a dangling link') ln -s "$work/outside/nothing" "$1" ;;
    'a FIFO') mkfifo "$1" ;;
    'a device') mknod "$1" c 1 7 2>/dev/null ;; # /dev/full
    'a full folder') mkdir "$1" && echo mine >"$1/mine" ;;
    'an empty folder') mkdir "$1" ;;
    esac
}

head -c 30000 /dev/urandom >first
head -c 30000 /dev/urandom >second
mkdir outside && cp first outside/file && "$rq" encode -q -s 1024 first outside/symbols || exit 1
outside=$(tree outside)
"$rq" encode -q -s 1024 -r 8 -b 20K first good || exit 1
symbol=$(ls good/block_0 | head -n 1)
encode=(encode -q -s 1024 -r 8 -b 20K)

for trap in 'a link to a file' 'a link to a folder' 'a link to itself' 'a dangling link' 'a FIFO' \
    'a device' 'a full folder' 'an empty folder'; do
    for place in _raptorq_layout.json block_0 "block_0/$symbol" .rq-commit; do
        rm -rf d && cp -r good d && set_trap "d/$place" || continue
        attempt verify d
        attempt repair -n d
        attempt repair d
        if attempt decode d output; then
            cmp -s output first || fail 'success, but the file is wrong'
        fi
        if attempt "${encode[@]}" second d; then
            # What takes the place of traps leaves none for those who come after it.
            attempt "${encode[@]}" first d && attempt decode d output && cmp -s output first ||
                fail 'the folder is of no use any more'
        fi
        [ ! -d "d/.rq-commit" ] || [ "$place" = .rq-commit ] || fail 'the working folder is left'
        [ -z "$(find d -maxdepth 1 -name '.rq-partial*')" ] || fail 'a working folder is left'
    done

    # A link to a file is followed, a FIFO waits for a reader.
    case $trap in 'a link to a file' | 'a dangling link' | 'a FIFO') continue ;; esac
    place='an output' && set_trap taken && attempt decode good taken && fail 'it was written'
    place='a layout elsewhere' && set_trap taken && rm -rf d &&
        attempt "${encode[@]}" first d --layout taken && fail 'it was written'
done

for trap in 'a link to a file' 'a link to itself' 'a dangling link' 'a FIFO' 'a device'; do
    for place in 'the folder of symbols' 'the scratch folder'; do
        set_trap d || continue
        if [ "$place" = 'the scratch folder' ]; then
            rm -rf e && attempt "${encode[@]}" first e --scratch d
            cp -r good e 2>/dev/null
            attempt repair e --scratch d
            attempt decode e output --scratch d
            continue
        fi
        for command in verify repair; do attempt $command d && fail 'it succeeded'; done
        attempt decode d output && fail 'it succeeded'
        attempt "${encode[@]}" first d && fail 'it succeeded'
    done
done

# Nobody reads: a signal ends that. In the foreground timeout sends one and no SIGCONT after it: a
# second one that meets LeakSanitizer, as it stops the process at its end, makes it wait for ever.
# end_by SIGNAL COMMAND...
end_by() {
    local signal=$1
    shift
    subject="$trap in the place of $place: rq $*"
    timeout --foreground -s "$signal" -k 20 0.5 "$rq" "$@" >out 2>err
    [ $? -eq 124 ] || fail "SIG$signal did not end the wait for one who does not read"
}
trap='a FIFO' place='an output'
set_trap taken
end_by TERM decode good taken

rm -rf d && head -c 200000 /dev/urandom >large && "$rq" encode -q -r 1 large d && exec 9<>taken
for signal in INT TERM; do
    end_by $signal decode d taken
done
place='a layout'
rm -rf e
for signal in INT TERM; do
    end_by $signal metadata -q -s 100 large taken
    end_by $signal encode -q -s 100 -r 1 -l taken large e
    [ ! -e e ] || fail 'a folder is left'
done
exec 9>&-

# Nobody writes, and the end does not come: that must not be waited for.
place='the layout'
rm -rf d && cp -r good d && set_trap d/_raptorq_layout.json && exec 9<>d/_raptorq_layout.json
for command in verify repair info; do attempt $command d && fail 'it succeeded'; done
attempt decode d output && fail 'it succeeded'
exec 9>&-

# As root permissions do not bind; a file system that may not be written does.
trap='a file system that may not be written' place='the folder of symbols'
mkdir disk
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=8m tmpfs disk 2>/dev/null; then
    mounted="$work/disk"
    cp -r good disk/symbols && rm "disk/symbols/block_0/$symbol" && mount -o remount,ro disk
    before=$(tree disk)
    attempt decode disk/symbols output && cmp -s output first || fail 'it cannot be decoded'
    attempt verify disk/symbols
    attempt repair -n disk/symbols
    attempt repair disk/symbols && fail 'it succeeded'
    attempt "${encode[@]}" second disk/symbols && fail 'it succeeded'
    attempt metadata -q second disk/layout && fail 'it succeeded'
    attempt decode good disk/output && fail 'it succeeded'
    [ "$(tree disk)" = "$before" ] || fail 'it has changed'
    umount disk && mounted=''
fi

# What cannot be moved from a block keeps nobody from replacing the encoding, and the folder that it
# is in now goes as soon as it can.
trap='a file system' place='a folder in a block'
rm -rf d && cp -r good d && mkdir d/block_0/theirs
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=1m tmpfs d/block_0/theirs 2>/dev/null; then
    mounted="$work/d/block_0/theirs"
    for input in second first second; do
        attempt "${encode[@]}" $input d || fail 'it failed'
        mounted=$(find "$work/d" -name theirs)
        attempt decode d output && cmp -s output $input || fail 'it cannot be decoded'
    done
    umount "$mounted" && mounted=''
    attempt "${encode[@]}" first d && [ -d d/block_0/theirs ] || fail 'it was not kept'
    [ -z "$(find d -maxdepth 1 -name '.rq-*')" ] || fail 'a working folder is left'
fi
echo "$runs runs, $failures failures"
[ "$failures" -eq 0 ]
