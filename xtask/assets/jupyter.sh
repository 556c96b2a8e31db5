#!/bin/sh
# A Jupyter Server for tests only: `jupyter.sh FOLDER`, the first process of a pid namespace of its own (daemon.rs), so that no
# kernel outlives it. It listens on a free port of the loopback device; port and token are in FOLDER/runtime/jpserver-1.json.
set -eu
folder=$1
rm -rf "$folder/runtime" "$folder/root" "$folder/home"
mkdir -p -m 700 "$folder/runtime" "$folder/root" "$folder/home"
# Nothing of whoever runs the tests may matter. The token goes by the environment: a command line can be read by everybody.
exec env --ignore-environment PATH="$PATH" LANG=C.UTF-8 HOME="$folder/home" JUPYTER_RUNTIME_DIR="$folder/runtime" \
    JUPYTER_TOKEN="$(head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n')" \
    "$folder/../test-tools/bin/python" -I -m jupyter_server \
    --allow-root --ServerApp.ip=127.0.0.1 --ServerApp.port=0 --ServerApp.open_browser=False \
    --ServerApp.terminals_enabled=False --ServerApp.root_dir="$folder/root"
