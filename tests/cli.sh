#!/usr/bin/env bash
# The command-line tool from outside: tests/cli.sh PATH_TO_RQ
set -u
rq=$(realpath "${1:?usage: cli.sh PATH_TO_RQ}")
root=$(realpath "$(dirname "$0")/..")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

checks=0
failures=0
subject=''

fail() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n    %s\n' "$subject" "$1"
    sed 's/^/    stderr: /' err | head -n 5
}

# check MESSAGE COMMAND...: the command must succeed.
check() {
    local message=$1
    shift
    checks=$((checks + 1))
    "$@" || fail "$message"
}

# run STATUS ARGUMENTS...: rq must end with that status; its outputs are then in out and err. Every
# failure is one line or two that begin with "rq: ".
run() {
    local expected=$1 status
    shift
    subject="rq $*"
    "$rq" "$@" >out 2>err </dev/null
    status=$?
    check "exit status $status instead of $expected" test "$status" -eq "$expected"
    if [ "$expected" -ne 0 ] && [ $# -gt 0 ]; then
        check 'an error is not one line, or two' test "$(wc -l <err)" -ge 1 -a "$(wc -l <err)" -le 2
        check 'an error does not begin with "rq: "' test -z "$(grep -v '^rq: ' err)"
    fi
}

says() { check "standard error lacks: $1" grep -qF -- "$1" err; }
prints() { check "standard output lacks: $1" grep -qF -- "$1" out; }
silent() { check 'standard output is not empty' test ! -s out; }
same() { check "$1 and $2 differ" cmp -s "$1" "$2"; }
one_line() { check 'standard output is not one line' test "$(wc -l <out)" -eq 1; }
# A JSON object on one line, with these keys in this order.
json() {
    local pattern='^\{' key
    for key in "$@"; do
        pattern="$pattern.*\"$key\":"
    done
    one_line
    check "not JSON with the keys $*" grep -qE "$pattern.*\}\$" out
}
# The encoder parameters of all blocks, as --params takes them.
parameters() { "$rq" info "$1" | sed -n 's/^ *parameters  *//p' | tr -d '\n'; }

head -c 300001 /dev/urandom >input

# ---- usage ---------------------------------------------------------------------------------------

run 2
silent
says 'usage: rq encode'
run 0 --version
check 'the version is not that of the header' \
    grep -q "^rq $(sed -n 's/^#define RQ_VERSION  *"\(.*\)"/\1/p' "$root/include/rq.h") " out
run 0 help
prints 'exit status:'
run 0 --help
prints 'exit status:'
for command in encode decode verify repair metadata info help; do
    run 0 help $command
    prints "usage: rq $command"
    check 'a help speaks on standard error' test ! -s err
    check 'a line of help is longer than 80 columns' test -z "$(grep -E '.{81}' out)"
    mv out help.txt
    run 0 $command --help
    same out help.txt
done
run 2 nonsense
silent
says "no command 'nonsense'"
run 2 help nonsense
run 2 encode
says 'INPUT is missing'
run 2 encode input
says 'SYMBOLS_DIR is missing'
run 2 encode input symbols more
says 'too many: more'
run 2 encode '' symbols
says 'INPUT is empty'
run 2 encode input -
says "SYMBOLS_DIR cannot be '-'"
run 2 metadata - layout
run 2 info -
for command in "encode input" decode verify repair; do
    operands=$([ "$command" != decode ] || echo output)
    run 2 $command input $operands
    says 'SYMBOLS_DIR is a folder of symbols, but "input" is a file'
done
run 2 encode --scratch nowhere input symbols
says '"nowhere" is no folder'
run 2 encode --unknown input symbols
says '--unknown'
run 2 encode -x input symbols
says '-x'
run 2 encode --json=1 input symbols
says '--json takes no value'
run 2 encode input symbols --layout
says '--layout: its value is missing'
run 2 encode input symbols --layout -
run 2 decode -r 3 symbols output
says 'decode has no option --redundancy'
run 2 encode --params 00 input symbols
run 2 metadata --layout x input layout
run 2 decode --layout a --params 00 symbols output
run 2 decode --params 00 symbols output
says '24 for each block'
run 2 decode --params 00000000000000000000000g symbols output
says 'character 24 is not a hexadecimal digit'
run 2 decode --params 000000000000000000000000 symbols -
run 2 decode --json symbols -
run 2 encode "$(printf 'a\033[2J\nb')" symbols extra
check 'a control character reaches the terminal' test -z "$(tr -d '\n' <err | tr -cd '\000-\037')"
check 'a refused command leaves something behind' test ! -e symbols -a ! -e output

# refused OPTION VALUE MESSAGE
refused() {
    run 2 encode "--$1=$2" input symbols
    says "--$1: "
    says "$3"
}
refused symbol-size 0 '0 is not between 1 and 65535'
refused symbol-size 70000 '70000 is not between 1 and 65535'
refused symbol-size 18446744073709551617 'is not between 1 and 65535'
for number in '' -1 +1 ' 1' '1 ' 1.5 0x10 1e3 ten 12K; do
    refused symbol-size "$number" "'$number' is not a whole number from 1 to 65535"
done
refused redundancy 256 '256 is not between 0 and 255'
refused max-memory 0 '0 is not between 1'
refused max-memory 17592186044416 'is not between 1 and 17592186044415'
refused threads 1025 'is not between 0 and 1024'
for size in K 1KB 5T 1.5G -1 8589934592G 99999999999999999999; do
    refused block-size "$size" "'$size' is not a number of bytes"
done

# ---- round trips ---------------------------------------------------------------------------------

run 0 encode -s 1280 input symbols
silent
says 'encoded 300.0 kB into '
check 'a summary is not one line' test "$(wc -l <err)" -eq 1
check 'progress where there is no terminal' test -z "$(tr -cd '\r\033' <err)"
check 'there is no layout' test -s symbols/_raptorq_layout.json
run 0 decode symbols output
silent
says 'decoded 300.0 kB from '
same input output

# The spellings of an option, and options behind operands.
for option in '-s1280' '-s 1280' '--symbol-size=1280' '--symbol-size 1280'; do
    # shellcheck disable=SC2086
    run 0 metadata input layout $option -q
    check 'quiet is not quiet' test ! -s err
    same layout symbols/_raptorq_layout.json
done
run 0 -qs1280 -- metadata input ./layout
same layout symbols/_raptorq_layout.json
run 0 metadata -s 1280 input -
same out symbols/_raptorq_layout.json
says 'listed 300.0 kB as '
run 0 metadata --json -s 1280 input -
json total_symbols_count layout_content
run 0 encode -b 128K -q input blocks
# What is read is not what is written.
cp input kept
run 2 metadata input input
run 2 encode --layout input input elsewhere
run 2 decode symbols symbols/_raptorq_layout.json
check 'the input was replaced' cmp -s input kept
check 'the layout was replaced' grep -q '"blocks"' symbols/_raptorq_layout.json

run 0 metadata -b 131072 -q input layout
same layout blocks/_raptorq_layout.json
run 0 encode --json -s 1280 -l elsewhere -j 1 input symbols
json total_symbols_count total_repair_symbols symbols_directory blocks block_id \
    encoder_parameters original_offset size symbols_count source_symbols_count hash \
    layout_file_path
check '--json and a summary' test ! -s err
run 0 decode -q -l elsewhere symbols output --no-sync
same input output
run 0 encode -q -s 1280 input symbols

# ---- info ----------------------------------------------------------------------------------------

run 0 info symbols
prints '300001 bytes (300.0 kB) in 1 block'
check 'info speaks on standard error' test ! -s err
run 0 info symbols/
run 0 info symbols/_raptorq_layout.json
prints '300001 bytes'
sed 's/"original_offset": *0/"original_offset": 1/' symbols/_raptorq_layout.json >shifted
run 3 info shifted
check 'a layout that cannot be true is not named' grep -qF 'layout "shifted": block' err
run 0 info --json symbols
json total_symbols_count blocks source_symbols_count
run 0 metadata -q -b 4K input layout
run 0 info layout
prints 'in 74 blocks'
prints 'more blocks'
# A layout of many blocks, within the limit or not at all.
seq 0 3999 | sed 's/.*/{"block_id":&,"encoder_parameters":[0,0,0,0,1,0,0,1,1,0,1,1],'\
'"original_offset":&,"size":1,"symbols":["11111111111111111111111111111111"],"hash":""}/' |
    paste -sd, | sed 's/.*/{"blocks":[&]}/' >many_blocks
run 4 info -m 1 many_blocks
says 'try -m'
run 0 info -m 8 many_blocks
# A layout may list fewer symbols than the block has source symbols.
printf '{"blocks":[{"block_id":0,"encoder_parameters":[0,0,0,19,136,0,0,200,1,0,1,8],%s,%s' \
    '"original_offset":0,"size":5000' '"symbols":["11111111111111111111111111111111"],"hash":""}]}' \
    >short
run 0 info short
prints 'symbols  1: 1 source + 0 repair'
run 0 info --json short
prints '"total_symbols_count":1,"total_repair_symbols":0,'
run 0 info --memory -s 1280 input
prints 'encode'
prints 'decode'
check 'memory needs speak on standard error' test ! -s err
run 0 info --memory --json input
json object_size encode smallest comfortable metadata decode
run 5 info --memory nowhere
run 6 info --memory symbols
run 5 info nowhere
run 3 info input
run 2 info -s 1280 symbols
says '--symbol-size goes with --memory'
run 0 info -m 64 -j 1 symbols

# ---- pipes ---------------------------------------------------------------------------------------

subject='pipes'
"$rq" encode -q -b 64K - piped <input >out 2>err
check 'encode fails' test $? -eq 0
# shellcheck disable=SC2002
cat input | "$rq" encode -q -b 64K - piped >out 2>err
check 'encode of a pipe fails' test $? -eq 0
"$rq" encode -q -b 64K input whole
same piped/_raptorq_layout.json whole/_raptorq_layout.json
"$rq" decode piped - 2>err | cmp -s - input
check 'decode into a pipe gives other bytes' test "${PIPESTATUS[*]}" = '0 0'
head -c 3000000 /dev/zero >zeros
"$rq" encode -q zeros long
"$rq" decode long - 2>err | head -c 1 >/dev/null
check 'a closed pipe is no I/O error' test "${PIPESTATUS[0]}" -eq 6
check 'a closed pipe is not reported' grep -q '^rq: decode: .*standard output' err
if [ -w /dev/full ]; then
    "$rq" decode long - >/dev/full 2>err
    check 'a full disk is no I/O error' test $? -eq 6
    "$rq" info --json long >/dev/full 2>err
    check 'a full disk is no I/O error to info' test $? -eq 6
fi
(ulimit -f 16 && exec "$rq" encode -q input limited) 2>err
check 'a limit on the size of files is no I/O error' test $? -eq 6
check 'a limit on the size of files leaves a folder' test ! -e limited
check 'a limit on the size of files is not told' grep -q '^rq: encode: .*File too large' err
for descriptors in 4 5 6 7 8 9; do
    subject="verify with $descriptors descriptors"
    (ulimit -n $descriptors && exec "$rq" verify -q long) >out 2>err
    status=$?
    check 'what could not be looked at is called lost' test $status -ne 3 -a $status -ne 7
    (ulimit -n $descriptors && exec "$rq" decode -q long unseen) 2>err
    status=$?
    check 'what could not be looked at is called too few' test $status -ne 3 -a $status -ne 7
done
"$rq" info long >&- 2>err
check 'a closed standard output is no I/O error' test $? -eq 6
"$rq" encode - closed <&- 2>err
check 'a closed standard input is no I/O error' test $? -eq 6

# ---- losses and damage ---------------------------------------------------------------------------

# Leaves every n-th symbol of a folder and makes one of those left bad.
thin() {
    local n=$1 i=0 symbol
    for symbol in "$2"/block_*/*; do
        i=$((i + 1))
        [ $((i % n)) -eq 0 ] || rm "$symbol"
    done
    printf 'x' >>"$symbol"
}

parameters=$(parameters symbols)
run 0 decode -q -p "$parameters" symbols output
same input output
run 0 decode -q -p "$(parameters blocks)" blocks output
same input output
thin 3 symbols
run 0 decode --json symbols output
same input output
json bytes_written symbols_good symbols_damaged symbols_missing
check 'the bytes are not counted' grep -q '"bytes_written":300001,' out
run 0 decode -q -p "$parameters" symbols output
same input output
thin 2 symbols
echo before >output
run 3 decode symbols output
silent
run 3 decode --json symbols output
json bytes_written symbols_good symbols_damaged symbols_missing
run 3 decode -p "$parameters" symbols output
run 3 decode -p 00000493e000010001000108 symbols output
says 'no symbol fits the parameters'
check 'a failed decode touches the output' test "$(cat output)" = before

# ---- verify and repair ---------------------------------------------------------------------------

rm -rf checked && run 0 encode -q -s 1000 -r 3 -b 100000 input checked
cp -r checked pristine
run 0 verify checked
prints 'all'
says 'verified '
run 0 verify -q checked
silent
run 0 repair checked
says 'mended 0 of '
name=$(grep -oE '"[1-9A-Za-z]{32,44}"' checked/_raptorq_layout.json | tr -d '"' |
    while read -r name; do # the first source symbol, which a decode looks at
        [ -e "checked/block_1/$name" ] && echo "$name" && break
    done)
echo damaged >"checked/block_1/$name"
find checked/block_2 -type f | sort | sed -n '1~2d;p' | xargs rm
run 7 verify checked
prints "damaged: $name"
says '1 symbol is damaged and '
run 7 verify --json checked
json blocks block_id symbols_needed symbols_good symbols_damaged symbols_missing symbols_spare damaged
check 'not all was looked at' grep -qF '],"complete":true,"blocks_lost":0,' out
for lost in $(comm -23 <(ls pristine/block_2) <(ls checked/block_2)); do
    check 'a missing symbol is not named' grep -qE "\"missing\":\[[^]]*\"$lost\"" out
done
check 'the damaged symbol is not named' grep -qF "\"damaged\":[\"$name\"]" out
run 0 decode --json checked output
check 'the damaged symbol is not named' grep -qF "{\"block_id\":1,\"name\":\"$name\"}" out
run 0 repair --dry-run checked
says 'would mend '
run 7 verify -q checked
run 0 repair --json checked
json blocks block_id symbols_mended damaged mended
check 'the mended symbol is not named' grep -qF "\"mended\":[\"$name\"]" out
check 'the repaired folder differs' diff -r checked pristine
mv checked/_raptorq_layout.json layout
find checked/block_0 -type f | sort | sed -n '1~9!p' | xargs rm
echo damaged >"$(find checked/block_1 -type f | sort | head -n 1)"
run 5 verify checked
run 3 verify -l layout checked
says 'cannot be had back'
run 3 repair -l layout checked
says 'Too few good symbols for block 0'
check 'the other blocks are not repaired' diff -r checked/block_1 pristine/block_1
run 5 repair nowhere
run 2 repair

# ---- other failures ------------------------------------------------------------------------------

run 5 encode nowhere symbols2
says 'nowhere'
run 5 decode nowhere output
run 5 decode -l blocks/_raptorq_layout.json nowhere output
run 5 decode -l nowhere blocks output
check 'advice that was followed' test "$(wc -l <err)" -eq 1
run 5 decode blocks/block_0 output
says '--layout'
run 2 encode -q=1 input symbols2
says 'takes no value'
run 2 encode -m 16G input symbols2
says 'number of MB'
: >empty
run 1 info --memory empty
says 'File is empty'
: >empty
run 1 encode empty symbols2
echo '{"blocks": []}' >layout
run 3 decode -l layout blocks output
run 6 decode blocks nowhere/output
run 6 metadata input nowhere/layout
check 'a failure leaves something behind' test ! -e symbols2 -a ! -e nowhere

# 37501 symbols of 8 bytes: no plan for so many fits in 1 MB.
run 4 metadata -s 8 -m 1 input layout
says 'Required: '
limit=$(sed -n 's/^rq: try -m //p' err)
check 'the remedy is no number' test "$limit" -gt 1
run 0 metadata -q -s 8 -m "${limit:-1}" input layout
run 0 metadata -q -s 8 input layout2
same layout layout2

# ---- signals -------------------------------------------------------------------------------------

# stopped SIGNAL STATUS: a pipe that never ends, stopped after its first blocks.
stopped() {
    subject="encode - stopped by SIG$1"
    rm -f feed
    mkfifo feed
    "$rq" encode -b 64K - blocks <feed >out 2>err &
    local process=$!
    exec 3>feed
    cat input >&3
    sleep 0.5
    kill -s "$1" $process
    wait $process
    check "the exit status is not $2" test $? -eq "$2"
    exec 3>&-
    check 'there is no message' grep -q '^rq: encode: interrupted$' err
}
stopped INT 130
stopped TERM 143
run 0 decode -q blocks output
same input output
check 'something is left behind' test "$(find blocks -mindepth 1 -maxdepth 1 | wc -l)" -eq 4

# ---- terminal ------------------------------------------------------------------------------------

# on_terminal TERM OPTIONS: what encode draws on a pseudo-terminal.
on_terminal() {
    local slow='cat input; sleep 0.3; cat input; sleep 0.3; cat input'
    TERM=$1 script -qec "stty cols 80; ($slow) | '$rq' encode $2 -b 64K - drawn" /dev/null \
        </dev/null >out 2>err
}
escape=$(printf '\033')
if script -qec true /dev/null </dev/null >out 2>err; then
    subject='progress on a terminal'
    on_terminal xterm ''
    check 'there is no progress' grep -q "encode  [0-9.]* [kM]*B.*$escape\[K" out
    check 'there is no rate' grep -q 'B/s' out
    check 'the line is not wiped' grep -q "^.*$escape\[Kencoded 900.0 kB" out
    on_terminal xterm -q
    check 'quiet is not quiet' test ! -s out
    on_terminal dumb ''
    check 'progress on a dumb terminal' test -z "$(tr -cd '\033' <out)"
else
    echo 'SKIPPED: progress on a terminal (there is no working script command)'
fi

# ---- every option is documented ------------------------------------------------------------------

subject='the man page and the completions'
: >err
for option in $(for command in encode decode verify repair metadata info; do
    "$rq" help $command | sed -n 's/^  [ -].*--\([a-z-]*\) .*/\1/p'
done | sort -u); do
    check "the man page lacks --$option" \
        grep -qF -- "\\-\\-$(printf '%s' "$option" | sed 's/-/\\-/g')" "$root/docs/rq.1"
    check "the bash completion lacks --$option" \
        grep -qE -- "--$option([^a-z-]|\$)" "$root/packaging/completions/rq.bash"
    check "the zsh completion lacks --$option" \
        grep -qE -- "--$option([^a-z-]|\$)" "$root/packaging/completions/_rq"
    check "the fish completion lacks --$option" \
        grep -qE -- "-l $option( |\$)" "$root/packaging/completions/rq.fish"
done

printf '%d checks, %d failed\n' "$checks" "$failures"
[ "$failures" -eq 0 ]
