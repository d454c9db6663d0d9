/* tranfacts.c - what is known of the transaction without asking. */
#include "odbc/command/tranfacts.h"

#include "wire/hello.h"

#define SERVER_STATUS_IN_TRANS   0x0001u
#define SERVER_STATUS_AUTOCOMMIT 0x0002u

bool tran_can(const struct dbc *d)
{
    return d->session && !d->dsn.no_transactions &&
           (session_info(d->session)->capabilities & CAP_TRANSACTIONS);
}

bool tran_tells_status(const struct dbc *d)
{
    return session_product(d->session)->tells_status;
}

bool tran_is_flagged(const struct dbc *d)
{
    return session_status(d->session) & SERVER_STATUS_IN_TRANS;
}

bool tran_is_off(const struct dbc *d)
{
    return tran_tells_status(d) ? !(session_status(d->session) & SERVER_STATUS_AUTOCOMMIT)
                                : d->autocommit == SQL_AUTOCOMMIT_OFF;
}

bool tran_is_manual(const struct dbc *d)
{
    return d->autocommit == SQL_AUTOCOMMIT_OFF || tran_is_off(d);
}

bool tran_spans(const struct dbc *d)
{
    return tran_can(d) && (tran_is_flagged(d) || tran_is_manual(d));
}
