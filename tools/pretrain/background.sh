#!/usr/bin/env bash
# Trains the small generators on the CPU while other work goes on: two lanes of one thread each, at idle priority, resumable.
#   background.sh start | stop | pause | resume | status        (from anywhere; returns at once)
# Each job: by L1 on crops, then on whole slices, then against the discriminator (sharper). State: a folder `train` beside the project's checkout
# (TRAIN_DIR to choose another): NAME/checkpoint.pt, gen.pth (EMA, as the authors save it), gen-l1.pth (before the discriminator), preview.png,
# log.jsonl. A job without state starts from the folder WEIGHTS (NAME.pth) or, for a new pair, from its relative named below. PACKS: the folder of packs.
# `stop` saves first (up to a minute). `pause` frees the CPU at once, for a timing; do not forget `resume`.
set -u
here=$(cd "$(dirname "$0")" && pwd); packs=${PACKS:-$here/packs}; weights=${WEIGHTS:-$here/weights}; state=${TRAIN_DIR:-$(dirname "$(dirname "$(dirname "$here")")")/train}
# lane  name        pack     source target crops whole adversarial  start (without state)
jobs() { cat <<'J'
1 t1w-to-flair t1-flair T1w FLAIR 14000 5000 8000 t1w-to-flair
2 t1w-to-ct    mr-ct    T1w   CT  12000 3000 6000 t1w-to-flair
1 flair-to-t1w t1-flair FLAIR T1w 12000 3000 6000 t1w-to-flair
2 t1w-to-t2w   t1-t2    T1w   T2w 14000 5000 8000 t1w-to-t2w
2 t2w-to-t1w   t1-t2    T2w   T1w 12000 3000 6000 flair-to-t1w
J
}
pids() { cat "$state"/lane*.pid 2>/dev/null; }
alive() { for p in $(pids); do kill -0 "$p" 2>/dev/null && grep -qs background.sh "/proc/$p/cmdline" && echo "$p"; done; }
workers() { for p in $(alive); do pgrep -P "$p" -f train_cpu.py; done; }
lane() {
  export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=134217728 OMP_NUM_THREADS=1
  while read -r l name pack source target crops whole adv start; do
    [ "$l" = "$1" ] && [ ! -e "$state/$name/done" ] || continue
    mkdir -p "$state/$name"; from=(); for f in "$state/$start/gen.pth" "$weights/$start.pth"; do [ -e "$f" ] && { from=(--start "$f"); break; }; done
    chrt -i 0 nice -n 19 /usr/bin/python3 "$here/train_cpu.py" --threads 1 --pack "$packs/$pack.zip" --source "$source" --target "$target" --out "$state/$name" \
      "${from[@]}" --lr 4e-4 --minutes 100000 --samples-crop "$crops" --samples-whole "$whole" --samples-adv "$adv" --save-minutes 30 --eval-slices 18 --finish "$state/$name/done" >>"$state/$name/out.txt" 2>&1 </dev/null &
    child=$!; trap 'kill $child 2>/dev/null; wait $child; exit 0' TERM; wait $child
    [ -e "$state/$name/done" ] || { echo "$name ended early, see $state/$name/out.txt" >>"$state/lanes.txt"; exit 1; }
  done < <(jobs)
}
case ${1:-status} in
  lane) lane "$2" ;;
  start)
    [ -n "$(alive)" ] && { echo "already running: $(alive | xargs)"; exit 0; }
    mkdir -p "$state"
    /usr/bin/python3 -c 'import torch, PIL, numpy' 2>/dev/null || { (apt-get update && apt-get install -y python3-torch python3-numpy python3-pil) >"$state/apt.txt" 2>&1 || { echo "could not install PyTorch, see $state/apt.txt"; exit 1; }; }
    for l in 1 2; do setsid nohup bash "$0" lane $l >>"$state/lanes.txt" 2>&1 </dev/null & echo $! >"$state/lane$l.pid"; done
    sleep 1; echo "training in the background: $(alive | xargs); state in $state" ;;
  stop) for p in $(alive); do kill "$p"; done; for i in $(seq 90); do [ -z "$(alive)" ] && break; sleep 1; done; [ -z "$(alive)" ] && echo stopped || { echo "still saving: $(alive | xargs)"; exit 1; } ;;
  pause) for p in $(workers); do kill -STOP "$p"; done; echo paused ;;
  resume) for p in $(workers); do kill -CONT "$p"; done; echo resumed ;;
  status)
    echo "running: $(alive | xargs)"
    for d in "$state"/*/; do [ -e "$d/log.jsonl" ] && { printf '%s%s: ' "$(basename "$d")" "$([ -e "$d/done" ] && echo ' (done)')"; tail -n 1 "$d/log.jsonl"; }; done; true ;;
  *) sed -n 2,8p "$0"; exit 2 ;;
esac
