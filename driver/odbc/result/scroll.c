/* scroll.c - the positioning rules of SQLFetchScroll, a function an orientation. */
#include "odbc/result/scroll.h"

static const struct scroll_to before_start = {.at = SCROLL_BEFORE};
static const struct scroll_to after_end = {.at = SCROLL_AFTER};

static struct scroll_to on(SQLULEN first)
{
    return (struct scroll_to){.at = SCROLL_ON, .first = first};
}

/* The first rowset instead of one that would begin before it. */
static struct scroll_to cut(void)
{
    return (struct scroll_to){.at = SCROLL_ON, .first = 1, .is_cut = true};
}

/* How far back a negative offset goes; no overflow at the least one. */
static SQLULEN back(SQLLEN offset)
{
    return (SQLULEN)0 - (SQLULEN)offset;
}

static struct scroll_to place_next(const struct scroll_from *from)
{
    if (from->at == SCROLL_AFTER)
        return after_end;
    return on(from->at == SCROLL_BEFORE ? 1 : from->first + from->nrows);
}

static struct scroll_to place_last(const struct scroll_from *from, SQLULEN want)
{
    return on(want <= from->last ? from->last - want + 1 : 1);
}

static struct scroll_to place_prior(const struct scroll_from *from, SQLULEN want)
{
    if (from->at == SCROLL_BEFORE || (from->at == SCROLL_ON && from->first == 1))
        return before_start;
    if (from->at == SCROLL_AFTER)
        return from->last < want ? cut() : place_last(from, want);
    return from->first <= want ? cut() : on(from->first - want);
}

static struct scroll_to place_absolute(SQLLEN offset, const struct scroll_from *from, SQLULEN want)
{
    if (offset >= 0)
        return offset ? on((SQLULEN)offset) : before_start;
    if (back(offset) <= from->last)
        return on(from->last - back(offset) + 1);
    return back(offset) > want ? before_start : cut();
}

static struct scroll_to place_relative(SQLLEN offset, const struct scroll_from *from, SQLULEN want)
{
    bool is_inward = from->at == SCROLL_BEFORE ? offset > 0 : offset < 0;
    if (from->at != SCROLL_ON && is_inward)
        return place_absolute(offset, from, want);
    if (from->at != SCROLL_ON)
        return from->at == SCROLL_BEFORE ? before_start : after_end;
    if (offset >= 0)
        return on(from->first + (SQLULEN)offset); /* both below 2^63 */
    if (back(offset) < from->first)
        return on(from->first - back(offset));
    return from->first == 1 || back(offset) > want ? before_start : cut();
}

bool scroll_is_known(SQLSMALLINT how)
{
    return how == SQL_FETCH_NEXT || how == SQL_FETCH_PRIOR || how == SQL_FETCH_FIRST ||
           how == SQL_FETCH_LAST || how == SQL_FETCH_ABSOLUTE || how == SQL_FETCH_RELATIVE;
}

bool scroll_needs_last(SQLSMALLINT how, SQLLEN offset, enum scroll_at at)
{
    if (how == SQL_FETCH_PRIOR)
        return at == SCROLL_AFTER;
    if (how == SQL_FETCH_RELATIVE)
        return at == SCROLL_AFTER && offset < 0;
    return how == SQL_FETCH_LAST || (how == SQL_FETCH_ABSOLUTE && offset < 0);
}

struct scroll_to scroll_place(SQLSMALLINT how, SQLLEN offset, const struct scroll_from *from,
                              SQLULEN want)
{
    switch (how) {
    case SQL_FETCH_PRIOR:
        return place_prior(from, want);
    case SQL_FETCH_FIRST:
        return on(1);
    case SQL_FETCH_LAST:
        return place_last(from, want);
    case SQL_FETCH_ABSOLUTE:
        return place_absolute(offset, from, want);
    case SQL_FETCH_RELATIVE:
        return place_relative(offset, from, want);
    default:
        return place_next(from);
    }
}
