DROP DATABASE IF EXISTS client_isql
CREATE DATABASE client_isql CHARACTER SET utf8mb4
USE client_isql
CREATE TABLE isql_fruit (id INT PRIMARY KEY, name VARCHAR(20), price DECIMAL(12,2), picked DATE, seen DATETIME, big BIGINT, ratio DOUBLE, note VARCHAR(40))
INSERT INTO isql_fruit VALUES (1, 'apple', 1.20, '2024-09-01', '2024-09-01 08:30:00', 9223372036854775807, 0.5, 'crisp'), (2, 'Öl', -99.95, '0001-01-01', '9999-12-31 23:59:59', -9223372036854775808, -1e100, NULL), (3, '', 0, NULL, NULL, NULL, NULL, '')
SELECT id, name, price FROM isql_fruit ORDER BY id
SELECT picked, seen FROM isql_fruit ORDER BY id
SELECT big, ratio, note FROM isql_fruit ORDER BY id
SELECT COUNT(*) AS n FROM isql_fruit WHERE price > 0
UPDATE isql_fruit SET note = 'new' WHERE id > 1
DELETE FROM isql_fruit WHERE id = 77
SELECT nothing FROM nowhere
SELECT 1 FROM
INSERT INTO isql_fruit (id) VALUES (1)
SELECT name FROM isql_fruit WHERE id = 2
DROP DATABASE client_isql
