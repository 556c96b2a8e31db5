#!/bin/sh
# Writes, as a tar archive on stdout, what stands in for `python:slim` with the locked packages (image.rs): Debian's minimal
# system with its Python, `image.sh FOLDER ENVIRONMENT`. The packages come out of ENVIRONMENT, a virtual environment of the same
# version of Python; FOLDER keeps Debian's packages for the next time. Wants a mount namespace of its own: debootstrap mounts.
set -eu
folder=$1 environment=$2
. /etc/os-release
suite=$VERSION_CODENAME
# the mirror that apt is configured with
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" 'Component: main' | head -n 1)
[ -n "$mirror" ] || { echo "apt knows no package lists of $suite: run apt-get update" >&2; exit 1; }

tree=$folder/tree
rm -rf "$tree"
mkdir -p "$folder/packages"
debootstrap --variant=minbase --include=python3 --cache-dir="$folder/packages" "$suite" "$tree" "$mirror" >&2

cd "$tree"
python=$(chroot . python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
packages=$environment/lib/$python/site-packages
[ -d "$packages" ] || { echo "$suite has $python, $environment another version: install Debian's python3" >&2; exit 1; }
rm -rf var/lib/apt/lists/* var/cache/* var/log/* usr/share/doc usr/share/man usr/share/info usr/share/locale
site=.$(chroot . python3 -c 'import site; print(site.getsitepackages()[0])')
mkdir -p "$site" opt/pyexec
cp -R --preserve=mode,timestamps "$packages/." "$site" # what is compiled counts only with the source's time
rm -rf "$site"/pip "$site"/pip-* "$site"/setuptools* "$site"/pkg_resources "$site"/_distutils_hack "$site"/distutils-precedence.pth
MPLCONFIGDIR=/opt/pyexec/matplotlib-cache MPLBACKEND=Agg HOME=/nonexistent \
    chroot . python3 -I -B -c 'import matplotlib.pyplot, matplotlib.font_manager'
chmod -R a+rX "$site" opt/pyexec
tar --create --numeric-owner --one-file-system --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' .
rm -rf "$tree"
