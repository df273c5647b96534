#!/bin/sh
# Builds the User-Mode Linux kernel for tests/kernel/*.sh from Debian's linux-source package, once, into a cache
# outside the tree. Prints the path of the kernel. Needs: linux-source-6.1 (or newer), flex, bison, bc, gcc, make, xz.
#
# Cache: $KIOSK_KERNEL_CACHE, or ${XDG_CACHE_HOME:-~/.cache}/kioskd/uml-KEY; KEY follows from the source package's
# version and the option list, so a change of either builds anew.
# --path prints where the kernel would be and builds nothing.
set -eu

ENABLE="GPIOLIB GPIO_CDEV GPIO_CDEV_V1 CONFIGFS_FS GPIO_SIM DEVTMPFS DEVTMPFS_MOUNT INPUT INPUT_EVDEV INPUT_MISC
INPUT_UINPUT HOSTFS EXT4_FS OVERLAY_FS TMPFS UNIX98_PTYS BLK_DEV_INITRD MD BLK_DEV_DM DM_FLAKEY DM_LOG_WRITES CGROUPS
BPF_SYSCALL CGROUP_BPF CGROUP_PIDS MEMCG SECCOMP SECCOMP_FILTER USER_NS PID_NS TMPFS_XATTR TMPFS_POSIX_ACL IPV6 AUTOFS_FS"
STACK_ORDER=4 # the patch below makes the register state on kernel stacks larger
DISABLE="SOUND MODULES WLAN DEBUG_INFO"

die() {
    echo "build_kernel.sh: $*" >&2
    exit 1
}

# shellcheck disable=SC2012 # names of packages
source_tar=$(ls /usr/src/linux-source-*.tar.xz 2>/dev/null | sort -V | tail -n 1)
[ -n "$source_tar" ] || die "no /usr/src/linux-source-*.tar.xz: apt-get install linux-source-6.1"
package=$(basename "$source_tar" .tar.xz)
patch=$(cd "$(dirname "$0")" && pwd)/uml.patch
[ "$package" = linux-source-6.1 ] || patch=${patch%.patch}-6.12.patch
version=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null || echo unknown)
key=$(printf '%s\n' "$package" "$version" "$ENABLE" "$DISABLE" "$STACK_ORDER" "$(cat "$patch")" | sha256sum | cut -c 1-16)
cache=${KIOSK_KERNEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kioskd/uml-$key}
kernel=$cache/linux-$key

if [ "${1:-}" = --path ] || [ -x "$kernel" ]; then
    echo "$kernel"
    exit 0
fi
for tool in flex bison bc gcc make xz flock patch; do
    command -v "$tool" >/dev/null || die "needs $tool"
done

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [ ! -x "$kernel" ]; then
    work=$cache/work-$$
    trap 'rm -rf "$work"' EXIT
    mkdir "$work"
    echo "build_kernel.sh: unpacking $source_tar (minutes follow; once)" >&2
    tar -xJf "$source_tar" -C "$work" --strip-components=1
    cd "$work"
    if patch -s -p1 --dry-run <"$patch" >/dev/null; then
        patch -s -p1 <"$patch"
    else
        echo "build_kernel.sh: $(basename "$patch") does not fit this source: left out" >&2
    fi
    nice -n 15 make -s ARCH=um defconfig >&2
    for option in $ENABLE; do scripts/config -e "$option"; done
    for option in $DISABLE; do scripts/config -d "$option"; done
    scripts/config --set-val KERNEL_STACK_ORDER "$STACK_ORDER"
    nice -n 15 make -s ARCH=um olddefconfig >&2
    for option in GPIO_SIM HOSTFS OVERLAY_FS CGROUP_BPF SECCOMP_FILTER; do
        grep -q "^CONFIG_$option=y" .config || die "this kernel source has no $option for ARCH=um"
    done
    nice -n 15 make -s ARCH=um -j"${KIOSK_KERNEL_JOBS:-1}" linux >"$cache/build.log" 2>&1 ||
        { tail -n 20 "$cache/build.log" >&2; die "the build failed; see $cache/build.log"; }
    strip -o "$kernel.new" linux
    mv "$kernel.new" "$kernel"
fi
echo "$kernel"
