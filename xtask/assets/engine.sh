#!/bin/sh
# A Docker engine for tests only: `engine.sh FOLDER`, the first process of a pid and a mount namespace of its own (daemon.rs).
#
# Images and layers lie below FOLDER, the state of what runs on a tmpfs that ends with the namespace, and nothing is shared
# with an engine of the machine: the places where dockerd and containerd look without being asked are covered.
set -eu
folder=$1
for place in /run/containerd /run/docker; do
    mkdir -p "$place"
    mount -t tmpfs -o mode=0711 tmpfs "$place"
done
echo '{}' >/run/docker/daemon.json
# No bridge and no rules: the machine's network stays as it is. A container has no network, or the machine's.
# cgroupfs: there need not be a systemd to make slices.
exec dockerd \
    --config-file /run/docker/daemon.json \
    --data-root "$folder/data" \
    --exec-root /run/docker \
    --pidfile /run/docker/pid \
    --host "unix://$folder/docker.sock" \
    --group root \
    --bridge none --iptables=false --ip6tables=false \
    --exec-opt native.cgroupdriver=cgroupfs \
    --cgroup-parent /pyexec-tests \
    --shutdown-timeout 5
