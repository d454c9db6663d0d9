/* part.h - how a plan gives its value in pieces.  Internal to conv/; the outside calls conv_part
 * (plan.h). */
#ifndef MYWIRE_CONV_PART_H
#define MYWIRE_CONV_PART_H

#include "conv/plan.h"

/* part_bind - choose, and set p->is_parted.  is_text: the cell itself is the text. */
void part_bind(struct conv_plan *p, bool is_text);

#endif
