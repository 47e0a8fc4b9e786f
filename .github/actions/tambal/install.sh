#!/usr/bin/env bash
# Puts tambal on PATH for action.yml beside it:
#   plan      checks the inputs and says whether Go is needed
#   install   downloads the pinned release, or builds tambal
# Everything comes from the checkout of the default branch and from the release that it pins; nothing of a pull request
# is read here.
set -euo pipefail

version=$TAMBAL_VERSION
sha256=$TAMBAL_SHA256
releases=${TAMBAL_RELEASES:-https://github.com/tambal-id/tambal/releases/download} # a mirror; the digest decides
source=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
bin=$RUNNER_TEMP/tambal-bin

fail() {
  echo "::error title=tambal::$*"
  exit 1
}

[[ $version =~ ^[0-9A-Za-z][0-9A-Za-z._+-]*$ ]] || fail "masukan version bukan rilis atau id commit (input version is no release or commit id)"
[[ $sha256 =~ ^([0-9a-f]{64})?$ ]] || fail "masukan sha256 harus 64 angka heksadesimal kecil (input sha256 must be 64 lower-case hexadecimal digits)"

# Only where action.yml itself says "source", as in tambal's own repository and its forks, the action builds what it lies
# in. A go.mod alone says nothing: in an office any pull request could bring one, and with it the program that judges.
own() { [[ $version == source ]]; }

# asset names the release's file for this machine.
asset() {
  local os arch suffix=
  case $RUNNER_OS in
    Linux) os=linux ;;
    macOS) os=darwin ;;
    Windows) os=windows suffix=.exe ;;
    *) fail "sistem $RUNNER_OS tidak dikenal (unknown system)" ;;
  esac
  case $RUNNER_ARCH in
    X64) arch=amd64 ;;
    ARM64) arch=arm64 ;;
    *) fail "arsitektur $RUNNER_ARCH tidak dikenal (unknown architecture)" ;;
  esac
  name=tambal_${os}_$arch$suffix program=$bin/tambal$suffix
}

digest() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

# download leaves nothing that could be run unless the digest is the pinned one.
download() {
  local name program got file=$RUNNER_TEMP/tambal.download
  asset
  curl --fail --silent --show-error --location --proto '=https,http' --connect-timeout 20 --max-time 300 --retry 3 \
    --output "$file" -- "$releases/$version/$name" || fail "$name $version tidak dapat diunduh (could not be downloaded)"
  got=$(digest "$file")
  if [[ $got != "$sha256" ]]; then
    rm -f "$file"
    fail "SHA-256 $name $version adalah $got, bukan $sha256; tidak dipasang (digest differs, not installed)"
  fi
  chmod 0755 "$file"
  mv "$file" "$program"
}

# build leaves no room for settings that would weaken Go's verification. Away from the checkout, no go.mod there counts.
build() {
  local settings=(GOENV=off GOFLAGS= GOPRIVATE= GONOSUMDB= GOINSECURE= GOSUMDB=sum.golang.org GOTOOLCHAIN=auto)
  if own; then
    env "${settings[@]}" GOWORK=off go -C "$source" build -o "$bin/" ./cmd/tambal
  else
    cd "$RUNNER_TEMP"
    env "${settings[@]}" GOBIN="$bin" go install "github.com/tambal-id/tambal/cmd/tambal@$version"
  fi
}

case ${1-} in
  plan)
    if [[ -n $sha256 ]]; then echo go=false; else echo go=true; fi >>"$GITHUB_OUTPUT"
    ;;
  install)
    mkdir -p "$bin"
    if [[ -n $sha256 ]]; then download; else build; fi
    echo "$bin" >>"$GITHUB_PATH"
    "$bin/tambal" version
    ;;
  *) fail "install.sh plan | install" ;;
esac
