#!/usr/bin/env bash
# One command: installs what the tests need, builds, runs every test, and ends with the plain total.
#   ./test.sh            everything
#   ./test.sh --quick    without the real-component tests (System.Tests)
set -uo pipefail
cd "$(dirname "$0")"

quick=false
for arg in "$@"; do
  case "$arg" in
    --quick) quick=true ;;
    -h | --help) sed -n '2,4p' "$0"; exit 0 ;;
    *) echo "test.sh: unknown option '$arg' (known: --quick)" >&2; exit 2 ;;
  esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if ! command -v dotnet >/dev/null; then
  echo "test.sh: the .NET 10 SDK is missing and no Debian package holds it; install it from https://dot.net and run again" >&2
  exit 1
fi

# What the real-component tests drive, and the Debian package that holds each.
missing=()
need() { command -v "$1" >/dev/null || [ -x "$1" ] || missing+=("$2"); }
if ! $quick; then
  need chromium chromium
  need haproxy haproxy
  need /usr/sbin/nginx nginx
  need curl curl
  need openssl openssl
  need node nodejs
  need npm npm
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "test.sh: installing ${missing[*]}"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "test.sh: missing: ${missing[*]}; run as root on Debian to have them installed, or: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi
if ! $quick; then
  (cd tests/System.Tests/Provider && { [ -d node_modules/oidc-provider ] || npm ci --silent --no-audit --no-fund; }) || exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
dotnet build Pomerium.Fast.sln -v quiet -clp:NoSummary || exit 1
if ! $quick; then
  dotnet publish src/Server -c Release -o artifacts/server -v quiet -clp:NoSummary || exit 1
fi
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  [ "$name" = Kit ] && continue
  $quick && [ "$name" = System.Tests ] && continue
  dotnet test "$project" --no-build --logger "console;verbosity=normal" 2>&1 | tee -a "$log" |
    grep -vE '^ +Passed |^\[xUnit|^Starting test execution|^A total of|^$' || true
  [ "${PIPESTATUS[0]}" = 0 ] || status=1
done

count() { grep -E "^ +$1: [0-9]+" "$log" | awk '{ sum += $2 } END { print sum + 0 }'; }
passed=$(count Passed) failed=$(count Failed) skipped=$(count Skipped)
if [ "$failed" != 0 ] || [ "$passed" = 0 ]; then status=1; fi
if [ "$status" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
if [ "$skipped" != 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
exit $status
