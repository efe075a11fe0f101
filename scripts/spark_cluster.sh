#!/bin/sh
# A standalone Spark cluster on this machine: a master and two workers of one core each, on 127.0.0.1 only.
#   sh scripts/spark_cluster.sh start   starts it and waits until both workers have registered
#   sh scripts/spark_cluster.sh stop    ends what it started, by process number
# Logs and process numbers lie in var/spark-cluster. WORKERS, WORKER_MEMORY and PORT may be set.
set -eu
cd "$(dirname "$0")/.."
home=$PWD/.venv-spark
place=$PWD/var/spark-cluster
workers=${WORKERS:-2}
memory=${WORKER_MEMORY:-1200m}
port=${PORT:-7077}
master=spark://127.0.0.1:$port

stop() {
  for pid in "$place"/*.pid; do
    [ -e "$pid" ] || continue
    kill "$(cat "$pid")" 2>/dev/null || true
    rm -f "$pid"
  done
}

launch() { # name, class, arguments
  name=$1; shift
  "$home/bin/spark-class" "$@" >"$place/$name.log" 2>&1 &
  echo $! >"$place/$name.pid"
}

start() {
  [ -x "$home/bin/spark-class" ] || { echo "no .venv-spark here. Next step: make spark"; exit 1; }
  command -v java >/dev/null || { echo "no Java here. Next step: install Java 17 or newer"; exit 1; }
  if [ -e "$place/master.pid" ] && kill -0 "$(cat "$place/master.pid")" 2>/dev/null; then
    echo "the cluster runs already: DOUDI_SPARK_MASTER=$master"; exit 0
  fi
  mkdir -p "$place"
  rm -f "$place"/*.log
  export SPARK_LOCAL_IP=127.0.0.1 SPARK_PUBLIC_DNS=127.0.0.1 SPARK_DAEMON_MEMORY=256m SPARK_NO_DAEMONIZE=1
  export SPARK_DAEMON_JAVA_OPTS="-XX:+UseSerialGC"
  launch master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0
  for number in $(seq "$workers"); do
    launch "worker$number" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory "$memory" \
      --webui-port 0 --work-dir "$place/work$number" "$master"
  done
  for _ in $(seq 120); do
    if [ "$(grep -h -c 'Registering worker' "$place/master.log" 2>/dev/null || true)" = "$workers" ]; then
      echo "a master and $workers workers: export DOUDI_SPARK_MASTER=$master"
      return
    fi
    sleep 1
  done
  stop
  echo "the workers did not register within two minutes. Next step: look at $place/*.log"
  exit 1
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  *) echo "usage: sh scripts/spark_cluster.sh start|stop"; exit 2 ;;
esac
