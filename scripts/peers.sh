#!/bin/sh
# Make .venv-peers, with what is measured beside us and wants older packages than we do: requirements/peers.txt, by uv.
# Does nothing when it is up to date. What cannot be ends in one sentence: exit 3 where the registry is out of reach, else 1.
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C PYTHONNOUSERSITE=1
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-30}" UV_HTTP_RETRIES="${UV_HTTP_RETRIES:-1}"
unset PYTHONHOME PYTHONPATH UV_REQUIRE_HASHES
[ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
ready=.venv-peers/.ready # written last: what it was made from
made_from() {
    pwd
    cksum requirements/peers.txt scripts/peers.sh
}

# stop CODE SENTENCE: nothing half-made is left.
stop() {
    rm -rf .venv-peers
    echo "peers: $2" >&2
    exit "$1"
}

[ "$(made_from)" = "$(cat "$ready" 2>/dev/null)" ] && [ -x .venv-peers/bin/python ] && exit
[ -x .venv/bin/uv ] || stop 1 "uv must be in .venv; it is not. Run make setup."
trap 'stop 130 "stopped before .venv-peers was complete; run it again to start over."' INT TERM
echo "peers: making .venv-peers from requirements/peers.txt (some 30 packages, once)"
rm -rf .venv-peers
said=$(.venv/bin/uv venv --quiet --python .venv/bin/python .venv-peers 2>&1 &&
    .venv/bin/uv pip sync --quiet --python .venv-peers/bin/python --no-build --require-hashes requirements/peers.txt 2>&1)
if [ $? -ne 0 ]; then
    last=$(printf '%s\n' "$said" | tail -n 1 | sed 's/^ *//')
    case $said in
        *'Hash mismatch'*)
            stop 1 "a package must have the hash in requirements/peers.txt; one that the registry sent has not. Do not\
 install it by hand: find out who changed it." ;;
        *'are you offline'* | *'error sending request'* | *'dns error'* | *'Network connectivity is disabled'* | \
            *'imed out'* | *'Connection reset'* | *'Failed to fetch'*)
            stop 3 "the package registry must be reachable; it was not ($last). Check the network, a proxy\
 (HTTPS_PROXY) or your own registry (PIP_INDEX_URL), and run it again." ;;
    esac
    stop 1 "making .venv-peers failed: $last. Mend that and run it again."
fi
made_from >"$ready" || stop 1 "the disk must have room for the packages; it is full. Free some."
echo "peers: .venv-peers is ready"
