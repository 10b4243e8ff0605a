/**
 * Who did what, as lines of JSON: {@link dev.atoll.server.audit.AuditedCalls} says which calls are
 * written and takes from their messages what they are about, {@link
 * dev.atoll.server.audit.AuditLog} writes them to bounded files.
 */
@NullMarked
package dev.atoll.server.audit;

import org.jspecify.annotations.NullMarked;
