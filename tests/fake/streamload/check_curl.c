#include "suite.h"
Suite *check_curl(void)
{
    return suite_create("fake: curl");
}
