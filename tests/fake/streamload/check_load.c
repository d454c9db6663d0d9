#include "suite.h"
Suite *check_load(void)
{
    return suite_create("fake: load");
}
