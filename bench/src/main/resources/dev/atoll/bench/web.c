// The web server of the tunnel benchmark: HTTP/1.1 with persistent connections, as little work for each request as can
// be, so that what is measured is the way to it. GET /big answers with 1 GiB, every other request with two letters.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT = 8000, REQUEST = 8192, PIECE = 256 << 10 };
static const char SMALL[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
static const char BIG[] = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n";
static char piece[PIECE];

static int send_all(int client, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = write(client, bytes, count);
    if (sent <= 0) return -1;
    bytes += sent;
    count -= (size_t)sent;
  }
  return 0;
}

static int answer(int client, const char *request) {
  if (strncmp(request, "GET /big ", 9) != 0) return send_all(client, SMALL, sizeof SMALL - 1);
  if (send_all(client, BIG, sizeof BIG - 1) != 0) return -1;
  for (long left = 1L << 30; left > 0; left -= PIECE)
    if (send_all(client, piece, PIECE) != 0) return -1;
  return 0;
}

static void *serve(void *argument) {
  int client = (int)(long)argument;
  char request[REQUEST + 1];
  size_t length = 0;
  for (;;) {
    ssize_t count = read(client, request + length, REQUEST - length);
    if (count <= 0) break;
    length += (size_t)count;
    request[length] = 0;
    if (strstr(request, "\r\n\r\n") == NULL) continue; // No client here sends a second request before the answer.
    if (answer(client, request) != 0) break;
    length = 0;
  }
  close(client);
  return NULL;
}

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  signal(SIGPIPE, SIG_IGN);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 128) != 0) {
    perror("listen");
    return 1;
  }
  puts("up");
  fflush(stdout);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    pthread_t thread;
    if (client < 0) continue;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (pthread_create(&thread, NULL, serve, (void *)(long)client) != 0) close(client);
    else pthread_detach(thread);
  }
}
