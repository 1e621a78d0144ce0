#!/bin/sh
# A job over a folder of Parquet: it deletes and makes the partitions of its dates, and notes in `calls` what it does, one line a step.
#   job.sh TABLE DATE[,DATE…]|FROM..TO
# FAULT_AT="STEP DATE" and FAULT_WHO=child|executor|both: the first time it comes to that step it kills itself, whoever started it, or both.
# Steps of a date: begun, deleted, made. The step `over` is after the last date. FAULT_SLOW=SECONDS is how long a date takes.
# A date that another job is at already is noted as `clash`.
table=$1
case $2 in
  *..*) month=${2%%-??..*}; from=${2%%..*}; to=${2##*-}; dates=$(for day in $(seq -w "${from##*-}" "$to"); do echo "$month-$day"; done) ;;
  *) dates=$(echo "$2" | tr , ' ') ;;
esac

step() {
  echo "$1 $2 $$" >> calls
  if [ "$FAULT_AT" = "$1 $2" ] && mkdir fault-done 2> /dev/null; then
    case $FAULT_WHO in
      executor) kill -9 "$PPID" ;;
      both) kill -9 "$PPID" $$ ;;
      *) kill -9 $$ ;;
    esac
  fi
}

for date in $dates; do
  partition=data/main/$table/day=$date
  # The lock goes with the process that has it, in whatever namespace.
  exec 9> "at-$date"
  flock -n 9 || echo "clash $date $$" >> calls
  step begun "$date"
  [ -z "$FAULT_SLOW" ] || sleep "$FAULT_SLOW"
  rm -rf "$partition"
  step deleted "$date"
  mkdir -p "$partition"
  # Rows of a time of their own for each call, so that they tell who made them.
  cp "stamped/$(($(wc -l < calls) % 400)).parquet" "$partition/making"
  mv "$partition/making" "$partition/rows.parquet"
  step made "$date"
done
step over "$2"
