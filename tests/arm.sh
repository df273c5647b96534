#!/bin/sh
# Builds for boards of another kind and runs the unit tests on an emulated processor (user mode, no kernel):
#   tests/arm.sh [armhf|arm64]...
# Their libraries come from Debian and stay in ~/.cache/kioskd; nothing of the system changes. What starts other programs of
# that kind, or asks for time on the second, is left to a real board.
set -eu
cd "$(dirname "$0")/.."
# shellcheck source=/dev/null
. /etc/os-release
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kioskd
passed=0 failed=0

libraries() {
    make -s -pn help 2>/dev/null | sed -n 's/^PACKAGES_BUILD := //p' | tr ' ' '\n' | grep -- '-dev$' | paste -sd,
}

run_on() { # architecture, compiler's prefix, emulator
    kind=$1 prefix=$2 emulator=$3
    root=$cache/root-$kind-$VERSION_CODENAME out=build/$kind
    if [ ! -e "$root/.whole" ]; then
        echo "arm: fetching the libraries of $kind"
        rm -rf "$root"
        mkdir -p "$cache"
        # The mirror that this machine uses.
        # shellcheck disable=SC2016 # apt's own variable
        mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $VERSION_CODENAME" | head -n 1)
        mmdebstrap --quiet --aptopt='APT::Sandbox::User "root"' --variant=extract --architectures="$kind" --include="$(libraries),libcmocka-dev" \
            "$VERSION_CODENAME" "$root" "$mirror" >"$cache/root-$kind.log" 2>&1 || { tail -n 20 "$cache/root-$kind.log" >&2; exit 1; }
        touch "$root/.whole"
    fi
    triplet=${prefix%-}
    export PKG_CONFIG=pkg-config PKG_CONFIG_SYSROOT_DIR="$root" \
        PKG_CONFIG_LIBDIR="$root/usr/lib/$triplet/pkgconfig:$root/usr/share/pkgconfig:$root/usr/lib/pkgconfig"
    make -s -j2 CROSS="$prefix" CC="${prefix}gcc --sysroot=$root" PKG_CONFIG=pkg-config OUT="$out" tests
    for test in "$out"/tests/test_*; do
        [ -x "$test" ] || continue
        if "$emulator" -L "$root" "$test" >"$test.log" 2>&1; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAILED $kind ${test##*/}"
            grep -aE 'ERROR|FAILED|Error' "$test.log" | head -n 8 || tail -n 3 "$test.log"
        fi
    done
    echo "$kind: $(file -bL "$out/kioskd" | cut -d, -f1-2)"
}

[ $# -gt 0 ] || set -- armhf arm64
for kind in "$@"; do
    case $kind in
    armhf) run_on armhf arm-linux-gnueabihf- qemu-arm-static ;;
    arm64) run_on arm64 aarch64-linux-gnu- qemu-aarch64-static ;;
    *) echo "arm.sh: $kind: armhf or arm64" >&2; exit 2 ;;
    esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
