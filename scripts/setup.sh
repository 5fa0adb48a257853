#!/bin/sh
# Make .venv with everything that the make targets need. Does nothing when it is up to date.
# Every failure ends in one sentence that says what to do; what the tools said is then in .venv-setup.log.
set -u
cd "$(dirname "$0")/.." || exit 1
here=$(pwd)

# Ours only: no settings from elsewhere, and a network that does not answer ends soon unless the user wants to wait longer.
unset PYTHONHOME PYTHONPATH UV_REQUIRE_HASHES
export LC_ALL=C PYTHONNOUSERSITE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
export PIP_DEFAULT_TIMEOUT="${PIP_DEFAULT_TIMEOUT:-15}" UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-30}"
export UV_HTTP_RETRIES="${UV_HTTP_RETRIES:-1}"
# pip knows its registry from pip's settings; uv reads only its own.
[ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"

ready=.venv/.ready # written last: what .venv was made from; a half-made .venv has none
was_ready=.venv/.was-ready
log=.venv-setup.log
needed_mb=1800 # .venv, or the cache that its files are linked to

made_from() {
    echo "$here"
    cksum pyproject.toml requirements/dev.txt requirements/uv.txt scripts/setup.sh
}

# stop SENTENCE: say it, leave nothing half-made, fail.
stop() {
    [ -e "$ready" ] || rm -rf .venv 2>/dev/null
    echo "setup: $1" >&2
    exit 1
}

interrupted() {
    trap '' INT TERM
    [ -e "$ready" ] || rm -rf .venv 2>/dev/null
    echo "setup: stopped before .venv was complete; run make again to start over." >&2
    exit 130
}

# find_python: set `python` to the first of these that is Python 3.11 or 3.12 with venv. A name on PATH proves nothing (it
# may be a pyenv shim for a version that is not there), so each is run.
find_python() {
    # An activated .venv is about to be removed, so its python cannot make the next one.
    others=
    IFS=:
    for folder in $PATH; do [ "$folder" = "$here/.venv/bin" ] || others=${others:+$others:}$folder; done
    unset IFS
    PATH=$others
    python= found= without_venv=
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.12 python3.11 python3 python; fi
    for candidate; do
        version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        case $version in
            3.11 | 3.12) ;;
            *) found="${found:+$found, }$candidate is $version"; continue ;;
        esac
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            python=$candidate
            return
        fi
        without_venv=${without_venv:-$candidate $version}
    done
    [ -z "$without_venv" ] || stop "Python must have venv; ${without_venv% *} has not. Install it (on Debian and Ubuntu:\
 apt install python${without_venv##* }-venv) and run make again."
    stop "WellTegra needs Python 3.11 or 3.12; found ${found:-none}. Install one and run make again, or name one:\
 make setup PYTHON=/path/to/python3.12."
}

free_mb() {
    df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }'
}

# run WHAT COMMAND...: run the command in silence, or stop with the sentence for what went wrong. Its output is kept in a
# variable, because a full disk keeps none.
run() {
    what=$1
    shift
    output=$("$@" 2>&1) && return
    status=$?
    [ $status -lt 128 ] || interrupted
    said=
    if { printf '%s\n' "\$ $*" "$output" >"$log"; } 2>/dev/null; then said=" ($log has the details)"; else rm -f "$log"; fi
    case $output in
        *'No space left'* | *'os error 28'* | *'Errno 28'* | *'quota exceeded'*) disk_full ;;
        *'DO NOT MATCH THE HASHES'* | *'Hash mismatch'*)
            stop "$what: a package must have the hash in requirements/; one that the registry sent has not$said.\
 Do not install it by hand: find out who changed it." ;;
        *'are you offline'* | *'error sending request'* | *'dns error'* | *'Network connectivity is disabled'* | \
            *'Failed to establish a new connection'* | *'ConnectTimeout'* | *'ReadTimeout'* | *'Read timed out'* | \
            *'timed out'* | *'SSLError'* | *'ProxyError'* | *'Connection reset'* | *'ConnectionResetError'* | \
            *'Connection aborted'* | *'RemoteDisconnected'*)
            # Packages are changed after all have come, so what was complete before still is.
            [ ! -e "$was_ready" ] || mv "$was_ready" "$ready"
            stop "$what: the package registry must be reachable; it was not$said.\
 Check the network, a proxy (HTTPS_PROXY) or your own registry (PIP_INDEX_URL), and run make again." ;;
    esac
    can_grow || disk_full
    stop "$what failed$said: $(printf '%s\n' "$output" | tail -n 1 | sed 's/^ *//'). Mend that and run make again."
}

# What venv says of a full disk is only "exit status 1", and a quota does not show in df: so try.
can_grow() {
    dd if=/dev/zero of=.venv/.grow bs=1024k count=20 2>/dev/null
    grown=$?
    rm -f .venv/.grow
    return $grown
}

disk_full() {
    cache=$(.venv/bin/uv cache dir 2>/dev/null)
    free=
    for folder in "$here" "${TMPDIR:-/tmp}" ${cache:+"$cache"}; do
        free="${free:+$free, }$(free_mb "$folder") MB in $folder"
    done
    stop "the disk must have about $needed_mb MB free for the packages; found $free. Free some space and run make again."
}

[ "$(made_from)" = "$(cat "$ready" 2>/dev/null)" ] && [ -x .venv/bin/python ] && exit

trap interrupted INT TERM
# An environment that was complete is brought up to date; any other starts over.
if [ -e "$ready" ] && [ "$(head -n 1 "$ready")" = "$here" ] && [ -x .venv/bin/uv ] && .venv/bin/python -c '' 2>/dev/null; then
    mv "$ready" "$was_ready"
else
    find_python
    rm -rf .venv 2>/dev/null
    mkdir .venv 2>/dev/null || {
        [ "$(free_mb .)" -ge 1 ] || disk_full
        stop "the folder $here must be writable; it is not. Copy the project where you may write, and run make there."
    }
    [ "$(free_mb .)" -ge "$needed_mb" ] || disk_full
    echo "setup: making .venv with $("$python" -V 2>&1)"
    run "making .venv" "$python" -m venv .venv
    run "installing uv" .venv/bin/python -m pip install --quiet --no-input --retries 1 --only-binary :all: --no-deps \
        --require-hashes -r requirements/uv.txt
fi
# A user without a home has nowhere to keep packages for the next time.
cache=$(.venv/bin/uv cache dir 2>/dev/null)
mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || export UV_NO_CACHE=1
echo "setup: installing the packages of requirements/dev.txt (some 450 MB the first time)"
# uv is in the list because sync removes what is not; for the same reason we ourselves come after it. What is compiled
# here (13 s) is not at the first start of each command.
run "installing the packages" .venv/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --no-build \
    --require-hashes requirements/dev.txt requirements/uv.txt
run "installing welltegra" .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation \
    --editable .
rm -f "$log" "$was_ready"
made_from >"$ready" || disk_full
echo "setup: .venv is ready"
