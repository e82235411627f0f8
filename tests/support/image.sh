#!/usr/bin/env bash
# Builds the container image from a statically linked binary.
#   image.sh PROFILE TAG       PROFILE is a cargo profile: release, or dev for a test
set -euo pipefail
cd "$(dirname "$0")/../.."
profile=${1:?usage: image.sh PROFILE TAG}
tag=${2:?usage: image.sh PROFILE TAG}
target=${CARGO_TARGET_DIR:-target}
context=$target/image/$profile

authorities=
for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
    [ -n "$authorities" ] || [ ! -r "$file" ] || authorities=$file
done
[ -n "$authorities" ] || {
    echo "image: this machine has no certificates of public authorities; please run: sudo apt-get install ca-certificates" >&2
    exit 1
}

case "$profile" in dev) built=debug ;; *) built=$profile ;; esac
rm -rf "$context"
mkdir -p "$context/root/etc/ssl/certs" "$context/root/usr/share/doc/hydra" "$context/home/hydra"

# Only the last step links statically, so that all the libraries of an ordinary build serve here as well. What that
# build had left at the same place is put back: others may be using it.
binary=$target/$built/hydra
[ ! -e "$binary" ] || cp -p "$binary" "$context/dynamic"
cargo rustc --quiet --locked --package hydra-server --bin hydra --profile "$profile" -- -C target-feature=+crt-static
mv "$binary" "$context/root/hydra"
[ ! -e "$context/dynamic" ] || mv "$context/dynamic" "$binary"
strip "$context/root/hydra"
cp "$authorities" "$context/root/etc/ssl/certs/ca-certificates.crt"
# Whoever passes the image on passes these on.
cp LICENSE THIRD_PARTY_NOTICES.md "$context/root/usr/share/doc/hydra/"
printf 'hydra:x:65532:65532:hydra:/home/hydra:/hydra\n' >"$context/root/etc/passwd"
chmod -R u=rwX,go=rX "$context"
tests/support/engine.sh build --quiet --tag "$tag" --file Dockerfile "$context"
