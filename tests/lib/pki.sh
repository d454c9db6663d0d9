#!/usr/bin/env bash
# pki.sh DIR - make a throwaway PKI for tests into DIR (kept when it is there, complete and not about to expire).
# Takes under five seconds; needs only the openssl command.  Private keys are worthless and protect nothing.
#
#   ca.crt ca.key               the authority that everybody here trusts          /CN=MyWire Test CA
#   inter.crt inter.key         an intermediate authority, signed by ca           /CN=MyWire Test Intermediate CA
#   other-ca.crt other-ca.key   an authority that nobody trusts                   /CN=MyWire Other CA
#   ca-all.crt                  ca.crt and other-ca.crt in one file
#   ca.d/                       ca.crt under its hash, for SSLCAPATH
#   ca.crl inter.crl other-ca.crl   revocation lists; all.crl = ca.crl and inter.crl
#   stale.crl                   ca's list, whose next update is long over
#   crl.d/                      ca.crl and inter.crl under their hashes, for SSLCRLPATH
#   crl-d-other/                other-ca.crl under its hash: no list for ca
#
# Server certificates NAME.crt with NAME.key, subject /CN=NAME unless told:
#   server-good                 SAN localhost, 127.0.0.1, ::1
#   server-wrong-host           SAN db.example.com, 192.0.2.1
#   server-expired              ended 2021-01-01          server-future    begins 2049-01-01
#   server-revoked              listed in ca.crl          server-other-ca  signed by other-ca
#   server-self-signed          signed by itself          server-chain     signed by inter; file holds leaf and inter.crt
#   server-sha1                 signed with SHA-1         server-rsa1024   RSA key of 1024 bits
#   server-cn-only              /CN=localhost and no SAN  server-dns-only  SAN localhost and no address
#   server-wildcard             SAN *.example.com         server-client-eku  extended key usage is clientAuth only
#
# Client certificates NAME.crt with NAME.key, subject /CN=NAME unless told:
#   client-good                 what REQUIRE SUBJECT '/CN=client-good' wants
#   client-wrong-subject        /CN=somebody-else         client-expired   ended 2021-01-01
#   client-revoked              listed in ca.crl          client-other-ca  signed by other-ca
#   client-wrong-key            certificate of client-good, but the key belongs to another
#   client-encrypted            client-good, the key encrypted (PKCS#8); client-encrypted-old.key: same, traditional PEM
#   client-chain                signed by inter; the file holds the leaf and inter.crt
#   client-good.p12             client-good with ca.crt, pass phrase as below; client-nopass.p12: with an empty one
#   client-chain.p12            client-chain with inter.crt and ca.crt, pass phrase as below
#   bundle/                     ca.crt client.crt client.key (client-good), the three files a console hands out
#   bundle-no-key/              the same without client.key
#
# Others: passphrase (the pass phrase), empty.pem (no bytes), garbage.pem (text that is no PEM).
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
mkdir -p "$1"
cd "$1"
PASSPHRASE='correct horse; battery}'
ROUND=3 # raise when the list above changes, so that kept folders are made anew

if [ "$(cat round 2>/dev/null || true)" = "$ROUND" ] &&
    openssl x509 -in server-good.crt -noout -checkend 604800 >/dev/null 2>&1; then
    exit 0
