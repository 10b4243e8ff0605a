/* Bounded bombs: each takes an amount, says how far it came, and holds it for a moment so that others can be asked. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "network.h"
#include "outcome.h"
#include "probes.h"

/* PROC_PID_INIT_INO of the kernel: the machine's own. */
#define FIRST_PID_NAMESPACE 0xeffffffcU
#define HOLD_US 700000
#define FIRST_PORT 1024

static long amount(char **arguments) { return arguments[0] != NULL ? atol(arguments[0]) : 10; }

static _Noreturn void finish(const char *what, long done, long wanted, int error) {
  (void)usleep(HOLD_US);
  if (done >= wanted) {
    succeeded("%ld %s were to be had", done, what);
  }
  refused("%ld of %ld %s, then: %s", done, wanted, what, strerror(error));
}

static void processes(char **arguments) {
  long wanted = amount(arguments);
  long made = 0;
  int error = 0;
  (void)setpgid(0, 0);
  (void)signal(SIGTERM, SIG_IGN);
  while (made < wanted) {
    pid_t child = fork();
    if (child < 0) {
      error = errno;
      break;
    }
    if (child == 0) {
      (void)signal(SIGTERM, SIG_DFL);
      (void)alarm(15);
      for (;;) {
        (void)pause();
      }
    }
    made++;
  }
  (void)usleep(HOLD_US);
  (void)kill(0, SIGTERM);
  finish("processes", made, wanted, error);
}

static void memory(char **arguments) {
  long wanted = amount(arguments);
  long done = 0;
  for (; done < wanted; done++) {
    void *piece = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (piece == MAP_FAILED) {
      break;
    }
    (void)memset(piece, 0xa5, 1 << 20);
  }
  finish("MiB of memory", done, wanted, errno);
}

static void disk(char **arguments) {
  static char block[1 << 20];
  long wanted = amount(arguments);
  long done = 0;
  int fd = open("disk", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  (void)memset(block, 0xa5, sizeof block);
  while (done < wanted && write(fd, block, sizeof block) == sizeof block) {
    done++;
  }
  int error = errno;
  (void)unlink("disk");
  finish("MiB of a file", done, wanted, error);
}

static void inodes(char **arguments) {
  long wanted = amount(arguments);
  long done = 0;
  /* Names count where there is no limit of files, so they are long. */
  char name[256];
  int error = 0;
  for (; done < wanted; done++) {
    (void)snprintf(name, sizeof name, "%0240ld", done);
    int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
      error = errno;
      break;
    }
    (void)close(fd);
  }
  finish("files", done, wanted, error);
}

static void descriptors(char **arguments) {
  long wanted = amount(arguments);
  long done = 0;
  while (done < wanted && open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) {
    done++;
  }
  finish("open files", done, wanted, errno);
}

static void output(char **arguments) {
  static char block[1 << 16];
  long wanted = amount(arguments);
  (void)memset(block, 'x', sizeof block);
  /* Nobody reads it: where more is not kept, the writer waits. */
  (void)alarm(2);
  for (long i = 0; i < wanted * 16; i++) {
    if (write(2, block, sizeof block) < 0) {
      refused("writing: %s", strerror(errno));
    }
  }
  succeeded("%ld MiB were written", wanted);
}

static void *spin(void *nothing) {
  for (volatile uint64_t i = 0;; i = i + 1) {
  }
  return nothing;
}

static void processor(char **arguments) {
  long wanted = amount(arguments);
  pthread_t thread;
  for (long i = 0; i < wanted; i++) {
    if (pthread_create(&thread, NULL, spin, NULL) != 0) {
      break;
    }
  }
  (void)usleep(2 * HOLD_US);
  succeeded("%ld threads were busy", wanted);
}

/* ports AMOUNT SERVER: a query to a name server from as many ports. */
static void ports(char **arguments) {
  long wanted = amount(arguments);
  long done = 0;
  struct endpoint server = endpoint_of(arguments[1] != NULL ? arguments[1] : "127.0.0.1", "53");
  struct endpoint own = endpoint_of("0.0.0.0", "0");
  for (; done < wanted; done++) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, &own.address.any, own.length) != 0) {
      break;
    }
    (void)sendto(fd, name_query, NAME_QUERY_LENGTH, MSG_DONTWAIT, &server.address.any, server.length);
    /* Kept open while there is room for descriptors, so that no port is taken twice. */
    if (fd > 900) {
      (void)close(fd);
    }
  }
  finish("ports", done, wanted, errno);
}

static void send_and_close(int type, uint16_t port, const struct endpoint *server) {
  struct endpoint own = endpoint_of("0.0.0.0", "0");
  int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  own.address.v4.sin_port = htons(port);
  if (bind(fd, &own.address.any, own.length) == 0) {
    (void)connect(fd, &server->address.any, server->length);
    (void)send(fd, name_query, NAME_QUERY_LENGTH, MSG_NOSIGNAL);
  }
  (void)close(fd);
}

/* connections AMOUNT SERVER: begun with a name server from as many ports by UDP and by TCP, so that each needs an entry
 * of its own in the machine's table. */
static void connections(char **arguments) {
  long wanted = amount(arguments);
  struct endpoint server = endpoint_of(arguments[1] != NULL ? arguments[1] : "127.0.0.1", "53");
  for (long i = 0; i < wanted; i++) {
    uint16_t port = (uint16_t)(FIRST_PORT + i / 2);
    send_and_close(i % 2 == 0 ? SOCK_DGRAM : SOCK_STREAM, port, &server);
  }
  finish("connections begun", wanted, wanted, 0);
}

/* Everything that a process may signal. An argument: there is a process for it to end, which tells. */
static void signals(char **arguments) {
  struct stat namespace;
  if (stat("/proc/self/ns/pid", &namespace) != 0 || namespace.st_ino == FIRST_PID_NAMESPACE) {
    (void)fprintf(stderr, "not where the machine's own processes are\n");
    _exit(2);
  }
  pid_t victim = arguments[0] == NULL ? 0 : fork();
  if (arguments[0] != NULL && victim == 0) {
    (void)pause();
    _exit(0);
  }
  if (kill(-1, SIGKILL) != 0) {
    refused("signalling everything: %s", strerror(errno));
  }
  int status = 0;
  if (victim > 0 && waitpid(victim, &status, 0) == victim && WIFSIGNALED(status)) {
    succeeded("another process was killed");
  }
  (void)kill(1, SIGKILL);
  refused("everything that could be reached was signalled");
}

static void short_sleep(char **arguments) {
  (void)arguments;
  (void)usleep(60000);
  _exit(0);
}

const struct probe bombs[] = {
    {"bomb-processes", processes},
    {"bomb-memory", memory},
    {"bomb-disk", disk},
    {"bomb-inodes", inodes},
    {"bomb-descriptors", descriptors},
    {"bomb-output", output},
    {"bomb-processor", processor},
    {"bomb-ports", ports},
    {"bomb-connections", connections},
    {"bomb-signals", signals},
    {"bomb-sleep", short_sleep},
    {NULL, NULL},
};
