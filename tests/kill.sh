#!/usr/bin/env bash
# kill.sh RQ COUNT [SEED]: kills rq COUNT times at random moments. A decode must then have left the
# previous file or the new one; an encode a folder that decodes to the one or the other, just as it
# is; a repair nothing but what was there and whole symbols; and the same command again must succeed
# and leave no litter.
set -u
rq=$(realpath "$1") count=$2
RANDOM=${3:-1}
work=$(mktemp -d -p "${TMPDIR:-/dev/shm}" 2>/dev/null || mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

failures=0 killed=0 subject=''

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n    %s\n' "$subject" "$1"
    find . -name '.*rq-*' | sed 's/^/    there is: /' | head -n 5
    sed 's/^/    stderr: /' err | head -n 5
}

litter() { find . -name '.*rq-*' -print -quit | grep -q .; }
tree() { (cd "$1" && find . -type f ! -path './.rq-*' -exec cksum {} + | sort); }

encode=(encode -q -s 1024 -r 2 -b 64K)
head -c 1000000 /dev/urandom >new.bin
head -c 1200000 /dev/urandom >old.bin
"$rq" "${encode[@]}" new.bin new && "$rq" "${encode[@]}" old.bin old || exit 1
mkfifo silence # to wait without a program
cp -r new lossy
for block in lossy/block_*; do # of every three symbols one is lost
    find "$block" -type f | sort | sed -n '1~3p' | xargs rm
done
cp -r lossy damaged
for block in damaged/block_*; do # and of the others some are cut
    find "$block" -type f | sort | sed -n '1~6p' | xargs truncate -s 100
done
new_tree=$(tree new) old_tree=$(tree old) damaged_tree=$(tree damaged)

prepare_encode() { rm -rf target && cp -r old target; }
command_encode=("${encode[@]}" new.bin target)
right_encode() { [ "$(tree target)" = "$new_tree" ]; }
kept_encode() {
    "$rq" decode -q target got 2>err && { cmp -s got new.bin || cmp -s got old.bin; } || return 1
    # A run that was killed while it exchanged the encodings is undone by the next one.
    litter || right_encode || [ "$(tree target)" = "$old_tree" ]
}

prepare_decode() { echo previous >output; }
command_decode=(decode -q lossy output)
right_decode() { cmp -s output new.bin; }
kept_decode() { echo previous | cmp -s - output || right_decode; }

prepare_repair() { rm -rf mended && cp -r damaged mended; }
command_repair=(repair -q mended)
right_repair() { [ "$(tree mended)" = "$new_tree" ]; }
kept_repair() {
    [ -z "$(comm -23 <(tree mended) <(printf '%s\n%s\n' "$new_tree" "$damaged_tree" | sort))" ]
}

# once CASE: the moment is anywhere in the time that the last whole run took.
once() {
    local name=$1 begin
    local -n command=command_$name longest=longest_$name
    "prepare_$name"
    local moment=$(((RANDOM * 32768 + RANDOM) % longest))
    subject="rq ${command[*]}  # killed after $moment us"
    "$rq" "${command[@]}" >out 2>err </dev/null &
    read -r -t "$(printf '0.%06d' "$((moment + 1))")" <>silence
    kill -KILL $!
    wait $!
    [ $? -eq 137 ] && killed=$((killed + 1))
    "kept_$name" || fail 'what was there before has changed'
    begin=${EPOCHREALTIME/[.,]/}
    "$rq" "${command[@]}" >out 2>err </dev/null || fail 'fails afterwards'
    longest=$((${EPOCHREALTIME/[.,]/} - begin))
    "right_$name" || fail 'gives a wrong result afterwards'
    ! litter || fail 'litter stays'
}

longest_encode=20000 longest_decode=10000 longest_repair=10000
{
    for ((i = 0; i < count; i++)); do
        case $((i % 3)) in
        0) once encode ;;
        1) once decode ;;
        2) once repair ;;
        esac
    done
} 2>/dev/null
echo "$count runs, $killed killed, $failures failures"
[ "$failures" -eq 0 ]
