#!/usr/bin/perl
# perl.pl DSN - DBI with DBD::ODBC: what it asks of a driver at connect, types, long values, errors, transactions, catalog.
use strict;
use warnings;
use utf8;
use DBI qw(:sql_types);
binmode STDOUT, ':encoding(UTF-8)';

my $database = 'client_perl';
my $dbh = DBI->connect("dbi:ODBC:$ARGV[0]", undef, undef, { RaiseError => 1, PrintError => 0, AutoCommit => 1 });
my $unicode = $dbh->{odbc_has_unicode};
$dbh->{LongReadLen} = 4 << 20;

sub text { my $t = shift; utf8::decode($t) if defined $t && !utf8::is_utf8($t); return defined $t ? "'$t'" : 'NULL' }
sub show { my $label = shift; print "$label: ", join(', ', map { text($_) } @_), "\n" }
sub bytes { my $t = shift; utf8::encode($t) unless $unicode; return $t }

# A refusal: SQLSTATE and the number of the server.
sub refused {
    my ($label, $code) = @_;
    my $done = eval { $code->(); 1 };
    print "$label: ", $done ? 'was not refused' : $dbh->state . ' ' . $dbh->err, "\n";
    return;
}

show('program', $dbh->get_info(17) =~ /^(MySQL|MariaDB)$/ ? 'known' : $dbh->get_info(17), $dbh->get_info(29), $dbh->get_info(46)); # DBMS name, quote, transactions
$dbh->do("DROP DATABASE IF EXISTS $database");
$dbh->do("CREATE DATABASE $database CHARACTER SET utf8mb4");
$dbh->do("USE $database");
$dbh->do('CREATE TABLE kinds (id INT PRIMARY KEY, big BIGINT UNSIGNED, amount DECIMAL(20,4), ratio DOUBLE, name VARCHAR(60),'
      . ' body LONGTEXT, raw VARBINARY(20), day DATE, at DATETIME(3), flag BIT(1), mood ENUM(\'a\',\'b\'))');
my $insert = $dbh->prepare('INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, b\'1\', ?)');
show('parameters', $insert->{NUM_OF_PARAMS});
$insert->execute(1, '18446744073709551615', '-12.5', 0.25, bytes("Grüße 😀 '\\\""), bytes('ü' x 5), 'abc', '2024-02-29',
    '2024-02-29 23:59:59.125', 'b');
$insert->execute(2, (undef) x 9);
show('inserted', $insert->rows);

my $select = $dbh->prepare('SELECT * FROM kinds ORDER BY id');
$select->execute;
show('names', @{ $select->{NAME} });
show('nullable', @{ $select->{NULLABLE} });
while (my $row = $select->fetchrow_arrayref) { show('row', @$row) }
show('where', $dbh->selectrow_array('SELECT id FROM kinds WHERE name = ?', undef, bytes("Grüße 😀 '\\\"")));
show('no row', $dbh->selectrow_array('SELECT id FROM kinds WHERE id = 99'));
show('as hash', map { "$_=" . ($_ // '') } sort keys %{ $dbh->selectall_hashref('SELECT id, name FROM kinds', 'id') });

my $long = 'x' x 300_000 . 'end';
$dbh->do('UPDATE kinds SET body = ? WHERE id = 1', undef, $long);
show('long value', length($dbh->selectrow_array('SELECT body FROM kinds WHERE id = 1')));
$dbh->{LongReadLen} = 10;
refused('longer than LongReadLen', sub { $dbh->selectrow_array('SELECT body FROM kinds WHERE id = 1') });
$dbh->{LongTruncOk} = 1;
show('truncated', $dbh->selectrow_array('SELECT body FROM kinds WHERE id = 1'));

show('full columns', $dbh->selectrow_array(bytes("SELECT 'Grüße', CAST('😀😀' AS CHAR(2))")));
refused('no such table', sub { $dbh->do('SELECT * FROM nowhere') });
refused('syntax', sub { $dbh->do('SELECT FROM WHERE') });
refused('duplicate', sub { $insert->execute(1, (undef) x 9) });
show('usable afterwards', $dbh->selectrow_array("SELECT 'yes'"));

$dbh->begin_work;
$dbh->do('DELETE FROM kinds');
$dbh->rollback;
show('rolled back', $dbh->selectrow_array('SELECT COUNT(*) FROM kinds'));

$dbh->do('CREATE PROCEDURE two(n INT) BEGIN SELECT n; SELECT n + 1, \'second\'; END');
my $call = $dbh->prepare('{call two(?)}');
$call->execute(41);
do {
    while (my @row = $call->fetchrow_array) { show('result', @row) }
} while ($call->{odbc_more_results});

my $first = $dbh->prepare('SELECT id FROM kinds ORDER BY id');
$first->execute;
show('first of two', $first->fetchrow_array);
show('second beside it', $dbh->selectrow_array('SELECT COUNT(*) FROM kinds'));
show('first goes on', $first->fetchrow_array);
$first->finish;

show('tables', map { $_->[2] } @{ $dbh->table_info($database, undef, '%', 'TABLE')->fetchall_arrayref });
show('columns', map { "$_->[3] $_->[5]" } @{ $dbh->column_info($database, undef, 'kinds', '%')->fetchall_arrayref });
show('ping', $dbh->ping);
$dbh->do("DROP DATABASE $database");
$dbh->disconnect;
print "end\n";
