#!/usr/bin/php
<?php
// php.php DSN - PDO_ODBC, which sends every parameter at execution, and the old odbc functions.
declare(strict_types=1);
const DATABASE = 'client_php';

function show(string $label, ...$values): void
{
    echo $label, ': ', implode(', ', array_map(fn ($v) => var_export($v, true), $values)), "\n";
}

// A refusal: SQLSTATE and the number of the server.
function refused(string $label, callable $code): void
{
    try {
        $code();
        show($label, 'was not refused');
    } catch (PDOException $e) {
        show($label, $e->errorInfo[0], $e->errorInfo[1]);
    }
}

// PDO's default asks unixODBC for its cursor library where a driver has no static cursors; that library loses long columns,
// so that "long value" below also says whether it was left out.
$db = new PDO("odbc:$argv[1]", null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$db->exec('DROP DATABASE IF EXISTS ' . DATABASE);
$db->exec('CREATE DATABASE ' . DATABASE . ' CHARACTER SET utf8mb4');
$db->exec('USE ' . DATABASE);
$db->exec('CREATE TABLE kinds (id INT PRIMARY KEY, big BIGINT UNSIGNED, amount DECIMAL(20,4), ratio DOUBLE, name VARCHAR(60),
    body LONGTEXT, raw VARBINARY(20), day DATE, at DATETIME(3), flag BIT(1), mood ENUM(\'a\',\'b\'))');
$insert = $db->prepare("INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, b'1', ?)");
$name = "Grüße 😀 '\\\"";
$insert->execute([1, '18446744073709551615', '-12.5', '0.25', $name, str_repeat('ü', 5), 'abc', '2024-02-29',
    '2024-02-29 23:59:59.125', 'b']);
show('inserted', $insert->rowCount());
$insert->execute([2, null, null, null, '', null, null, null, null, null]);
foreach ($db->query('SELECT * FROM kinds ORDER BY id', PDO::FETCH_ASSOC) as $row) {
    show('row', $row);
}
$where = $db->prepare('SELECT id FROM kinds WHERE name = :name');
foreach ([$name, 'nobody', ''] as $wanted) {
    $where->execute(['name' => $wanted]);
    show('where', $where->fetchColumn());
    $where->closeCursor();
}

$long = str_repeat('x', 300000) . 'end';
$update = $db->prepare('UPDATE kinds SET body = ? WHERE id = ?');
$stream = fopen('php://memory', 'r+');
fwrite($stream, $long);
rewind($stream);
$update->bindValue(1, $stream, PDO::PARAM_LOB);
$update->bindValue(2, 1);
$update->execute();
show('changed', $update->rowCount());
$body = $db->query('SELECT body FROM kinds WHERE id = 1')->fetchColumn();
show('long value', strlen($body), $body === $long);
foreach ($db->query('SELECT id, body, name FROM kinds ORDER BY id', PDO::FETCH_NUM) as [$id, $body, $named]) {
    show('beside a long value', $id, strlen($body ?? ''), $named);
}
$scroll = $db->prepare('SELECT id, body, name FROM kinds ORDER BY id', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
$scroll->execute();
$steps = ['last' => PDO::FETCH_ORI_LAST, 'prior' => PDO::FETCH_ORI_PRIOR, 'before the first' => PDO::FETCH_ORI_PRIOR,
    'next' => PDO::FETCH_ORI_NEXT, 'second' => PDO::FETCH_ORI_ABS];
foreach ($steps as $word => $step) {
    $row = $scroll->fetch(PDO::FETCH_NUM, $step, 2);
    show($word, $row ? $row[0] : $row, $row ? strlen($row[1] ?? '') : null, $row ? $row[2] : null);
}
$scroll = null;

// PDO makes room for as many bytes as the display size tells, and does not look whether they were enough.
show('full columns', ...$db->query("SELECT 'Grüße', CAST('😀😀' AS CHAR(2)), REPEAT('é', 200)")->fetch(PDO::FETCH_NUM));
$echo = $db->prepare('SELECT ?');
$echo->execute(['é😀']);
show('full parameter', $echo->fetchColumn());
$echo = null;

refused('no such table', fn () => $db->query('SELECT * FROM nowhere'));
refused('syntax', fn () => $db->exec('SELECT FROM WHERE'));
refused('duplicate', fn () => $insert->execute([1, null, null, null, null, null, null, null, null, null]));
show('usable afterwards', $db->query("SELECT 'yes'")->fetchColumn());

$db->beginTransaction();
$db->exec('DELETE FROM kinds');
$db->rollBack();
show('rolled back', (int) $db->query('SELECT COUNT(*) FROM kinds')->fetchColumn());

$db->exec("CREATE PROCEDURE two(n INT) BEGIN SELECT n; SELECT n + 1, 'second'; END");
$call = $db->prepare('{call two(?)}');
$call->execute([41]);
do {
    show('result', $call->fetchAll(PDO::FETCH_NUM));
} while ($call->nextRowset());

$old = odbc_connect($argv[1], '', '');
odbc_exec($old, 'USE ' . DATABASE);
$result = odbc_exec($old, 'SELECT id, name, day, ratio FROM kinds ORDER BY id');
show('fields', odbc_num_fields($result), odbc_field_name($result, 2), odbc_field_type($result, 1), odbc_field_len($result, 2));
while ($row = odbc_fetch_array($result)) {
    show('row', $row);
}
$prepared = odbc_prepare($old, 'SELECT id FROM kinds WHERE id = 2');
show('executed', odbc_execute($prepared, []));
show('found', odbc_fetch_row($prepared), odbc_result($prepared, 'id'));
show('refused', @odbc_exec($old, 'SELECT nowhere'), odbc_error($old));
$tables = odbc_tables($old, DATABASE, '', '%', 'TABLE');
while ($row = odbc_fetch_array($tables)) {
    show('table', $row['TABLE_NAME'], $row['TABLE_TYPE']);
}
$columns = odbc_columns($old, DATABASE, '', 'kinds', '%');
while ($row = odbc_fetch_array($columns)) {
    echo $row['COLUMN_NAME'], ' ', $row['TYPE_NAME'], ' ', $row['PRECISION'], "\n";
}
odbc_close($old);
$db->exec('DROP DATABASE ' . DATABASE);
echo "end\n";
