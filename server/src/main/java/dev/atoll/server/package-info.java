/**
 * A whole server in one process. {@link dev.atoll.server.AtollServer} opens, in this order, the
 * data folder, the store, this host's cells, its images, the worker, the control plane and the
 * door, and closes them the other way round. {@link dev.atoll.server.ServerMain} does that for the
 * command line; {@link dev.atoll.server.ServerConfig} says how, from a file or from a program.
 */
@NullMarked
package dev.atoll.server;

import org.jspecify.annotations.NullMarked;
