package dev.atoll.sdk;

import java.util.List;

/**
 * One step of an image's definition; its lines do not name what they build upon, save the first's.
 */
record ImageLayer(List<String> commands, LayerOptions options) {}
