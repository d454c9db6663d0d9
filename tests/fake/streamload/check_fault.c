#include "suite.h"
Suite *check_fault(void)
{
    return suite_create("fake: fault");
}
