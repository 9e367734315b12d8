#!/usr/bin/env bash
# Makes one archive with which SimServe and its GPU tests run on a Linux x64 host that has an NVIDIA driver and some PyTorch, and neither .NET nor network.
# Usage: scripts/bundle-gpu.sh [ARCHIVE]   (out/simserve-gpu.tar.xz)
set -euo pipefail
cd "$(dirname "$0")/.."
archive=${1:-out/simserve-gpu.tar.xz}
limit=$((60 * 1000 * 1000))

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
bundle=$stage/simserve-gpu
publish() { # both programs share one folder and one runtime
  dotnet publish "$@" -c Release -r linux-x64 --self-contained -o "$bundle/bin" -v q --nologo -p:DebugType=none
}
publish src/Cli
publish tests/GpuBackend.Tests -p:Standalone=true

# Left out: debugging, other languages, and DuckDB, which only sweeps' tables need.
(cd "$bundle/bin" && rm -rf -- *.pdb *.xml createdump libmscord* libclrgc* libcoreclrtraceptprovider.so libduckdb.so ??/ ??-*/)

# TorchSharp's own library; libtorch itself comes from the host.
packages=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//')
version=$(sed -nE 's/.*"TorchSharp" Version="([^"]+)".*/\1/p' Directory.Packages.props)
cp "$packages/torchsharp/$version/runtimes/linux-x64/native/libLibTorchSharp.so" "$bundle/bin/"

cp -r experiments models profiles "$bundle/"
mkdir -p "$bundle/golden"
cp -r tests/golden/. "$bundle/golden/"
cp scripts/gpu-suite.sh "$bundle/"
git rev-parse HEAD > "$bundle/COMMIT" 2>/dev/null || echo unknown > "$bundle/COMMIT"

mkdir -p "$(dirname "$archive")"
tar -C "$stage" -cf - simserve-gpu | xz -T0 -6 > "$archive.tmp"
mv "$archive.tmp" "$archive"
size=$(stat -c %s "$archive")
echo "$archive: $size bytes"
if [ "$size" -gt "$limit" ]; then
  echo "the archive is larger than $limit bytes" >&2
  exit 1
fi
