-- Users of every MariaDB that tests/lib/servers starts; what each is for: README.md.
CREATE DATABASE IF NOT EXISTS test CHARACTER SET utf8mb4;
CREATE USER app@'%' IDENTIFIED BY 'app-secret';
CREATE USER nopass@'%' IDENTIFIED BY '';
CREATE USER odd@'%' IDENTIFIED BY 'p}a;s{s= w''o"rd\\';
CREATE USER 'jörg'@'%' IDENTIFIED BY 'pässwörd€😀';
CREATE USER native@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('native-secret');
CREATE USER needs_ssl@'%' IDENTIFIED BY 'ssl-secret' REQUIRE SSL;
CREATE USER needs_x509@'%' REQUIRE X509;
CREATE USER needs_x509_password@'%' IDENTIFIED BY 'x509-secret' REQUIRE X509;
CREATE USER needs_subject@'%' REQUIRE SUBJECT '/CN=client-good';
CREATE USER needs_subject_chain@'%' REQUIRE SUBJECT '/CN=client-chain';
CREATE USER needs_issuer@'%' REQUIRE ISSUER '/CN=MyWire Test CA';
CREATE USER locked@'%' IDENTIFIED BY 'locked-secret' ACCOUNT LOCK;
CREATE USER expired@'%' IDENTIFIED BY 'expired-secret' PASSWORD EXPIRE;
CREATE USER reader@'%' IDENTIFIED BY 'reader-secret';
GRANT ALL ON *.* TO app@'%', nopass@'%', odd@'%', 'jörg'@'%', native@'%', needs_ssl@'%', needs_x509@'%',
    needs_x509_password@'%', needs_subject@'%', needs_subject_chain@'%', needs_issuer@'%';
GRANT SELECT ON test.* TO reader@'%', expired@'%';
