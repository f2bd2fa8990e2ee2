#!/usr/bin/env bash
# Opens the disk image in dist/, copies the program out of it as a person would, and runs its
# self-test. On a Mac only.
set -euo pipefail
cd "$(dirname "$0")/../.."

image=$(echo dist/*.dmg)
place=$(mktemp -d)
hdiutil attach -nobrowse -readonly -mountpoint "$place/image" "$image"
trap 'hdiutil detach -quiet "$place/image"' EXIT
cp -R "$place/image/ATZ Desktop.app" "$place/"
codesign --verify --deep --strict "$place/ATZ Desktop.app"
"$place/ATZ Desktop.app/Contents/MacOS/atz-desktop" --self-test build/shots
du -sh "$image" "$place/ATZ Desktop.app"
