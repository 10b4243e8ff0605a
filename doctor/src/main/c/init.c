/* The guest agent, what it keeps, and what it could hand down. An argument says that this is the control. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "outcome.h"
#include "probes.h"

static void init_trace(char **arguments) {
  (void)arguments;
  judge("tracing process 1", ptrace(PTRACE_SEIZE, 1, NULL, NULL));
}

static void init_memory_call(char **arguments) {
  (void)arguments;
  char byte;
  struct iovec here = {&byte, 1};
  struct iovec there = {&byte, 1};
  judge_beyond("reading process 1's memory", process_vm_readv(1, &here, 1, &there, 1, 0), EFAULT);
}

static void init_memory(char **arguments) {
  (void)arguments;
  judge("opening /proc/1/mem", open("/proc/1/mem", O_RDWR | O_CLOEXEC));
}

static void init_descriptors(char **arguments) {
  (void)arguments;
  DIR *folder = opendir("/proc/1/fd");
  if (folder == NULL) {
    refused("/proc/1/fd: %s", strerror(errno));
  }
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char target[256];
    if (entry->d_name[0] != '.' && readlinkat(dirfd(folder), entry->d_name, target, sizeof target) > 0) {
      succeeded("/proc/1/fd/%s can be seen", entry->d_name);
    }
  }
  refused("/proc/1/fd shows nothing");
}

static void init_descriptor_steal(char **arguments) {
  (void)arguments;
  int process = (int)syscall(SYS_pidfd_open, 1, 0);
  if (process < 0) {
    refused("pidfd_open: %s", strerror(errno));
  }
  judge("taking a descriptor of process 1", syscall(SYS_pidfd_getfd, process, 1, 0));
}

static void follow(const char *link, char **arguments) {
  struct stat own;
  struct stat other;
  if (stat("/", &own) != 0 || stat(link, &other) != 0) {
    refused("%s: %s", link, strerror(errno));
  }
  if (arguments[0] == NULL && own.st_dev == other.st_dev && own.st_ino == other.st_ino) {
    refused("%s leads to the sandbox's own root", link);
  }
  succeeded("%s can be followed", link);
}

static void init_root(char **arguments) { follow("/proc/1/root/", arguments); }

static void init_folder(char **arguments) { follow("/proc/1/cwd/", arguments); }

static void init_program(char **arguments) {
  (void)arguments;
  judge("opening /proc/1/exe", open("/proc/1/exe", O_RDONLY | O_CLOEXEC));
}

static void init_secrets(char **arguments) {
  (void)arguments;
  static const char *const names[] = {"/proc/1/environ", "/proc/1/maps", "/proc/1/auxv", "/proc/1/syscall", "/proc/1/stack"};
  char text[256];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (read_text(names[i], text, sizeof text) > 0) {
      succeeded("%s can be read", names[i]);
    }
  }
  refused("process 1 shows neither environment nor memory");
}

static void start_copy(const char *name) {
  char *words[] = {(char *)(uintptr_t)name, (char *)(uintptr_t) "bomb-sleep", NULL};
  (void)copy_self(name, 0755);
  if (fork() == 0) {
    (void)execv(name, words);
    _exit(1);
  }
}

static void agent_visible(char **arguments) {
  if (arguments[0] != NULL) {
    start_copy("agent");
    (void)usleep(20000);
  }
  char path[64];
  char target[256];
  DIR *processes = opendir("/proc");
  for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
    if (isdigit((unsigned char)entry->d_name[0])) {
      (void)snprintf(path, sizeof path, "/proc/%.20s/exe", entry->d_name);
      ssize_t length = readlink(path, target, sizeof target - 1);
      target[length < 0 ? 0 : length] = '\0';
      if (strstr(target, "/agent") != NULL) {
        succeeded("process %s is the guest agent", entry->d_name);
      }
    }
  }
  refused("no process that can be seen is the guest agent");
}

static void inherited_descriptors(char **arguments) {
  if (arguments[0] != NULL) {
    (void)dup(1);
  }
  for (int fd = 3; fd < 1024; fd++) {
    char path[32];
    char target[256] = "";
    if (fcntl(fd, F_GETFD) >= 0) {
      (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
      (void)!readlink(path, target, sizeof target - 1);
      succeeded("descriptor %d is open: %s", fd, target);
    }
  }
  refused("only standard input, output and error are open");
}

static void try_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  (void)snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
    succeeded("the socket %s answers", path);
  }
  (void)close(fd);
}

static void find_sockets(const char *folder, int depth) {
  char path[512];
  DIR *entries = opendir(folder[0] == '\0' ? "/" : folder);
  for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
    (void)snprintf(path, sizeof path, "%.250s/%.250s", folder, entry->d_name);
    if (entry->d_type == DT_SOCK) {
      try_socket(path);
    } else if (entry->d_type == DT_DIR && depth > 0 && strcmp(entry->d_name, ".") != 0 &&
               strcmp(entry->d_name, "..") != 0 && strcmp(path, "/proc") != 0 && strcmp(path, "/sys") != 0) {
      find_sockets(path, depth - 1);
    }
  }
  if (entries != NULL) {
    (void)closedir(entries);
  }
}

static void listen_at(const char *name, size_t length) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  (void)memcpy(address.sun_path, name, length);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(fd, (struct sockaddr *)&address, (socklen_t)(sizeof(sa_family_t) + length)) != 0 || listen(fd, 1) != 0) {
    refused("no socket to find: %s", strerror(errno));
  }
}

static void agent_socket(char **arguments) {
  if (arguments[0] != NULL) {
    listen_at("socket", sizeof "socket");
    find_sockets(".", 1);
  }
  find_sockets("", 6);
  refused("no socket of the file system answers");
}

static void abstract_sockets(char **arguments) {
  static const char name[] = "\0atoll-attack";
  if (arguments[0] != NULL) {
    listen_at(name, sizeof name - 1);
  }
  static char text[1 << 16];
  if (read_text("/proc/net/unix", text, sizeof text) < 0) {
    refused("/proc/net/unix: %s", strerror(errno));
  }
  const char *first = strchr(text, '@');
  if (first != NULL) {
    succeeded("an abstract socket of somebody else is there: %.40s", first);
  }
  refused("there is no abstract socket of anybody else");
}

static void dock(char **arguments) {
  char text[16];
  const char *place = "/dev/.atoll";
  if (arguments[0] != NULL) {
    place = "target";
    (void)mkdir("target", 0755);
    (void)mkdir("target/dock", 0755);
  }
  DIR *entries = opendir(place);
  for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
    if (entry->d_name[0] != '.') {
      succeeded("the dock shows %s", entry->d_name);
    }
  }
  if (read_text("/dev/.atoll/dock/.", text, sizeof text) >= 0 || access("/dev/.atoll/dock", F_OK) == 0 ||
      access("/dock", F_OK) == 0 || access("/agent", F_OK) == 0) {
    succeeded("the dock or the agent's folder can be reached");
  }
  refused("neither the dock nor the agent's folder can be reached");
}

/* The server's programs that run inside: changing one would run code as others. */
static void tools_overwrite(char **arguments) {
  const char *tool = "/__modal/.bin/modal-sandbox-fs-tools";
  if (arguments[0] != NULL) {
    (void)copy_self("program", 0755);
    tool = "program";
  }
  int fd = open(tool, O_WRONLY | O_CLOEXEC);
  if (fd >= 0) {
    succeeded("%s could be opened for writing", tool);
  }
  int error = errno;
  if (chmod(tool, 0755) == 0 || rename(tool, "/__modal/.bin/other") == 0 || mkdir("/__modal/atoll", 0700) == 0 ||
      rename("/__modal", "/other") == 0) {
    succeeded("%s could be changed", tool);
  }
  refused("changing %s: %s", tool, strerror(error));
}

