/* A disk that hangs while the file that SYNC_HANGS or WRITE_HANGS names is there, for a program that it is loaded
   before: what is called meanwhile comes back when the file is gone, and was then done like any other. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static void wait_while(const char *variable)
{
    const char *file = getenv(variable);
    while (file != NULL && access(file, F_OK) == 0)
        usleep(2000);
}

int fdatasync(int fd)
{
    wait_while("SYNC_HANGS");
    return syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    wait_while("SYNC_HANGS");
    return syscall(SYS_fsync, fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
    wait_while("WRITE_HANGS");
    return syscall(SYS_pwrite64, fd, bytes, count, offset);
}
