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
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
    echo "test.sh: installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    status=$?
  else
    status=1
  fi
  if [ "$status" != 0 ]; then
    echo "test.sh: cannot install ${missing[*]}; on Debian: sudo apt-get install ${missing[*]} (or run ./test.sh --quick, which needs none of them)" >&2
    exit 1
  fi
fi
if ! $quick && [ ! -d tests/System.Tests/Provider/node_modules/oidc-provider ]; then
  echo "test.sh: installing npm oidc-provider"
  if ! (cd tests/System.Tests/Provider && npm ci --silent --no-audit --no-fund); then
    echo "test.sh: npm cannot install oidc-provider, the real identity provider of the tests; see the message above (or run ./test.sh --quick)" >&2
    exit 1
  fi
fi

dotnet build Pomerium.Fast.sln -v quiet -clp:NoSummary || exit 1
if ! $quick; then
  dotnet publish src/Server -c Release -o artifacts/server -v quiet -clp:NoSummary || exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Text always (-a): names of wire tests hold bytes that make grep think of a binary file and say nothing.
count() { grep -aE "^ +$1: [0-9]+" "$log" | awk '{ sum += $2 } END { print sum + 0 }'; }

# One project after the other: the system tests time and measure real processes, and xunit uses all cores by itself.
passed=0 failed=0 skipped=0
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  [ "$name" = Kit ] && continue
  $quick && [ "$name" = System.Tests ] && continue
  started=$SECONDS
  dotnet test "$project" --no-build --logger "console;verbosity=normal" -- RunConfiguration.TestSessionTimeout=600000 >"$log" 2>&1
  code=$?
  ok=$(count Passed) bad=$(count Failed) not_run=$(count Skipped)
  # A run that breaks off or runs nothing counts as a failure, also when no single test could be named.
  [ "$bad" = 0 ] && { [ "$code" != 0 ] || [ "$ok" = 0 ]; } && bad=1
  if [ "$bad" != 0 ]; then
    grep -avE '^ +Passed |^ +Skipped |^\[xUnit|^Starting test execution|^A total of|^$' "$log"
  fi
  printf '%-16s %5d passed, %d failed, %d skipped, %d s\n' "$name" "$ok" "$bad" "$not_run" $((SECONDS - started))
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + not_run))
done

[ "$skipped" = 0 ] || echo "$skipped skipped: written for a later stage, each says for which"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
