/**
 * Tasks on one host.
 *
 * <p>{@code service.Workers} opens a {@code Worker}, which offers the control plane's gRPC service
 * (atoll.worker.Worker) and the clients' own ({@code router}). Behind them, package {@code task}
 * owns the life of a task, {@code cell} joins a cell and a root file system, {@code process} is one
 * process with its input and its output's {@code spool}s, {@code files} serves open files, {@code
 * tunnel} leads from the host into a task's ports, {@code image} fetches images and has them built,
 * {@code build} runs Dockerfile commands, and {@code calls} stands between gRPC's callbacks and
 * code that may block.
 */
@NullMarked
package dev.atoll.worker;

import org.jspecify.annotations.NullMarked;
