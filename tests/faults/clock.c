/* A clock that shows what CLOCK_SHOWS says, in Unix seconds, for a program that it is loaded before. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time)
{
    long answer = syscall(SYS_clock_gettime, clock, time);
    const char *shows = getenv("CLOCK_SHOWS");
    if (answer == 0 && clock == CLOCK_REALTIME && shows != NULL)
        time->tv_sec = strtoll(shows, NULL, 10);
    return answer;
}
