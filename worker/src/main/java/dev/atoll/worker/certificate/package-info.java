/**
 * Certificates that an operator gives a server, for its tunnels and for its door: {@link
 * dev.atoll.worker.certificate.ServerCertificate} is read and checked once, {@link
 * dev.atoll.worker.certificate.CertificateWatch} follows files that are renewed.
 */
@NullMarked
package dev.atoll.worker.certificate;

import org.jspecify.annotations.NullMarked;
