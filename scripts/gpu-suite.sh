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
step() { # highest exit code that counts as done, name of the result's file, then the command
  local most=$1 file=$results/$2
  shift 2
  echo "== $*"
  "$@" > "$file" 2> "$file.err"
  local code=$?
  if [ "$code" -gt "$most" ]; then
    echo "   failed with $code, see $file and $file.err"
    failed=$((failed + 1))
  fi
  [ -s "$file.err" ] || rm -f "$file.err"
}

cp COMMIT "$results/"
step 0 doctor.txt bin/simserve doctor --device cuda
step 0 doctor.json bin/simserve doctor --device cuda --format json
step 0 golden.txt bin/SimServe.GpuBackend.Tests --filter "Category=Golden|Category=Gpu" --no-progress
# Profiles end with the floors: the rate of matrix products, the bandwidth of pinned copies, and how near blocks and loads come to them.
# Two workers share one GPU, each with streams of its own. Validation ends with 1 where a prediction is out of its bounds: that is a result.
step 0 profile-nano.txt bin/simserve profile --model flux-nano --device cuda --workers 2 --out "$results/profile-nano.json"
step 1 quickstart.txt bin/simserve validate experiments/quickstart/scenario.json --device cuda --out "$results/quickstart"
step 1 pictures.txt bin/simserve validate experiments/pictures/scenario.json --device cuda --out "$results/pictures"
step 1 validation.txt bin/simserve validate experiments/validation/suite.json --device cuda --out "$results/validation"
# FLUX.1-dev's size: 24 GB of weights, and for each recorded step 1.6 GB of pinned memory a template.
step 0 profile-flux.txt bin/simserve profile --model flux-dev-shape --device cuda --workers 1 --steps 3 --batch 2 --minutes 2 --out "$results/profile-flux.json"
echo "results in $results; $failed steps failed"
[ "$failed" -eq 0 ]
