/**
 * Open files: the legacy file calls of the client API.
 *
 * <p>A call starts an {@link dev.atoll.worker.files.Operation} and is answered at once; its outcome
 * is asked for by another call, any number of times. {@link dev.atoll.worker.files.FileCalls} takes
 * both, {@link dev.atoll.worker.files.TaskFiles} knows a task's open files and {@link
 * dev.atoll.worker.files.Outcomes} keeps what its last operations gave. Each {@link
 * dev.atoll.worker.files.OpenFile} is served by a process of its own in the sandbox, the guest
 * agent's program {@code open} with the identity of an exec, so that the kernel checks what the
 * user may and a slow file stalls nobody else. {@link dev.atoll.worker.files.Conversation} speaks
 * with that process and believes nothing that it says: the sandbox's owner can replace it.
 */
@NullMarked
package dev.atoll.worker.files;

import org.jspecify.annotations.NullMarked;
