package dev.atoll.server;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.auth.BasicToken;
import com.linecorp.armeria.server.AbstractHttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.auth.AuthTokenExtractors;
import dev.atoll.control.auth.TokenPairs;
import dev.atoll.worker.Worker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * What the server counts, as Prometheus reads it. Asks for a token pair that sees all environments,
 * as user and password (RFC 7617).
 */
final class MetricsPage extends AbstractHttpService {
  /** The text format, version 0.0.4. */
  private static final MediaType TEXT =
      MediaType.create("text", "plain").withParameter("version", "0.0.4");

  private final PrometheusMeterRegistry registry;
  private final TokenPairs tokens;

  MetricsPage(PrometheusMeterRegistry registry, Worker worker, TokenPairs tokens) {
    this.registry = registry;
    this.tokens = tokens;
    Gauge.builder("atoll.pool.cells", worker, Worker::waitingCells)
        .description("Blank cells that wait for creates")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  @Override
  protected HttpResponse doGet(ServiceRequestContext context, HttpRequest request) {
    BasicToken token = AuthTokenExtractors.basic().apply(request.headers());
    boolean known =
        token != null
            && tokens
                .caller(token.username(), token.password())
                .filter(caller -> caller.environmentId().isEmpty())
                .isPresent();
    return known
        ? HttpResponse.of(HttpStatus.OK, TEXT, registry.scrape())
        : HttpResponse.of(
            ResponseHeaders.of(
                HttpStatus.UNAUTHORIZED,
                HttpHeaderNames.WWW_AUTHENTICATE,
                "Basic realm=\"atoll\"",
                HttpHeaderNames.CONTENT_TYPE,
                MediaType.PLAIN_TEXT_UTF_8),
            HttpData.ofUtf8(
                "the id and the secret of a token for all environments are needed, as user and"
                    + " password\n"));
  }
}
