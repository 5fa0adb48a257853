#!/bin/sh
# Have parts that Python cannot bring: `parts.sh java prometheus node chromium`. A part that is there is left as it is; on Debian,
# root gets it by apt. Each part that cannot be had ends in one sentence: exit 3 where a registry is out of reach, 1
# otherwise.
set -u
export LC_ALL=C

# stop CODE SENTENCE
stop() {
    echo "parts: $2" >&2
    exit "$1"
}

java_version() {
    java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1
}

has_java() {
    version=$(java_version)
    [ "${version:-0}" -ge 17 ] && command -v mvn >/dev/null
}

has_prometheus() {
    command -v promtool >/dev/null && command -v prometheus >/dev/null
}

node_version() {
    node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p'
}

has_node() {
    version=$(node_version)
    [ "${version:-0}" -ge 18 ] && command -v npm >/dev/null
}

# install WHAT REMEDY PACKAGE...
install() {
    what=$1 remedy=$2
    shift 2
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || stop 1 "$what must be installed; found $found. $remedy"
    echo "parts: installing $* by apt"
    # A package's service would start at once, and listen everywhere; Debian asks this file first.
    policy=${POLICY_RC_D:-/usr/sbin/policy-rc.d}
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
        trap 'rm -f "$policy"' EXIT
        trap 'exit 130' INT TERM
    fi
    said=$({ apt-get -qq update && apt-get -qq install --yes --no-install-recommends "$@"; } 2>&1 </dev/null) && return
    case $said in
        *'Could not resolve'* | *'Failed to fetch'* | *'Unable to connect'* | *'Could not connect'* | \
            *'Temporary failure'* | *'Unable to fetch'*)
            stop 3 "$what must be fetched by apt; its servers could not be reached. $remedy" ;;
    esac
    stop 1 "$what must be installed; apt said: $(printf '%s\n' "$said" | grep -m 1 '^E:' || echo nothing). $remedy"
}

for part; do
    case $part in
        java)
            has_java && continue
            found="java ${version:-none}, $(command -v mvn || echo no mvn)"
            install "Java 17 or later, and Maven," "On Debian and Ubuntu: apt install default-jre-headless maven." \
                default-jre-headless maven
            has_java || stop 1 "Java must be 17 or later; this Debian's is ${version:-none}. Install a newer one." ;;
        prometheus)
            has_prometheus && continue
            found="no $(command -v promtool >/dev/null && echo prometheus || echo promtool)"
            install "Prometheus, with its promtool," "On Debian and Ubuntu: apt install prometheus." prometheus ;;
        node)
            has_node && continue
            found="node ${version:-none}, $(command -v npm || echo no npm)"
            install "Node 18 or later, and npm," "On Debian and Ubuntu: apt install nodejs npm." nodejs npm
            has_node || stop 1 "Node must be 18 or later; this Debian's is ${version:-none}. Install a newer one." ;;
        chromium)
            command -v chromium >/dev/null && continue
            found="no chromium"
            install "Chromium" "On Debian: apt install chromium." chromium ;;
        *) stop 1 "a part must be java, prometheus, node or chromium; was '$part'." ;;
    esac
done
