package dev.atoll.sdk;

import java.util.List;
import java.util.Optional;

/**
 * One step of an image's definition; its lines do not name what they build upon, save the first's.
 *
 * @param registryCredentials what opens the registry of the image that it is built upon
 */
record ImageLayer(
    List<String> commands, LayerOptions options, Optional<Secret> registryCredentials) {}
