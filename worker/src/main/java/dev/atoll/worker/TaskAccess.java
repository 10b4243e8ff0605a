package dev.atoll.worker;

import java.util.Optional;

/**
 * What a token of the exec path opens.
 *
 * @param taskId the one task that calls with it may name
 * @param environmentId the one environment whose secrets and images they may name; empty: any
 */
public record TaskAccess(String taskId, Optional<String> environmentId) {}
