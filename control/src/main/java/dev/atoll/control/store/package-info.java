/**
 * The control plane's state in SQL. {@link dev.atoll.control.store.Database} opens it, runs its
 * migrations and runs short pieces of work: reads side by side, writes one after the other, each in
 * a transaction. The other classes are the tables: each takes a handle, so that one piece of work
 * can use several of them. The tables are described in the migrations.
 */
@NullMarked
package dev.atoll.control.store;

import org.jspecify.annotations.NullMarked;
