#!/usr/bin/env bash
# Brings Mesa's software Vulkan (lavapipe) into .tools/vulkan, for the tests of the WebGPU backend.
#
# The packages are downloaded with apt and unpacked into a folder of ours: the system is left as it is, root is
# not needed, and deleting .tools/vulkan takes it away again. Where it cannot be brought (no apt, no network,
# no Mesa that is new enough) it says why and ends with 0: those tests then skip by name.
#
# What it writes: .tools/vulkan/env.json, the environment in which a process finds it (tooling/software-vulkan.ts).
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
home="$root/.tools/vulkan"
# Mesa 22.3 of Debian 12 fails in Dawn; 25.0 of its backports is what the tests were written with.
minimum_mesa=25

skip() {
  echo "Software Vulkan is not installed: $1 The tests that need it are skipped." >&2
  exit 0
}

# A folder that was moved, or a driver that lost a library, is brought again.
if [ -f "$home/env.json" ] && [ -e "$home/driver.so" ] && [ "$(cat "$home/root-was" 2>/dev/null)" = "$root" ] &&
  ! LD_LIBRARY_PATH=$(cat "$home/libraries") ldd "$home/driver.so" 2>&1 | grep -q 'not found'; then
  echo "Software Vulkan is already in .tools/vulkan ($(cat "$home/version"))." >&2
  exit 0
fi

[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] ||
  skip "onnxruntime-node has WebGPU for x64 on Linux only, and this is $(uname -s) $(uname -m)."
for tool in apt-get apt-cache dpkg dpkg-deb ldd awk; do
  command -v "$tool" >/dev/null || skip "there is no \`$tool\` here."
done
[ -r /etc/os-release ] || skip "/etc/os-release cannot be read."
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$codename" ] || skip "/etc/os-release has no VERSION_CODENAME."

# "URI keyring" of the archive that this machine already takes its own release from, in either format.
archive=$(
  shopt -s nullglob
  for file in /etc/apt/sources.list.d/*.sources; do
    awk -v wanted="$codename" 'BEGIN { RS = ""; FS = "\n" } {
      uri = ""; suites = ""; key = ""; off = 0
      for (line = 1; line <= NF; line++) {
        if ($line ~ /^URIs:/) { split($line, part, /[ \t]+/); uri = part[2] }
        if ($line ~ /^Suites:/) { suites = " " substr($line, 8) " " }
        if ($line ~ /^Signed-By:[ \t]*\//) { split($line, part, /[ \t]+/); key = part[2] }
        if ($line ~ /^Enabled:[ \t]*no/) { off = 1 }
      }
      if (!off && index(suites, " " wanted " ")) { print uri, key; exit }
    }' "$file"
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -r "$file" ] || continue
    awk -v wanted="$codename" '$1 == "deb" {
      key = ""
      if (match($0, /signed-by=[^] ]+/)) key = substr($0, RSTART + 10, RLENGTH - 10)
      sub(/\[[^]]*\][ \t]*/, "")
      if ($3 == wanted) { print $2, key; exit }
    }' "$file"
  done
)
read -r uri keyring <<<"$archive" || true
[ -n "${uri:-}" ] || skip "apt has no source for the suite \`$codename\`."
option=${keyring:+[signed-by=$keyring] }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/none"
backports=''
[ "$codename" = bookworm ] && backports="$codename-backports"
component=main
grep -q '^ID=ubuntu' /etc/os-release && component='main universe'
for suite in "$codename" "$codename-updates" $backports; do
  echo "deb $option$uri $suite $component"
done >"$work/sources.list"
# Lists, cache and locks are ours; only what is installed is read from the system.
cat >"$work/apt.conf" <<CONF
Dir::State "$work/state";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$work/cache";
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "$work/none";
Dir::Etc::preferencesparts "$work/none";
Debug::NoLocking "1";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "2";
CONF
export APT_CONFIG="$work/apt.conf"
echo "Bringing Mesa's software Vulkan into .tools/vulkan (once) …" >&2
apt-get -qq update >"$work/log" 2>&1 || skip "\`apt-get update\` failed: $(tail -n 1 "$work/log")"

target=${backports:-$codename}
offered=$(apt-cache madison mesa-vulkan-drivers | awk -v suite="$target" -F '[|]' 'index($3, suite "/") || suite == "" { gsub(/ /, "", $2); print $2; exit }')
[ -n "$offered" ] || offered=$(apt-cache madison mesa-vulkan-drivers | awk -F '[|]' '{ gsub(/ /, "", $2); print $2; exit }')
[ -n "$offered" ] || skip "the package mesa-vulkan-drivers is not in \`$target\`."
version=${offered#*:}
[ "${version%%.*}" -ge "$minimum_mesa" ] || skip "Mesa $offered is offered, and $minimum_mesa or newer is needed."

# What the system lacks of their dependencies comes along; nothing is installed.
apt-get -qq -y --download-only ${backports:+-t "$backports"} install mesa-vulkan-drivers libvulkan1 \
  >"$work/log" 2>&1 || skip "\`apt-get\` could not download the packages: $(tail -n 1 "$work/log")"
if ! ls "$work"/cache/archives/*.deb >/dev/null 2>&1; then
  echo "This system has Mesa $offered itself, and the tests use that." >&2
  exit 0
fi

rm -rf "$home"
mkdir -p "$home/root"
for package in "$work"/cache/archives/*.deb; do
  dpkg-deb -x "$package" "$home/root"
done
driver=$(find "$home/root" -name libvulkan_lvp.so | head -n 1)
[ -n "$driver" ] || skip "the package mesa-vulkan-drivers $offered has no libvulkan_lvp.so."
libraries=$(dirname "$driver")
missing=$(LD_LIBRARY_PATH="$libraries" ldd "$driver" | awk '/not found/ { print $1 }' | xargs)
[ -z "$missing" ] || skip "the driver needs $missing, which apt did not bring."

# The manifest of the package names a bare library; with a path nothing else can be found in its place.
printf '{ "file_format_version": "1.0.1", "ICD": { "library_path": "%s", "api_version": "1.3.0" } }\n' \
  "$driver" >"$home/lvp_icd.json"
ln -s "$driver" "$home/driver.so"
echo "$libraries" >"$home/libraries"
echo "$root" >"$home/root-was"
echo "Mesa $offered" >"$home/version"
# Written last: without it the folder counts as absent.
printf '{ "VK_DRIVER_FILES": "%s", "LD_LIBRARY_PATH": "%s" }\n' "$home/lvp_icd.json" "$libraries" >"$home/env.json"
echo "Software Vulkan is in .tools/vulkan (Mesa $offered)." >&2
