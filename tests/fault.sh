#!/usr/bin/env bash
# fault.sh RQ INTERPOSER [full] [CALL...]: makes one system call after the other fail under rq.
#
# A run that fails must end with a documented status, leave what was there before as it was, and
# leave nothing open (and under ASan no memory that nothing points to); one that succeeds must have
# the right result; one that is killed must leave an encoding that decodes; and the same command
# without faults must then succeed and leave no litter. Without `full` it takes samples: the first calls, then ever fewer.
set -u
rq=$(realpath "$1") interposer=$(realpath "$2")
shift 2
full=''
[ "${1:-}" = full ] && full=yes && shift
wanted=" $* "
work=$(mktemp -d -p "${TMPDIR:-/dev/shm}" 2>/dev/null || mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0:exitcode=99
export RQ_FAULT_LEFT_OPEN=$work/open

runs=0 faults=0 failures=0 subject=''

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n    %s\n' "$subject" "$1"
    sed 's/^/    stderr: /' err | head -n 20
}

# Thousands of runs: what can be done without a process is.
shopt -s globstar nullglob dotglob
litter() {
    local found=(**/.*rq-*)
    [ ${#found[@]} -gt 0 ]
}
usable() { "$rq" decode -q target got 2>err && { cmp -s got old.bin || cmp -s got new.bin; }; }
tree() ( # the files, but those of working folders
    cd "$1" || exit
    files=()
    for file in **; do
        [[ $file == .rq-* || -d $file ]] || files+=("$file")
    done
    [ ${#files[@]} -eq 0 ] || cksum "${files[@]}"
)

# ---- cases: prepare_X, command_X, and what must hold after success (right_X) and failure (kept_X)

encode=(encode -q -s 512 -r 2 -b 6K)

prepare_encode() { rm -rf target && cp -r old target; }
command_encode=("${encode[@]}" new.bin target)
right_encode() { [ "$(tree target)" = "$new_tree" ]; }
kept_encode() { [ "$(tree target)" = "$old_tree" ]; }

prepare_encode_empty() { rm -rf target; }
command_encode_empty=("${encode[@]}" new.bin target)
right_encode_empty() { right_encode; }
kept_encode_empty() { [ ! -e target ] || [ -z "$(tree target)" ]; }

prepare_encode_layout() { rm -rf target && cp -r old target && echo previous >layout; }
command_encode_layout=("${encode[@]}" --layout layout new.bin target)
right_encode_layout() {
    cmp -s layout new/_raptorq_layout.json && ! [ -e target/_raptorq_layout.json ] &&
        [ "$(tree target | grep -v ' _')" = "$(echo "$new_tree" | grep -v ' _')" ]
}
kept_encode_layout() { kept_encode && echo previous | cmp -s - layout; }

prepare_metadata() { echo previous >layout; }
command_metadata=(metadata "${encode[@]:1}" new.bin layout)
right_metadata() { cmp -s layout new/_raptorq_layout.json; }
kept_metadata() { echo previous | cmp -s - layout; }

prepare_metadata_empty() { rm -f layout; }
command_metadata_empty=("${command_metadata[@]}")
right_metadata_empty() { right_metadata; }
kept_metadata_empty() { [ ! -e layout ]; }

prepare_decode() { echo previous >output; }
command_decode=(decode -q lossy output)
right_decode() { cmp -s output new.bin; }
kept_decode() { echo previous | cmp -s - output; }

prepare_decode_empty() { rm -f output; }
command_decode_empty=(decode -q lossy output)
right_decode_empty() { right_decode; }
kept_decode_empty() { [ ! -e output ]; }

prepare_decode_stream() { :; }
command_decode_stream=(decode -q lossy -)
right_decode_stream() { cmp -s out new.bin; }
kept_decode_stream() { cmp -s -n "$(stat -c %s out)" out new.bin; }

prepare_decode_parameters() { prepare_decode; }
command_decode_parameters=(decode -q --params PARAMETERS lossy output)
right_decode_parameters() { right_decode; }
kept_decode_parameters() { kept_decode; }

prepare_verify() { :; }
command_verify=(verify -q whole)
right_verify() { [ "$(tree whole)" = "$new_tree" ]; }
kept_verify() { right_verify; }

# A repair that fails may have mended some symbols, and touched no other.
prepare_repair() { rm -rf target && cp -r damaged target; }
command_repair=(repair -q -m 1 target)
right_repair() { [ "$(tree target)" = "$new_tree" ]; }
kept_repair() {
    [ -z "$(comm -23 <(tree target | sort) <(printf '%s\n%s\n' "$new_tree" "$damaged_tree" | sort))" ] &&
        [ -z "$(comm -13 <(tree target | sort) <(comm -12 <(sort <<<"$new_tree") <(sort <<<"$damaged_tree")))" ]
}

# ---- one run

# once CASE CALL AT ERROR: false if there is no such call.
once() {
    local name=$1 status
    local -n command=command_$name
    subject="rq ${command[*]}  # $1, call $3 of $2 gives $4${RQ_FAULT_LAST:+, and all later ones}"
    runs=$((runs + 1))
    rm -f log open
    "prepare_$name"
    { # the shell tells of what was killed
        timeout 20 env LD_PRELOAD="$interposer" RQ_FAULT_CALL="$2" RQ_FAULT_AT="$3" \
            RQ_FAULT_ERROR="$4" RQ_FAULT_LOG="$work/log" "$rq" "${command[@]}" >out 2>err </dev/null
    } 2>/dev/null
    status=$?
    if ! [ -e log ]; then
        [ $status -eq 0 ] || fail "ends with status $status without a fault"
        return 1
    fi
    faults=$((faults + 1))
    ! [ -e open ] || fail "left open: $(tr '\n' ' ' <open)"
    local first && read -r first <log
    subject="$subject ($first)"
    case $status in
    0) "right_$name" || fail 'success, but the result is wrong' ;;
    1 | 3 | 4 | 5 | 6)
        "kept_$name" || fail "failed ($status), but what was there before has changed"
        grep -q '^rq: ' err || fail "failed ($status) without a word"
        ;;
    7) [ "$name" = verify ] || fail "ended with status $status" ;; # what it cannot read is damaged
    137)
        [ "$4" = kill ] || fail 'was killed'
        if [ "$name" = encode ]; then # the exchange of encodings is finished or undone by the next run
            # Without an exchange in one step a block is under another name for a moment.
            [ -n "${RQ_FAULT_NO_EXCHANGE:-}" ] || usable || fail 'neither the old encoding nor the new one can be decoded'
            RQ_FAULT_CALL=write RQ_FAULT_AT=1 RQ_FAULT_ERROR=EIO LD_PRELOAD="$interposer" \
                "$rq" "${command[@]}" >out 2>err </dev/null && fail 'a write that fails is not seen'
            right_encode || kept_encode || fail 'neither the old encoding nor the new one is there'
            ! litter || fail "litter after the next run: $(find . -name '.*rq-*' | head -n 1)"
        elif [ "$name" != encode_layout ] && [ "$name" != encode_empty ]; then
            "kept_$name" || "right_$name" || fail 'what was there before has changed'
        fi
        ;;
    *) fail "ended with status $status" ;;
    esac
    case $2:$status in # a call that cleans up, or a success that could not
    unlink:* | list:* | open:* | lock:* | stat:* | rename:* | close:* | *:0 | *:137) ;;
    *)
        [ -n "${RQ_FAULT_LAST:-}" ] || ! litter || fail "litter: $(find . -name '.*rq-*' | head -n 1)"
        [ "$name" != encode_empty ] || ! [ -e target ] || fail 'the folder that it made is still there'
        ;;
    esac
    "$rq" "${command[@]}" >out 2>err </dev/null || fail 'fails without faults afterwards'
    "right_$name" || fail 'gives a wrong result without faults afterwards'
    litter && fail "litter stays: $(find . -name '.*rq-*' | head -n 1)" &&
        find . -depth -name '.*rq-*' -exec rm -rf {} +
    return 0
}

