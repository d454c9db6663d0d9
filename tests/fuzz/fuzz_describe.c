/* fuzz_describe.c - any text as the declared type of a column: sizes are bounded and true to each
 * other, and the answer does not hang on the case of its letters. */
#include "conv/describe.h"

#include "fuzz.h"

static void check(const struct conv_desc *d)
{
    MUST(d->type_name && d->local_type_name && d->literal_prefix && d->literal_suffix);
    MUST(d->concise_type != 0 && d->verbose_type != 0 && d->ctype != 0);
    MUST(d->column_size >= 1 && d->length >= 1 && d->octet_length >= 1 && d->display_size >= 1);
    MUST((d->column_size <= INT32_MAX && d->octet_length <= INT32_MAX &&
          d->display_size <= INT32_MAX && d->length <= INT32_MAX));
    MUST(d->decimal_digits >= DESC_NONE && d->decimal_digits <= 76);
    MUST(d->num_prec_radix == 0 || d->num_prec_radix == 2 || d->num_prec_radix == 10);
    MUST(d->char_octet_length == DESC_NONE || d->char_octet_length >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_in in = {data, n};
    unsigned bits = fuzz_byte(&in), max_bytes = fuzz_byte(&in) % 5;
    struct conv_opts o = {.wide_types = bits & 1,
                          .odbc2 = bits & 2,
                          .no_bigint = bits & 4,
                          .bare_metadata = bits & 32,
                          .max_varchar = bits & 64 ? 500 : 0};
    char *text = malloc(in.n + 1);
    for (size_t i = 0; i < in.n; i++) {
        text[i] = in.p[i] ? (char)in.p[i] : ' ';
    }
    text[in.n] = 0;
    struct conv_desc d, other;
    memset(&d, 0, sizeof d);
    memset(&other, 0, sizeof other);
    describe_declared(text, max_bytes, &o, &d);
    check(&d);
    for (char *c = text; *c; c++) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    }
    describe_declared(text, max_bytes, &o, &other);
    MUST(other.concise_type == d.concise_type && other.column_size == d.column_size);
    MUST(other.type_name == d.type_name && other.decimal_digits == d.decimal_digits);
    free(text);
    return 0;
}
