/** Proxies: names of addresses that sandboxes' connections leave the host from. */
@NullMarked
package dev.atoll.control.proxies;

import org.jspecify.annotations.NullMarked;
