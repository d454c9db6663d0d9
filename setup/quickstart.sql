-- What setup/quickstart shows: a few rows, and a user whom the server knows by its certificate alone.
CREATE DATABASE quickstart CHARACTER SET utf8mb4;
CREATE TABLE quickstart.fruit (name VARCHAR(20) PRIMARY KEY, price DECIMAL(6,2), picked DATETIME, note VARCHAR(40));
INSERT INTO quickstart.fruit VALUES
    ('apple', 1.20, '2024-09-01 08:30:00', 'crisp'),
    ('pear', 2.35, '2024-09-02 09:15:00', 'süß'),
    ('quince', 4.00, '2024-10-12 17:00:00', NULL);
CREATE USER quickstart@'%' REQUIRE SUBJECT '/CN=client-good';
GRANT SELECT ON quickstart.* TO quickstart@'%';
GRANT SELECT ON mysql.global_priv TO quickstart@'%';
