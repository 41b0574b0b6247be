#!/usr/bin/env bash
# Builds DualRow and runs all of its tests.
cd "$(dirname "$0")"
source ./setup.sh

swift test "$@"
