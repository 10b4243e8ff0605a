/*
 * The connection to the worker. It never blocks: what the socket doesn't take waits in a bounded queue, and
 * while that is too full to answer, no request is read.
 */
#ifndef ATOLL_CONNECTION_H
#define ATOLL_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

/* The longest payload of a frame that isn't data or HELLO. */
enum { CONTROL_MAX = 4608 };

/* Dials when there is no connection and it is time to. */
void connection_dial(void);

/* Since when there is none, in milliseconds of the clock; NEVER while connected. */
int64_t connection_lost_time(void);

/* When to dial next; NEVER while connected. */
int64_t connection_dial_time(void);

bool connection_is_open(void);

/* Hangs up, and dials again at `when`. */
void connection_hang_up(int64_t when);

/* Handles what epoll reported. */
void connection_ready(uint32_t events);

/* Asks for a word when the socket takes bytes again, if anything waits for it. */
void connection_settle(void);

/* Whether `frames` control frames can be queued now. */
bool connection_has_room(size_t frames);

/* Queues a control frame of at most CONTROL_MAX bytes. Without room, or connection, it is lost. */
void connection_send(enum frame_type type, uint32_t exec, const uint8_t *payload, size_t length);

/*
 * Sends at most `length` bytes of a stream in one frame; how many it took. 0 when the socket is full; what
 * it took is copied where the socket didn't, so the caller may forget it at any time.
 */
size_t connection_send_data(enum frame_type type, uint32_t exec, uint64_t offset, const uint8_t *bytes, size_t length);

#endif
