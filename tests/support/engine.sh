#!/usr/bin/env bash
# Finds a container engine that works here, and hides what is particular about it.
#   engine.sh which                       names it, or fails
#   engine.sh build ARGUMENTS...          like `docker build`
#   engine.sh run ARGUMENTS...            like `docker run`
#   engine.sh COMMAND ARGUMENTS...        anything else, passed on
set -euo pipefail

engine() {
    if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
        echo docker
    elif command -v podman >/dev/null; then
        echo podman
    else
        return 1
    fi
}

engine=$(engine) || {
    echo "engine: neither a Docker daemon nor podman was found; please run: sudo apt-get install podman runc" >&2
    exit 1
}
command=${1:?engine.sh which|build|run|...}
shift

case "$engine $command" in
*" which") echo "$engine" ;;
docker*) exec docker "$command" "$@" ;;
# Inside a container, as a CI job often is, podman has neither overlay file systems nor user namespaces to build with,
# its usual runtime cannot make control groups, and limits above its own cannot be set. These choices work everywhere.
# Its own image format has no health check.
"podman build") exec podman --storage-driver vfs build --isolation chroot --format docker "$@" ;;
"podman run")
    exec podman --storage-driver vfs --runtime runc run --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 "$@"
    ;;
*) exec podman --storage-driver vfs --runtime runc "$command" "$@" ;;
esac
