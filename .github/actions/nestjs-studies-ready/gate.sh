#!/usr/bin/env bash
# Fails unless the experiment has reached its target, with the exit code of nestjs-studies. Inputs are the variables of action.yml.
set -uo pipefail

receipt="${RUNNER_TEMP:-/tmp}/nestjs-studies-receipt.json"
read -ra command <<<"$STUDIES"

# Runs a command of nestjs-studies for the experiment, whose name may begin with a dash.
studies() {
  "${command[@]}" "$@" -- "$EXPERIMENT"
}

fail() {
  echo "::error::$1"
  exit "$2"
}

case "$TARGET" in
  ready) ;;
  not-worse) [ -n "$AGAINST" ] || fail 'The target "not-worse" needs the input "against": a receipt to compare with.' 64 ;;
  *) fail 'The input "target" must be "ready" or "not-worse".' 64 ;;
esac

studies ready --wait "$WAIT"
code=$?
case $code in
  0) verdict=ready ;;
  2) verdict=collecting ;;
  3) verdict=notReady ;;
  4) verdict=noisy ;;
  *) fail 'The verdict could not be read.' $code ;;
esac

change=
if [ -n "$AGAINST" ]; then
  # The earlier receipt is read before the new one is written, so that it may be the same file.
  changes=$(studies receipt --markdown --out "$receipt" --against "$AGAINST")
  changed=$?
  case $changed in
    0) change=same ;;
    5) change=better ;;
    6) change=worse ;;
    *) fail 'The receipts could not be compared.' $changed ;;
  esac
  printf '%s\n\n' "$changes" >>"$GITHUB_STEP_SUMMARY"
else
  studies receipt --out "$receipt" || fail 'The receipt could not be written.' $?
fi
studies receipt >>"$GITHUB_STEP_SUMMARY" || fail 'The receipt could not be read.' $?

{
  echo "verdict=$verdict"
  echo "change=$change"
  echo "receipt=$receipt"
} >>"$GITHUB_OUTPUT"

if [ "$TARGET" = not-worse ]; then
  [ "$change" != worse ] || fail 'The experiment is worse than before.' "$changed"
else
  [ "$code" = 0 ] || fail "The experiment is not ready: $verdict." "$code"
fi