static long milliseconds(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A file that runs can't be written to; soon after its process's end it could. */
static void write_after_end(int program, const char *what) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", program);
  for (int i = 0; i < 300; i++) {
    if (open(path, O_WRONLY | O_CLOEXEC) >= 0) {
      succeeded("%s could be opened for writing", what);
    }
    if (errno != ETXTBSY) {
      return;
    }
    (void)usleep(2000);
  }
}

/*
 * CVE-2019-5736: a process of the runtime, or of the agent, that runs in the sandbox for a moment, has a program of the
 * host's as its /proc/PID/exe. Looks for one for that many milliseconds.
 */
static void program_overwrite(char **arguments) {
  long end = milliseconds() + (arguments[0] != NULL ? atol(arguments[0]) : 500);
  struct stat own;
  struct stat shell = {0};
  struct stat other;
  (void)stat("/proc/self/exe", &own);
  (void)stat("/bin/busybox", &shell);
  if (arguments[0] != NULL && arguments[1] != NULL) {
    start_copy("program");
  }
  int seen = 0;
  while (milliseconds() < end) {
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes != NULL && (entry = readdir(processes)) != NULL;) {
      char path[64];
      (void)snprintf(path, sizeof path, "/proc/%.20s/exe", entry->d_name);
      int program = isdigit((unsigned char)entry->d_name[0]) ? open(path, O_PATH | O_CLOEXEC) : -1;
      if (program >= 0 && fstat(program, &other) == 0 && other.st_ino != own.st_ino && other.st_ino != shell.st_ino) {
        seen++;
        write_after_end(program, path);
      }
      if (program >= 0) {
        (void)close(program);
      }
    }
    if (processes != NULL) {
      (void)closedir(processes);
    }
    (void)usleep(200);
  }
  refused("%d times a program of somebody else ran, and none could be written to", seen);
}

/* Where a working directory that was given from outside leads: above the root there must be nothing. */
static void folder_outside(char **arguments) {
  struct stat root;
  struct stat top;
  char path[4096];
  if (arguments[0] != NULL) {
    int folder = open("/", O_PATH | O_DIRECTORY);
    if (mkdir("jail", 0755) != 0 || chroot("jail") != 0 || fchdir(folder) != 0) {
      refused("no jail to leave: %s", strerror(errno));
    }
  }
  if (getcwd(path, sizeof path) == NULL || path[0] != '/') {
    succeeded("the working directory lies outside of the root");
  }
  for (int i = 0; i < 64 && chdir("..") == 0; i++) {
  }
  if (stat("/", &root) != 0 || stat(".", &top) != 0) {
    refused("the root can't be compared: %s", strerror(errno));
  }
  if (root.st_dev != top.st_dev || root.st_ino != top.st_ino) {
    succeeded("the working directory leads to another root");
  }
  refused("the working directory %s lies in the sandbox", path);
}

const struct probe init_probes[] = {
    {"init-trace", init_trace},
    {"init-memory-call", init_memory_call},
    {"init-memory", init_memory},
    {"init-descriptors", init_descriptors},
    {"init-descriptor-steal", init_descriptor_steal},
    {"init-root", init_root},
    {"init-folder", init_folder},
    {"init-program", init_program},
    {"init-secrets", init_secrets},
    {"agent-visible", agent_visible},
    {"agent-socket", agent_socket},
    {"abstract-sockets", abstract_sockets},
    {"agent-dock", dock},
    {"inherited-descriptors", inherited_descriptors},
    {"tools-overwrite", tools_overwrite},
    {"program-overwrite", program_overwrite},
    {"folder-outside", folder_outside},
    {NULL, NULL},
};