# each CASE CALL ERROR
each() {
    local at=1
    [ "$wanted" = '  ' ] || [[ "$wanted" = *" $2 "* ]] || return 0
    while once "$1" "$2" "$at" "$3"; do
        if [ "$failures" -gt 50 ]; then
            echo 'too many failures'
            exit 1
        elif [ -n "$full" ]; then
            at=$((at + 1))
        else
            at=$((at < 3 ? at + 1 : 4 * at))
        fi
    done
}

# ---- what is worked on

head -c 20000 /dev/urandom >new.bin
head -c 26000 /dev/urandom >old.bin
"$rq" "${encode[@]}" new.bin new && "$rq" "${encode[@]}" old.bin old || exit 1
cp -r new lossy
for block in lossy/block_*; do # of every three symbols one is lost
    find "$block" -type f | sort | sed -n '1~3p' | xargs rm
done
parameters=$("$rq" info new | sed -n 's/^ *parameters  *//p' | tr -d '\n')
command_decode_parameters[3]=$parameters
cp -r new whole
cp -r lossy damaged
for block in damaged/block_*; do # and of the others some are damaged
    find "$block" -type f | sort | sed -n '1~6p' >list
    sed -n '1~3p' list | xargs -I{} sh -c 'echo damaged >"$1"' - {}
    sed -n '2~3p' list | xargs -I{} sh -c 'rm "$1" && mkdir "$1"' - {}
    sed -n '3~3p' list | xargs -I{} ln -sf /dev/null {}
