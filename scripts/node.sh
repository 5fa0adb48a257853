#!/bin/sh
# Have the packages of tests/node in its node_modules, as its lock says, and Node for them. What cannot be ends in one
# sentence: exit 3 where a registry is out of reach, else 1.
set -u
cd "$(dirname "$0")/.." || exit 1
folder=tests/node
packages=$folder/node_modules
ready=$packages/.ready

# stop CODE SENTENCE
stop() {
    echo "node: $2" >&2
    exit "$1"
}

sh scripts/parts.sh node || exit $?
[ "$(cksum <$folder/package-lock.json)" = "$(cat "$ready" 2>/dev/null)" ] && exit
echo "node: fetching the packages of $folder (some 85 MB unpacked, once)"
# Beside it first: an interrupted fetch is not taken for the whole, nor do two at a time mix.
fetched=$packages.$$
trap 'rm -rf "$fetched"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$fetched" && cp $folder/package.json $folder/package-lock.json $folder/.npmrc "$fetched" ||
    stop 1 "the folder $(pwd) must be writable; it is not. Copy the project where you may write."
if ! said=$(npm ci --prefix "$fetched" 2>&1 </dev/null); then
    why=$(printf '%s\n' "$said" | grep -i 'error' | grep -v 'complete log' | head -n 1)
    case $said in
        *EINTEGRITY*)
            stop 1 "a package must have the checksum of the lock; one has not: $why. Do not use it: find out why." ;;
        *EAI_AGAIN* | *ENOTFOUND* | *ECONNREFUSED* | *ECONNRESET* | *ETIMEDOUT* | *ERR_SOCKET_TIMEOUT* | \
            *ENETUNREACH* | *EHOSTUNREACH*)
            stop 3 "the npm registry must be reachable for the packages of $folder; it was not ($why). Check the network,\
 a proxy, or your mirror in ~/.npmrc." ;;
    esac
    stop 1 "npm must fetch the packages; it said: ${why:-nothing}"
fi
cksum <$folder/package-lock.json >"$fetched/node_modules/.ready" ||
    stop 1 "the disk must have room for the packages; it is full. Free some."
rm -rf "$packages" && mv "$fetched/node_modules" "$packages"
