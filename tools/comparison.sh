#!/usr/bin/env bash
# The trainings and tables of docs/COMPARISON.md: every method and variant on the same slices, by the same number of iterations, and the
# suites of the bench on the test split. What is done already is left as it is, so that a run that was stopped goes on.
#
#   tools/comparison.sh DATA OUT [PART...]      DATA: a BIDS data set with T1w, FLAIR and splits (tcga-lgg)
#
# Parts, each needs those before it: methods variants unconditional (trainings), suites. SEEDS="1 2 3" trains the methods by several seeds,
# METHODS="syndiff cgan" some of them.
set -euo pipefail
data=$1 out=$2
shift 2
parts=("$@")
[ $# -gt 0 ] || parts=(methods variants unconditional suites)
syndiff() { node "$(dirname "$0")/../bin/syndiff.mjs" "$@"; }

# The preset's rates for all: with the papers' own (1e-4, 2e-4) a few hundred iterations show nothing.
common=(--preset tiny --rate-generators 1e-3 --rate-discriminators 2e-4 --every-validation 0 --every-checkpoint 50 --backend wasm)
pairs=(--a "$data:T1w" --b "$data:FLAIR")

train() {
  local folder=$1
  shift
  mkdir -p "$(dirname "$folder")"
  if [ -f "$folder/run/checkpoint.json" ]; then
    grep -q '"event":"end"' "$folder/log.jsonl" || syndiff train --out "$folder" --resume
  else
    syndiff train --out "$folder" "${common[@]}" "$@"
  fi
}

methods() {
  local seed method
  for seed in ${SEEDS:-1}; do
    for method in ${METHODS:-syndiff cgan attgan sagan unit munit resnet ddpm unit-ddpm}; do
      train "$out/methods/seed$seed/$method" "${pairs[@]}" --method "$method" --steps 300 --every-preview 300 --seed "$seed"
    done
  done
}

# Fewer iterations, on crops of a quarter of the slice.
short=(--steps 100 --crop 32 --every-preview 0)
variant() { train "$out/variants/$1" "${pairs[@]}" "${short[@]}" "${@:2}"; }
variants() {
  local r="$out/variants/resnet"
  local pretrained=(--r-start "$r/a-to-b/card.json" --r-start-back "$r/b-to-a/card.json")
  variant syndiff
  variant l1-projector --l1-projector
  variant no-discriminators --no-adversarial
  variant no-cycle --no-cycle
  variant resnet --method resnet
  variant r-frozen-after-25 --freeze-r-after 25
  variant r-frozen-after-50 --freeze-r-after 50
  variant r-pretrained "${pretrained[@]}"
  variant r-pretrained-frozen --freeze-r "${pretrained[@]}"
  variant 2-steps --reverse-steps 2
  variant 8-steps --reverse-steps 8
  variant l1-half --weight-l1 0.25
  variant l1-double --weight-l1 1
  variant adversarial-half --weight-adversarial 0.5
  variant adversarial-double --weight-adversarial 2
}

alone() { train "$out/unconditional/$1" --unconditional --a "$data:FLAIR" "${short[@]}" "${@:2}"; }
unconditional() {
  alone adversarial-4
  alone l1-projector-4 --l1-projector
  alone l1-projector-1000 --l1-projector --reverse-steps 1000
  alone ddpm --method ddpm
}

bench() { syndiff bench --suite "$1" --models "$out/$2" --data "$data" --split test --backend wasm --out "$out/bench-$2" "${@:3}"; }
suites() {
  # A thousand steps a slice: few slices for all, the same ones.
  bench quality,complexity methods --slices 12
  bench ablation,steps variants --slices 24
  bench unconditional unconditional --slices 12
}

for part in "${parts[@]}"; do "$part"; done
