#!/usr/bin/env bash
# Builds the Linux and the Windows packages and tries them: install, self-test, upgrade, remove.
# For Debian 12. As root it installs the tools that it lacks; .ci/run calls it. Exit code 0: all
# passed. Pictures and figures are in build/packaging/ afterwards.
#
#   packaging/prove.sh            both, and the time of the start
#   packaging/prove.sh linux      only these
set -u
cd "$(dirname "$0")/.." || exit 1
SECONDS=0
asked=("$@")
[ "${#asked[@]}" -gt 0 ] || asked=(linux start windows)

say() { printf 'prove: %s\n' "$*"; }

lacks=() # Debian's packages of the programs that are missing
need() { # need PACKAGE PROGRAM
    command -v "$2" >/dev/null || lacks+=("$1")
}

need_package() { # need_package PACKAGE, of something that is no program
    dpkg-query --show --showformat='${Status}' "$1" 2>/dev/null | grep -q 'ok installed' \
        || lacks+=("$1")
}

install() { # install PACKAGE…: 0 if they are there afterwards
    [ "$(id -u)" -eq 0 ] || return 1
    say "installing $*"
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 \
        -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@" >/dev/null
}

# What the builds need; `./dev package` would install it too, one build at a time.
while read -r use _ package; do
    case $use in qt | x11 | linux | windows) need_package "$package" ;; esac
done <packaging/requirements/debian.txt
if [ "$(command -v python3)" = /usr/bin/python3 ]; then # Debian packs Python's library apart
    need_package "libpython$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
fi
need xvfb Xvfb
need xdotool xdotool
need imagemagick import
need debootstrap debootstrap
need desktop-file-utils desktop-file-validate
need appstream appstreamcli
if [ "${#lacks[@]}" -gt 0 ] && ! install "${lacks[@]}"; then
    say "these packages are needed and could not be installed: ${lacks[*]}"
    exit 1
fi

status=0
proofs=()
for system in "${asked[@]}"; do
    case $system in
    linux) ./dev package linux || status=1 ;;
    windows)
        if ! command -v wine >/dev/null && ! install wine wine64; then
            say "Wine could not be installed here: Setup.exe is built, but not tried under Wine"
            ./dev package windows || status=1
            continue
        fi
        ./dev package windows || status=1
        ;;
    esac
    proofs+=("$system")
done
if [ "$status" -eq 0 ] && [ "${#proofs[@]}" -gt 0 ]; then
    .venv/bin/python packaging/prove.py "${proofs[@]}" || status=1
fi
say "took $SECONDS s"
exit "$status"
