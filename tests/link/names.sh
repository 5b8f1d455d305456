#!/bin/sh
# names.sh CC NM MAP ARCHIVE SHARED: the functions that the headers declare, the names in the map
# and those that each library gives to the world are the same.
set -eu
cc=$1 nm=$2 map=$3 archive=$4 shared=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

for header in include/rq.h include/rq-library.h; do
    "$cc" -E -P "$header"
done | grep -oE '\b(rq|raptorq)_[a-z0-9_]+\(' | tr -d '(' | sort >"$work/headers"
sed -nE 's/^ +((rq|raptorq)_[a-z0-9_]+);$/\1/p' "$map" | sort >"$work/map"
"$nm" -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' | sort >"$work/archive"
# The version itself is an absolute symbol.
"$nm" -D --defined-only "$shared" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort \
    >"$work/shared"

for list in headers archive shared; do
    if ! diff -u "$work/map" "$work/$list"; then
        echo "$map and $list differ" >&2
        exit 1
    fi
done
if ! readelf -d "$shared" | grep -q 'SONAME.*librq_library\.so\.1\]'; then
    echo "$shared has no SONAME librq_library.so.1" >&2
    exit 1
fi
echo "$(wc -l <"$work/map") names"
