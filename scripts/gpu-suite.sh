#!/usr/bin/env bash
# Runs everything that needs an NVIDIA GPU, unattended, from a bundle of scripts/bundle-gpu.sh, and leaves the results in a folder.
# Usage: ./gpu-suite.sh [RESULTS]   (results)
# SIMSERVE_LIBTORCH names the folder of a libtorch with CUDA; without it the PyTorch of python3 is taken.
set -uo pipefail
cd "$(dirname "$0")"
results=${1:-results}
mkdir -p "$results"
export SIMSERVE_TEST_DEVICE=cuda SIMSERVE_GOLDEN=${SIMSERVE_GOLDEN:-$PWD/golden}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
if [ -z "${SIMSERVE_LIBTORCH:-}" ]; then
  SIMSERVE_LIBTORCH=$(python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))') || {
    echo "set SIMSERVE_LIBTORCH to the folder of a libtorch with CUDA: python3 has no PyTorch here" >&2
    exit 3
  }
  export SIMSERVE_LIBTORCH
fi

failed=0
step() { # name of the result's file, then the command
  local file=$results/$1
  shift
  echo "== $*"
  if ! "$@" > "$file" 2> "$file.err"; then
    echo "   failed, see $file and $file.err"
    failed=$((failed + 1))
  fi
  [ -s "$file.err" ] || rm -f "$file.err"
}

cp COMMIT "$results/"
step doctor.txt bin/simserve doctor --device cuda
step doctor.json bin/simserve doctor --device cuda --format json
step golden.txt bin/SimServe.GpuBackend.Tests --filter "Category=Golden|Category=Gpu" --no-progress
# One worker takes one GPU. Validation also counts as failed when the studied policies do not beat the baseline (exit code 1).
step profile.txt bin/simserve profile --model flux-nano --device cuda --workers 1 --out "$results/profile-flux-nano.json"
step validate.txt bin/simserve validate experiments/quickstart/scenario.json --device cuda --set fleet.workers=1 --out "$results/validate"
echo "results in $results; $failed steps failed"
[ "$failed" -eq 0 ]
