#!/usr/bin/php
<?php
// php_cursorlib.php DSN - PDO_ODBC and the old odbc functions on top of unixODBC's cursor library, which they can ask for.
declare(strict_types=1);
const DATABASE = 'client_php_cursorlib';

function show(string $label, ...$values): void
{
    echo $label, ': ', implode(', ', array_map(fn ($v) => var_export($v, true), $values)), "\n";
}

$db = new PDO("odbc:$argv[1]", null, null,
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ODBC_ATTR_USE_CURSOR_LIBRARY => PDO::ODBC_SQL_USE_ODBC]);
$db->exec('DROP DATABASE IF EXISTS ' . DATABASE);
$db->exec('CREATE DATABASE ' . DATABASE . ' CHARACTER SET utf8mb4');
$db->exec('USE ' . DATABASE);
$db->exec('CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), ratio FLOAT)');
$insert = $db->prepare('INSERT INTO t VALUES (?, ?, ?)');
foreach ([[1, 'Grüße', '123456.789'], [2, null, null], [3, '😀', '0.1']] as $row) {
    $insert->execute($row);
}
show('inserted', $insert->rowCount());
foreach ($db->query('SELECT id, name, ratio FROM t ORDER BY id', PDO::FETCH_NUM) as $row) {
    show('row', ...$row);
}
foreach ([1, 3, 4] as $id) { // not prepared: rows of a prepared statement crash the library, with every driver
    show('where', $db->query("SELECT name FROM t WHERE id = $id")->fetchColumn());
}
try {
    $db->query('SELECT nothing FROM t');
    show('was not refused');
} catch (PDOException $e) {
    show('refused', $e->errorInfo[0], $e->errorInfo[1]);
}
$db = null;

$old = odbc_connect($argv[1], '', '', SQL_CUR_USE_ODBC);
odbc_exec($old, 'USE ' . DATABASE);
$result = odbc_exec($old, 'SELECT id, name FROM t ORDER BY id');
while ($row = odbc_fetch_array($result)) {
    show('old row', $row);
}
odbc_free_result($result);
show('dropped', odbc_exec($old, 'DROP DATABASE ' . DATABASE) !== false);