done
damaged_tree=$(tree damaged)
new_tree=$(tree new) old_tree=$(tree old) lossy_tree=$(tree lossy)

errors() {
    case $1 in
    memory) echo ENOMEM ;;
    thread) echo EAGAIN ;;
    open) echo EIO EACCES EMFILE EINTR ;;
    create) echo ENOSPC EROFS ;;
    read) echo EIO EINTR short ;;
    write) echo EIO ENOSPC EINTR short ;;
    sync | truncate | close) echo EIO EINTR ;;
    rename) echo EIO EACCES ENOSPC ;;
    link) echo EIO EPERM EXDEV ;;
    mkdir) echo ENOSPC EACCES ;;
    lock) echo ENOLCK EINTR ;;
    *) echo EIO EACCES ;;
    esac
}

calls='memory thread open create read write sync rename link mkdir unlink truncate close stat list lock other'
cases='encode encode_empty encode_layout metadata metadata_empty decode decode_empty
    decode_stream decode_parameters verify repair'
for call in $calls; do
    for error in $(errors "$call"); do
        for name in $cases; do
            each "$name" "$call" "$error"
        done
        [ -n "$full" ] || break # samples: one kind of error each, and the worst are first
    done
done

for name in $cases; do
    each "$name" file kill
done
full=yes each encode rename kill # all within the exchange of two encodings

# A disk that is full from some moment on, and a file system without nameless files.
export RQ_FAULT_LAST=1
for name in encode encode_layout metadata decode decode_parameters repair; do
    each "$name" write ENOSPC
    each "$name" create ENOSPC
    each "$name" sync EIO
done
unset RQ_FAULT_LAST
export RQ_FAULT_NO_TMPFILE=1
for call in create write sync rename unlink close stat lock; do
    for name in encode_layout metadata decode decode_empty repair; do
        each "$name" "$call" EIO
    done
done
for name in encode_layout metadata decode decode_empty repair; do
    each "$name" file kill
done
unset RQ_FAULT_NO_TMPFILE

# A system that cannot exchange two folders, and a file system without links.
export RQ_FAULT_NO_EXCHANGE=1
each encode rename EIO
each encode file kill
unset RQ_FAULT_NO_EXCHANGE
RQ_FAULT_LAST=1 each encode link EPERM

subject='the folder of symbols that was decoded'
[ "$(tree lossy)" = "$lossy_tree" ] || fail 'has changed'
echo "$runs runs, $faults faults, $failures failures"
[ "$faults" -gt 0 ] || echo 'the interposer does nothing'
[ "$failures" -eq 0 ] && [ "$faults" -gt 0 ]
