/**
 * A worker put together: {@link dev.atoll.worker.service.Workers} opens one, {@link
 * dev.atoll.worker.service.WorkerService} is what the control plane calls.
 */
@NullMarked
package dev.atoll.worker.service;

import org.jspecify.annotations.NullMarked;
