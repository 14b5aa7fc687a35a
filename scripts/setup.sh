# Sourced by the other scripts: makes .venv and installs Kefu into it, only when something changed.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=${KEFU_VENV:-$root/.venv}
constraints=$root/scripts/constraints.txt
# PyTorch publishes its CPU builds only on its own index; the ordinary one serves CUDA builds of some 3 GB.
torch_cpu_index=https://download.pytorch.org/whl/cpu

say() { printf 'kefu: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "no Python 3.11 to 3.14 found: install one (Debian: apt-get install python3 python3-pip) or set PYTHON"
}

make_venv() {
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
    local python
    python=$(find_python) || exit 2
    say "making $venv with $python"
    # Debian leaves `ensurepip` out of python3: then the system's pip puts a pip into the environment.
    "$python" -m venv "$venv" >/dev/null 2>&1 && return
    "$python" -m venv --clear --without-pip "$venv" || fail "cannot make $venv: is the disk full or read-only?"
    "$python" -m pip --python "$venv/bin/python" install --quiet pip ||
        fail "cannot install pip into $venv: install python3-venv (Debian: apt-get install python3-venv)"
}

has_gpu() { command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi -L >/dev/null 2>&1; }

install_torch() {
    local pin pip=("$venv/bin/python" -m pip install --quiet --progress-bar on --disable-pip-version-check)
    pin=$(grep '^torch==' "$constraints")
    "$venv/bin/python" -c 'import importlib.metadata as m, sys; sys.exit(m.version("torch").split("+")[0] != sys.argv[1])' \
        "${pin#torch==}" 2>/dev/null && return
    if [ "$(uname -s)" = Linux ] && ! has_gpu; then
        say "installing PyTorch (CPU build, ${pin#torch==})"
        "${pip[@]}" "$pin+cpu" 2>/dev/null && return
        "${pip[@]}" "$pin+cpu" --extra-index-url "$torch_cpu_index" && return
        say "the CPU build is not to be had; taking the ordinary one, which is larger"
    fi
    "${pip[@]}" "$pin" || fail "cannot install $pin: is the package index reachable?"
}

# install_kefu EXTRAS ("" or "[dev]"): nothing is done when the same was installed before.
install_kefu() {
    local extras=$1 wanted mark=$venv/.kefu-installed
    wanted="$extras $(cat "$root/pyproject.toml" "$constraints" | sha256sum | cut -d' ' -f1) $root"
    # The development install contains the ordinary one.
    if [ -f "$mark" ] && { grep -qxF "$wanted" "$mark" || grep -qxF "[dev] ${wanted#* }" "$mark"; }; then return; fi
    make_venv
    install_torch
    say "installing Kefu and what it needs"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c "$constraints" -e "$root$extras" ||
        fail "the installation failed: see above"
    printf '%s\n' "$wanted" >"$mark"
}
