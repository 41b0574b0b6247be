#!/usr/bin/env bash
# Looks for what the build needs and installs what is missing, where that is allowed. Sourced by demo.sh and test.sh.
set -euo pipefail

need_swift() {
    if ! command -v swift > /dev/null; then
        echo "Swift 6.2 or later is needed: https://www.swift.org/install" >&2
        exit 69
    fi
}

need_libraries() {
    local missing=()
    if command -v pkg-config > /dev/null; then
        pkg-config --exists yaml-0.1 || missing+=(libyaml-dev)
        pkg-config --exists zlib || missing+=(zlib1g-dev)
        pkg-config --exists openblas || missing+=(libopenblas-dev)
    else
        missing=(pkg-config libyaml-dev zlib1g-dev libopenblas-dev)
    fi
    if [ ${#missing[@]} -eq 0 ]; then return; fi
    local apt=(apt-get)
    [ "$(id -u)" -eq 0 ] || apt=(sudo -n apt-get)
    echo "installing: ${missing[*]}"
    if ! command -v apt-get > /dev/null || ! { "${apt[@]}" update -qq && "${apt[@]}" install -y -qq "${missing[@]}"; }
    then
        echo "please install these packages (or their like) and try again: ${missing[*]}" >&2
        exit 69
    fi
}

need_swift
need_libraries
