package dev.atoll.images.store;

import dev.atoll.images.ImageStoreConfig;

/**
 * What the store's work shares.
 *
 * @param skeleton name of the folder below every root
 * @param trustFolders what lies on top of every root when there are extra CA certificates
 * @param mounted lower folders that overlays of an earlier store still use
 */
record StoreParts(
    ImageStoreConfig config,
    StoreFolder folder,
    StoreMounts mounts,
    Trash trash,
    LayerStore layers,
    OverlayRoots roots,
    ImageCatalog catalog,
    String skeleton,
    TrustFolders trustFolders,
    FormerMounts mounted) {}
