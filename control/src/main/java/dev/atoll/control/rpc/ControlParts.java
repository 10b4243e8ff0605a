package dev.atoll.control.rpc;

import dev.atoll.control.apps.Apps;
import dev.atoll.control.apps.Environments;
import dev.atoll.control.auth.SignedTokens;
import dev.atoll.control.auth.TokenPairs;
import dev.atoll.control.images.BuildFollower;
import dev.atoll.control.images.Images;
import dev.atoll.control.images.LocalImages;
import dev.atoll.control.proxies.Proxies;
import dev.atoll.control.sandboxes.Drain;
import dev.atoll.control.sandboxes.MainProcess;
import dev.atoll.control.sandboxes.RouterAccess;
import dev.atoll.control.sandboxes.Sandboxes;
import dev.atoll.control.secrets.Secrets;
import dev.atoll.control.tokens.Tokens;
import dev.atoll.control.worker.WorkerClient;

/** The parts that the services are made of. */
public record ControlParts(
    WorkerClient worker,
    SignedTokens signedTokens,
    TokenPairs tokenPairs,
    Tokens tokens,
    Environments environments,
    Apps apps,
    Secrets secrets,
    Proxies proxies,
    Images images,
    BuildFollower buildFollower,
    LocalImages localImages,
    Sandboxes sandboxes,
    MainProcess mainProcess,
    RouterAccess routerAccess,
    Drain drain) {}
