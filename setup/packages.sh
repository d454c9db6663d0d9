# shellcheck shell=bash
# packages.sh - Debian packages for building and testing; sourced by setup/quickstart and tests/run.
# A list is for Debian 12; the names are the same in 13.

# To build the driver.
# shellcheck disable=SC2034
PACKAGES_BUILD=(cmake ninja-build gcc libc6-dev pkg-config unixodbc-dev odbcinst libssl-dev zlib1g-dev libzstd-dev
    libsodium-dev libcurl4-openssl-dev libjansson-dev)
# To try it: isql, and a MariaDB whose packages start no server.
# shellcheck disable=SC2034
PACKAGES_TRY=(unixodbc openssl mariadb-server-core mariadb-client-core)
# To run every test.
# shellcheck disable=SC2034
PACKAGES_TEST=(check clang libclang-rt-dev clang-format valgrind shellcheck git binutils python3 python3-pyodbc debootstrap odbc-mariadb
    ca-certificates procps curl libdbd-odbc-perl php-cli php-odbc r-cran-rodbc)

# need_packages PACKAGE... - installs what is missing, or says what is and returns 1.  Root installs; others cannot.
need_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || {
        echo "this needs Debian's dpkg; elsewhere install the like of: $*" >&2
        return 1
    }
    for package in "$@"; do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            missing+=("$package")
        fi
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "packages are missing; install them with: apt-get install --no-install-recommends ${missing[*]}" >&2
        return 1
    fi
    echo "installing ${#missing[@]} packages: ${missing[*]}" >&2
    if ! install_packages "${missing[@]}" >"${TMPDIR:-/tmp}/mywire-apt.$$" 2>&1; then
        echo "apt-get could not install them:" >&2
        tail -n 15 "${TMPDIR:-/tmp}/mywire-apt.$$" >&2
        rm -f "${TMPDIR:-/tmp}/mywire-apt.$$"
        return 1
    fi
    rm -f "${TMPDIR:-/tmp}/mywire-apt.$$"
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q install -y --no-install-recommends "$@" || {
        apt-get -q update && apt-get -q install -y --no-install-recommends "$@"
    }
}
