#!/bin/sh
# Apache Kafka on this machine, from its jars.
#   kafka.sh bring                                     have the jars in .kafka/libs, and nothing else
#   kafka.sh run [FOLDER [PORT CONTROLLER_PORT [MORE]]]  run it in the foreground, on 127.0.0.1
# FOLDER keeps its data (.kafka), MORE is a file of properties that win over kafka/server.properties. KAFKA_FORMAT and
# KAFKA_JAVA are further arguments, for formatting and of Java. What cannot be ends in one sentence: exit 3 where a
# registry is out of reach, else 1.
set -u
cd "$(dirname "$0")/.." || exit 1
libs=.kafka/libs
ready=$libs/.ready
log=.kafka/maven.log

# stop CODE SENTENCE
stop() {
    echo "kafka: $2" >&2
    exit "$1"
}

bring() {
    [ "$(cksum <kafka/pom.xml)" = "$(cat "$ready" 2>/dev/null)" ] && command -v java >/dev/null && return
    sh scripts/parts.sh java || exit $?
    echo "kafka: fetching its jars into $libs (some 45 MB, once)"
    # Beside it first: an interrupted fetch is not taken for the whole, nor do two at a time mix.
    fetched=.kafka/libs.$$
    trap 'rm -rf "$fetched"' EXIT
    trap 'exit 130' INT TERM
    mkdir -p "$fetched" || stop 1 "the folder $(pwd) must be writable; it is not. Copy the project where you may write."
    # -C: a jar that has not the checksum of the registry is refused.
    if ! mvn -B -q -C -f kafka/pom.xml dependency:copy-dependencies -DincludeScope=runtime \
        -DoutputDirectory="$(pwd)/$fetched" -Daether.connector.connectTimeout=15000 \
        -Dmaven.wagon.http.retryHandler.count=1 -Dmaven.wagon.rto=60000 >"$log" 2>&1; then
        case $(cat "$log") in
            *'Checksum validation failed'* | *ChecksumFailure*)
                stop 1 "a jar must have the checksum of its registry; one has not ($log). Do not use it: find out why." ;;
            *'Could not transfer'* | *'Unknown host'* | *'Connection refused'* | *'imed out'* | \
                *'Network is unreachable'* | *'offline mode'*)
                stop 3 "the Maven registry must be reachable for the jars of Apache Kafka; it was not ($log has the details).\
 Check the network, a proxy, or your mirror in ~/.m2/settings.xml." ;;
        esac
        stop 1 "Maven must fetch the jars; it said ($log): $(grep -m 1 ERROR "$log" || tail -n 1 "$log")"
    fi
    cksum <kafka/pom.xml >"$fetched/.ready" || stop 1 "the disk must have room for the jars; it is full. Free some."
    rm -rf "$libs" && mv "$fetched" "$libs"
}

run() {
    folder=${1:-.kafka} port=${2:-9092} controller=${3:-9093} more=${4:-/dev/null}
    mkdir -p "$folder" || exit 1
    folder=$(cd "$folder" && pwd)
    # Its classes find each other by this path.
    classes="$(pwd)/$libs/*"
    fill="s|@PORT@|$port|g; s|@CONTROLLER_PORT@|$controller|g; s|@FOLDER@|$folder|g"
    cat kafka/server.properties "$more" | sed "$fill" >"$folder/server.properties" || exit 1
    set -- -Xmx512m -XX:+UseSerialGC -Dlog4j2.configurationFile="file:$(pwd)/kafka/log4j2.properties" -cp "$classes"
    if [ ! -e "$folder/data/meta.properties" ]; then
        # A cluster's id is 16 bytes in base64: 21 hexadecimal digits and a letter will do.
        id=$(od -An -N11 -tx1 /dev/urandom | tr -d ' \n' | cut -c 1-21)A
        # shellcheck disable=SC2086 # several arguments
        said=$(java -XX:TieredStopAtLevel=1 "$@" kafka.tools.StorageTool format --standalone -t "$id" \
            -c "$folder/server.properties" ${KAFKA_FORMAT:-} 2>&1) || stop 1 "$folder must be formatted; it was not: $said"
    fi
    echo "kafka: at 127.0.0.1:$port, its data in $folder/data; Ctrl-C ends it"
    # shellcheck disable=SC2086
    exec java ${KAFKA_JAVA:-} "$@" kafka.Kafka "$folder/server.properties"
}

case ${1:-run} in
    bring) bring ;;
    run)
        [ $# -eq 0 ] || shift
        bring
        run "$@" ;;
    *) stop 1 "the first word must be bring or run; was '$1'." ;;
esac
