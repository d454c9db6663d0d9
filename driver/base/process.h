/* process.h - is this the process that it was?  A child made by fork inherits connections, and must
 * leave them alone. */
#ifndef MYWIRE_BASE_PROCESS_H
#define MYWIRE_BASE_PROCESS_H

/* process_generation - a number that a process keeps, and that is another one in a child of fork:
 * to be kept with what is not to be inherited.  No system call, unlike getpid, since it is asked
 * for every read.  Any thread.  (A child made by clone or vfork without the C library's fork is not
 * told apart.) */
unsigned process_generation(void);

#endif