fi
rm -rf ./*
umask 077

cat >openssl.cnf <<'END'
[req]
distinguished_name = name
prompt = no
[name]
[ca]
default_ca = authority
[authority]
dir = $ENV::AUTHORITY.db
database = $dir/index
serial = $dir/serial
crlnumber = $dir/crlnumber
new_certs_dir = $dir/certs
certificate = $ENV::AUTHORITY.crt
private_key = $ENV::AUTHORITY.key
default_md = sha256
default_days = 365
default_crl_days = 365
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature, keyEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
export OPENSSL_CONF="$PWD/openssl.cnf" AUTHORITY=ca

quiet() { "$@" >>log 2>&1 || { echo "pki.sh: '$*' failed:" >&2; tail -5 log >&2; exit 1; }; }

ec_key() { quiet openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

# database NAME: what `openssl ca` wants to keep about an authority.
database() {
    mkdir -p "$1.db/certs"
    : >"$1.db/index"
    echo 1000 >"$1.db/serial"
    echo 01 >"$1.db/crlnumber"
}

# root NAME SUBJECT: an authority signed by itself.
root() {
    database "$1"
    ec_key "$1.key"
    quiet openssl req -x509 -new -key "$1.key" -subj "$2" -days 3650 -extensions root -out "$1.crt"
}

# sign AUTHORITY NAME SUBJECT EXTENSIONS [options of openssl ca...]: a certificate for NAME.key, which is made when missing.
sign() {
    local authority=$1 name=$2 subject=$3 extensions=$4
    shift 4
    [ -e "$name.key" ] || ec_key "$name.key"
    { cat openssl.cnf; echo "[this]"; sed -n '/^\[leaf\]/,$p' openssl.cnf | sed 1d; printf '%b\n' "$extensions"; } >sign.cnf
    if [ "$extensions" = root ]; then
        { cat openssl.cnf; echo "[this]"; sed -n '/^\[root\]/,/^\[leaf\]/p' openssl.cnf | sed '1d;$d'; } >sign.cnf
    fi
    quiet openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
    AUTHORITY=$authority OPENSSL_CONF=sign.cnf quiet openssl ca -batch -notext -config sign.cnf \
        -extensions this -in "$name.csr" -out "$name.crt" "$@"
    rm -f "$name.csr"
}

CLIENT='extendedKeyUsage = clientAuth'
san() { printf 'extendedKeyUsage = serverAuth\\nsubjectAltName = %s' "$1"; }
GOOD=$(san 'DNS:localhost, IP:127.0.0.1, IP:::1')
PAST=(-startdate 20200101000000Z -enddate 20210101000000Z)

root ca '/CN=MyWire Test CA'
root other-ca '/CN=MyWire Other CA'
database inter
sign ca inter '/CN=MyWire Test Intermediate CA' root -days 3650

sign ca server-good /CN=server-good "$GOOD"
sign ca server-wrong-host /CN=server-wrong-host "$(san 'DNS:db.example.com, IP:192.0.2.1')"
sign ca server-expired /CN=server-expired "$GOOD" "${PAST[@]}"
sign ca server-future /CN=server-future "$GOOD" -startdate 20490101000000Z -enddate 20491231000000Z
sign ca server-revoked /CN=server-revoked "$GOOD"
sign other-ca server-other-ca /CN=server-other-ca "$GOOD"
sign inter server-chain /CN=server-chain "$GOOD"
sign ca server-sha1 /CN=server-sha1 "$GOOD" -md sha1
quiet openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out server-rsa1024.key
sign ca server-rsa1024 /CN=server-rsa1024 "$GOOD"
sign ca server-cn-only /CN=localhost 'extendedKeyUsage = serverAuth'
sign ca server-dns-only /CN=server-dns-only "$(san DNS:localhost)"
sign ca server-wildcard /CN=server-wildcard "$(san 'DNS:*.example.com')"
sign ca server-client-eku /CN=server-client-eku "$CLIENT\nsubjectAltName = DNS:localhost, IP:127.0.0.1"
ec_key server-self-signed.key
quiet openssl req -x509 -new -key server-self-signed.key -subj /CN=server-self-signed -days 365 \
    -addext 'subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1' -out server-self-signed.crt
cat inter.crt >>server-chain.crt

sign ca client-good /CN=client-good "$CLIENT"
sign ca client-wrong-subject /CN=somebody-else "$CLIENT"
sign ca client-expired /CN=client-expired "$CLIENT" "${PAST[@]}"
sign ca client-revoked /CN=client-revoked "$CLIENT"
sign other-ca client-other-ca /CN=client-other-ca "$CLIENT"
sign inter client-chain /CN=client-chain "$CLIENT"
cp client-good.crt client-wrong-key.crt
ec_key client-wrong-key.key
printf '%s' "$PASSPHRASE" >passphrase
cp client-good.crt client-encrypted.crt
quiet openssl pkcs8 -topk8 -v2 aes-256-cbc -in client-good.key -passout file:passphrase -out client-encrypted.key
quiet openssl ec -aes256 -in client-good.key -passout file:passphrase -out client-encrypted-old.key
quiet openssl pkcs12 -export -in client-good.crt -inkey client-good.key -certfile ca.crt -name client-good \
    -passout file:passphrase -out client-good.p12
quiet openssl pkcs12 -export -in client-good.crt -inkey client-good.key -certfile ca.crt -passout pass: \
    -out client-nopass.p12
cat inter.crt ca.crt >chain.tmp
quiet openssl pkcs12 -export -in client-chain.crt -inkey client-chain.key -certfile chain.tmp \
    -passout file:passphrase -out client-chain.p12
cat inter.crt >>client-chain.crt
mkdir bundle bundle-no-key
for folder in bundle bundle-no-key; do
    cp ca.crt $folder/ca.crt
    cp client-good.crt $folder/client.crt
done
cp client-good.key bundle/client.key

quiet openssl ca -config openssl.cnf -revoke server-revoked.crt
quiet openssl ca -config openssl.cnf -revoke client-revoked.crt
for authority in ca inter other-ca; do
    AUTHORITY=$authority quiet openssl ca -config openssl.cnf -gencrl -out $authority.crl
done
quiet openssl ca -config openssl.cnf -gencrl -crl_lastupdate 20200101000000Z -crl_nextupdate 20210101000000Z -out stale.crl
cat ca.crl inter.crl >all.crl
cat ca.crt other-ca.crt >ca-all.crt
mkdir ca.d crl.d crl-d-other
cp ca.crt ca.d/ca.pem
cp ca.crl crl.d/ca.pem
cp inter.crl crl.d/inter.pem
cp other-ca.crl crl-d-other/other-ca.pem
for folder in ca.d crl.d crl-d-other; do quiet openssl rehash $folder; done
: >empty.pem
echo 'This is not a PEM file.' >garbage.pem

# Every file must be what its name says; a test that relies on a wrong file proves nothing.
verifies() { quiet openssl verify "$@"; }
refused() { # refused WORDS verify-options...
    local words=$1
    shift
    if openssl verify "$@" >refused.log 2>&1 || ! grep -q "$words" refused.log; then
        echo "pki.sh: 'openssl verify $*' should fail with '$words', and said:" >&2
        cat refused.log >&2
        exit 1
    fi
}
same_key() {
    cmp -s <(openssl x509 -in "$1" -noout -pubkey) <(openssl pkey -in "$2" -passin file:passphrase -pubout)
}
# server CERTIFICATE: the options that a careful client of the host localhost would use.
SERVER=(-x509_strict -purpose sslserver -verify_hostname localhost -auth_level 2 -CAfile ca.crt)
for name in server-good server-dns-only; do verifies "${SERVER[@]}" $name.crt; done
verifies "${SERVER[@]}" -untrusted inter.crt server-chain.crt
verifies -CAfile ca.crt -purpose sslserver -verify_ip 127.0.0.1 server-good.crt
verifies -CAfile ca.crt -purpose sslserver -verify_ip ::1 server-good.crt
verifies -CAfile ca.crt -CRLfile ca.crl -crl_check server-good.crt
verifies -CAfile ca.crt -CRLfile all.crl -crl_check_all -untrusted inter.crt client-chain.crt
verifies -CApath ca.d server-good.crt
verifies -CAfile other-ca.crt server-other-ca.crt
verifies -CAfile server-self-signed.crt -verify_hostname localhost server-self-signed.crt
refused 'hostname mismatch' "${SERVER[@]}" server-wrong-host.crt
refused 'hostname mismatch' "${SERVER[@]}" server-wildcard.crt
refused 'certificate has expired' "${SERVER[@]}" server-expired.crt
refused 'not yet valid' "${SERVER[@]}" server-future.crt
refused 'certificate revoked' "${SERVER[@]}" -CRLfile ca.crl -crl_check server-revoked.crt
refused 'unable to get local issuer' "${SERVER[@]}" server-other-ca.crt
refused 'self.signed certificate' "${SERVER[@]}" server-self-signed.crt
refused 'unable to get local issuer' "${SERVER[@]}" server-chain.crt
refused 'CA md too weak\|too weak' "${SERVER[@]}" server-sha1.crt
refused 'EE certificate key too weak' "${SERVER[@]}" server-rsa1024.crt
refused 'IP address mismatch' -CAfile ca.crt -verify_ip 127.0.0.1 server-dns-only.crt
refused 'unsuitable certificate purpose\|unsupported certificate purpose' "${SERVER[@]}" server-client-eku.crt
refused 'CRL has expired' -CAfile ca.crt -CRLfile stale.crl -crl_check server-good.crt
for name in client-good client-wrong-subject client-wrong-key; do
    verifies -CAfile ca.crt -purpose sslclient $name.crt
done
refused 'certificate has expired' -CAfile ca.crt client-expired.crt
refused 'certificate revoked' -CAfile ca.crt -CRLfile ca.crl -crl_check client-revoked.crt
refused 'unable to get local issuer' -CAfile ca.crt client-other-ca.crt
for name in server-good server-expired server-revoked client-good client-encrypted client-chain client-revoked; do
    same_key $name.crt $name.key || { echo "pki.sh: $name.key is not the key of $name.crt" >&2; exit 1; }
done
same_key client-good.crt client-encrypted-old.key
same_key client-wrong-key.crt client-wrong-key.key && { echo "pki.sh: client-wrong-key has the right key" >&2; exit 1; }
quiet openssl pkcs12 -in client-good.p12 -passin file:passphrase -noout
quiet openssl pkcs12 -in client-nopass.p12 -passin pass: -noout
rm -rf log refused.log sign.cnf chain.tmp ./*.db
chmod 600 ./*.key
echo $ROUND >round
