/**
 * The image store on a folder of this host.
 *
 * <p>{@link dev.atoll.images.store.StoreFolder} owns the folder and its lock, {@code StoreMounts}
 * its mounts, {@code LayerStore} the unpacked layers, {@code ImageCatalog} what images are made of,
 * {@code OverlayRoots} the folders of root file systems. {@link
 * dev.atoll.images.store.FolderImageStore} puts them together; {@code ImageSources} brings images
 * in. A file's or folder's presence is the commit point everywhere: it is written under a temporary
 * name, synchronised, and renamed.
 */
@NullMarked
package dev.atoll.images.store;

import org.jspecify.annotations.NullMarked;
